"""Tables of payments: what is to be collected, from whom, and for which bills."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.payments.rules import PaymentStatus


def _payment_id() -> str:
    return ids.new("pay")


class Payment(models.Model):
    """One wish to collect an amount, and what came of it."""

    public_id = models.CharField(max_length=32, unique=True, default=_payment_id, editable=False)
    # Its own index would only repeat the beginning of `payment_newest_first`.
    merchant = models.ForeignKey(
        "merchants.Merchant", models.PROTECT, related_name="payments", db_index=False
    )
    link = models.ForeignKey(
        "links.PaymentLink", models.PROTECT, null=True, related_name="payments"
    )
    # The link again, when it may be paid only once: then it has one payment, whoever opens it.
    single_link = models.OneToOneField(
        "links.PaymentLink", models.PROTECT, null=True, related_name="+"
    )
    sticker = models.ForeignKey("links.Sticker", models.PROTECT, null=True, related_name="+")
    is_for_bills = models.BooleanField(default=False, db_default=False)  # by its allocations
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    quantity = models.PositiveIntegerField(null=True)  # of pieces, where the payer chose it
    has_hold = models.BooleanField(default=False)  # in `stock`, under this payment's public id
    description = models.CharField(max_length=140)
    status = models.CharField(max_length=12, default=PaymentStatus.PENDING)
    # What paid it: `amount`, unless a person accepted another.
    amount_paid = models.BigIntegerField(default=0)
    amount_refunded = models.BigIntegerField(default=0)
    language = models.CharField(max_length=10, default="en")
    expires_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_asks_for_something"),
            models.CheckConstraint(
                condition=Q(status__in=[*PaymentStatus]), name="payment_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(amount_refunded__gte=0, amount_refunded__lte=F("amount_paid")),
                name="refunds_never_exceed_the_payment",
            ),
            models.CheckConstraint(
                condition=Q(status="succeeded", succeeded_at__isnull=False, amount_paid__gt=0)
                | (~Q(status="succeeded") & Q(succeeded_at__isnull=True, amount_paid=0)),
                name="succeeded_payment_has_its_moment",
            ),
        ]
        indexes = [
            # The back office lists payments by when they were paid, or else opened.
            models.Index(
                F("merchant"),
                Coalesce("succeeded_at", "created_at").desc(),
                F("id").desc(),
                name="payment_newest_first",
            ),
            models.Index(
                fields=["merchant", "succeeded_at"],
                condition=Q(status="succeeded"),
                name="payment_by_success",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(status__in=["pending", "processing", "failed"]),
                name="payment_to_expire",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.money} {self.status}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class Payer(models.Model):
    """What the person who pays was asked for and entered. `own` are the merchant's own fields, by
    their labels.
    """

    payment = models.OneToOneField(Payment, models.PROTECT, primary_key=True, related_name="payer")
    name = models.CharField(max_length=120, blank=True)
    company = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    po_number = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=300, blank=True)
    own = models.JSONField(default=dict)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.name or self.company or str(self.payment_id)


class Acceptance(models.Model):
    """A payer's agreement to a merchant's terms, before paying: to which text, when, from where."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="acceptances")
    terms = models.ForeignKey("merchants.Terms", models.PROTECT, related_name="+")
    text_hash = models.CharField(max_length=64)  # SHA-256 of what was shown
    address = models.GenericIPAddressField(null=True)
    language = models.CharField(max_length=10)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "terms"], name="terms_are_accepted_once")
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} to {self.terms_id}"


class Allocation(models.Model):
    """What a payment is meant to pay of one instalment of a bill. A payment for several bills has
    several; what came of them follows from the payment.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    instalment = models.ForeignKey(
        "invoices.Instalment", models.PROTECT, related_name="allocations"
    )
    amount = models.BigIntegerField()
    # What one of the bill's currency was worth in its home currency on the day of paying; set once.
    home_rate = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "instalment"], name="payment_pays_an_instalment_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_is_of_something"),
            models.CheckConstraint(
                condition=Q(home_rate=None) | Q(home_rate__gt=0), name="home_rate_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.payment_id} to {self.instalment_id}"
