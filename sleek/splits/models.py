"""Tables of plans, their shares, and the portions of payments."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.splits.rules import WHOLE, PortionStatus


def _plan_id() -> str:
    return ids.new("spl")


def _share_id() -> str:
    return ids.new("shr")


def _portion_id() -> str:
    return ids.new("prt")


class Plan(models.Model):
    """How payments are shared out. It never changes: another wish is another plan."""

    public_id = models.CharField(max_length=32, unique=True, default=_plan_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="plans")
    name = models.CharField(max_length=80)
    millionths = models.PositiveIntegerField()  # of all its shares
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(millionths__gt=0, millionths__lte=WHOLE),
                name="plan_shares_no_more_than_all",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Share(models.Model):
    """A part of each payment: for another merchant's wallet once it has agreed, or, without a
    beneficiary, held for the merchant itself.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_share_id, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="shares")
    beneficiary = models.ForeignKey(
        "merchants.Merchant", models.PROTECT, null=True, related_name="shares"
    )
    # As they were called when it was offered: neither side may look at the other's rows.
    beneficiary_name = models.CharField(max_length=200, blank=True)
    offered_by = models.CharField(max_length=200)
    millionths = models.PositiveIntegerField()
    release_after_days = models.PositiveSmallIntegerField(null=True)  # null: by hand
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("merchants.User", models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "beneficiary"], nulls_distinct=False, name="wallet_shares_once"
            ),
            models.CheckConstraint(condition=Q(millionths__gt=0), name="share_is_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.millionths} of {WHOLE}"

    @property
    def is_agreed(self) -> bool:
        return self.beneficiary_id is None or self.accepted_at is not None


class LinkPlan(models.Model):
    """By which plan the payments of a link are shared out."""

    link = models.OneToOneField(
        "links.PaymentLink", models.PROTECT, primary_key=True, related_name="plan"
    )
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="links")

    def __str__(self) -> str:
        return f"{self.link_id} by {self.plan_id}"


class Portion(models.Model):
    """A share of one payment: frozen in the merchant's books until it is released."""

    public_id = models.CharField(max_length=32, unique=True, default=_portion_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="portions")
    payment = models.ForeignKey("payments.Payment", models.PROTECT, related_name="portions")
    share = models.ForeignKey(Share, models.PROTECT, related_name="portions")
    beneficiary = models.ForeignKey(
        "merchants.Merchant", models.PROTECT, null=True, related_name="portions_received"
    )
    amount = models.BigIntegerField()
    amount_returned = models.BigIntegerField(default=0)  # by refunds of the payment
    currency = models.CharField(max_length=3)
    adjustments = models.PositiveIntegerField(default=0)  # how often refunds changed it
    status = models.CharField(max_length=10, default=PortionStatus.WAITING)
    release_at = models.DateTimeField(null=True)  # null: when somebody says so
    released_at = models.DateTimeField(null=True)
    # Whether the books follow what refunds should have taken back from the other wallet.
    is_settled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "share"], name="payment_is_shared_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount_returned__gte=0, amount_returned__lte=F("amount")),
                name="no_more_is_returned_than_the_portion",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[*PortionStatus]), name="portion_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status="released", released_at__isnull=False)
                | (~Q(status="released") & Q(released_at__isnull=True)),
                name="released_portion_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["release_at"], condition=Q(status="held"), name="portion_to_release"
            ),
            models.Index(
                fields=["created_at"], condition=Q(status="waiting"), name="portion_to_hold"
            ),
            models.Index(
                fields=["created_at"], condition=Q(is_settled=False), name="portion_to_settle"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.left} {self.status}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def subjects(self) -> list[str]:
        """Under which its entries stand in the journal."""
        return [
            self.public_id,
            *(f"{self.public_id}.{number}" for number in range(1, self.adjustments + 1)),
        ]

    @property
    def returned(self) -> Money:
        return Money(self.amount_returned, self.currency)

    @property
    def may_be_released(self) -> bool:
        return self.status in (PortionStatus.WAITING, PortionStatus.HELD)

    @property
    def left(self) -> Money:
        return Money(self.amount - self.amount_returned, self.currency)
