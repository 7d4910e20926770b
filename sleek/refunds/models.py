"""Tables of refunds, of claims by which payers name an account, and of who may give how much."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from sleek.core import clock, crypto, ids
from sleek.core.money import Money
from sleek.ledger.recipes import Bucket
from sleek.refunds import rules
from sleek.refunds.rules import OPEN, Ended, RefundReason, RefundStatus, Route, Source


def _refund_id() -> str:
    return ids.new("ref")


def _claim_id() -> str:
    return ids.new("clm")


class Refund(models.Model):
    """Money of one attempt on its way back to the payer.

    It changes only while its payment's row is locked.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_refund_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="refunds")
    attempt = models.ForeignKey("payments.Attempt", models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=140)  # a `RefundReason`, or a surplus's
    note = models.CharField(max_length=300, blank=True)  # the payer reads it
    remark = models.CharField(max_length=500, blank=True)  # colleagues read it
    source = models.CharField(max_length=8, default=Source.PAYMENT)
    # How much was taken from which of the merchant's accounts, in minor units.
    taken = models.JSONField(default=dict)
    route = models.CharField(max_length=8, default=Route.CHANNEL)
    # The wallet here into which its payer took it.
    paid_to = models.ForeignKey("merchants.Merchant", models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, default=RefundStatus.PENDING)
    requested_by = models.ForeignKey("merchants.User", models.PROTECT, null=True, related_name="+")
    reviewed_by = models.ForeignKey("merchants.User", models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)  # why it was declined
    review_by = models.DateTimeField(null=True)  # by when it should be reviewed
    nudge_at = models.DateTimeField(null=True)  # when people are reminded of that next
    reference = models.CharField(max_length=128, blank=True)
    trace = models.CharField(max_length=128, blank=True)  # by which the payer's bank finds it
    failure_code = models.CharField(max_length=80, blank=True)
    check_at = models.DateTimeField(null=True)
    check_count = models.SmallIntegerField(default=0)
    # Since when the provider may be at work on it; null when it surely is not.
    sent_at = models.DateTimeField(null=True)
    short_at = models.DateTimeField(null=True)  # since when the provider's balance is too low
    lands_from = models.DateField(null=True)
    lands_by = models.DateField(null=True)
    late_at = models.DateTimeField(null=True)  # when it was found not to have arrived in time
    # When a channel said it has paid what was counted otherwise: somebody must look.
    contradicted_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_moves_something"),
            models.CheckConstraint(
                condition=Q(status__in=[*RefundStatus]), name="refund_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=[*Source], route__in=[*Route]), name="refund_way_is_known"
            ),
            # It is there at once and for good: no bank is between that could send it back.
            models.CheckConstraint(
                condition=Q(route=Route.BALANCE, status="succeeded", paid_to__isnull=False)
                | ~Q(route=Route.BALANCE) & Q(paid_to__isnull=True),
                name="refund_in_a_wallet_stays_there",
            ),
            # Two places, on purpose: the verb refuses it, and the database cannot hold it.
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True)
                | Q(requested_by__isnull=False) & ~Q(reviewed_by=F("requested_by")),
                name="nobody_reviews_their_own_refund",
            ),
            # A surplus is given back whole, once, until the provider says that it failed.
            models.UniqueConstraint(
                fields=["attempt"],
                condition=Q(source="surplus") & ~Q(status="failed"),
                name="surplus_is_returned_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["check_at"], condition=Q(check_at__isnull=False), name="refund_to_check"
            ),
            models.Index(
                fields=["nudge_at"], condition=Q(nudge_at__isnull=False), name="refund_to_review"
            ),
            models.Index(
                fields=["lands_by"],
                condition=Q(status="pending", late_at__isnull=True),
                name="refund_to_arrive",
            ),
            models.Index(fields=["merchant", "created_at"], name="refund_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.money} {self.status}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def is_queued(self) -> bool:
        """It waits until the merchant's balance at the provider covers it."""
        return self.status == RefundStatus.PENDING and self.short_at is not None

    @property
    def is_late(self) -> bool:
        return self.late_at is not None and self.status != RefundStatus.FAILED

    @property
    def is_in_wallet(self) -> bool:
        """Its payer has it in a wallet here, and need not wait for any bank."""
        is_done = self.status == RefundStatus.SUCCEEDED
        return is_done and rules.ends_in_wallet(self.attempt.channel, self.route)

    @property
    def may_change_route(self) -> bool:
        """Only while the provider surely does nothing for it: or the payer is paid twice."""
        is_idle = self.sent_at is None and not self.reference
        return self.status == RefundStatus.PENDING and self.route == Route.CHANNEL and is_idle

    @property
    def may_call_off(self) -> bool:
        """Nothing is on its way yet; where it goes by bank, that is for people to know."""
        is_idle = self.sent_at is None and not self.reference
        return self.status in OPEN and (is_idle or self.route == Route.BANK)

    @property
    def was_refused_by_person(self) -> bool:
        return self.failure_code in (Ended.DECLINED, Ended.CALLED_OFF)

    @property
    def reason_known(self) -> RefundReason | None:
        return RefundReason(self.reason) if self.reason in [*RefundReason] else None

    @property
    def shares(self) -> dict[Bucket, int]:
        return dict(self.taken)


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where a payer wants the money."""

    holder: str
    country: str
    account: str
    code: str = ""
    bank: str = ""


class Claim(models.Model):
    """An open question to a payer: to which bank account does the money of a refund go?

    It is answered once, under a signed address; the answer is sealed, and empty again when it has
    been forgotten. It is empty from the start when the payer took the money into a wallet here.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_claim_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="claims")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    filled_at = models.DateTimeField(null=True)
    details = models.BinaryField(default=bytes)  # envelope-encrypted JSON, bound to public_id
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["refund"],
                condition=Q(revoked_at__isnull=True),
                name="refund_has_one_claim",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} for {self.refund_id}"

    def seal(self, account: BankAccount) -> None:
        plain = json.dumps(asdict(account)).encode()
        self.details = crypto.encrypt(plain, context=self.public_id)

    def unseal(self) -> BankAccount | None:
        """What the payer entered, if it is known. Raises `crypto.Undecryptable`."""
        if not self.details:
            return None
        plain: Mapping[str, str] = json.loads(
            crypto.decrypt(bytes(self.details), context=self.public_id)
        )
        return BankAccount(**plain)

    def is_open(self, now: datetime) -> bool:
        return not self.revoked_at and not self.filled_at and now < self.expires_at


class RefundRule(models.Model):
    """What somebody in a role may give back of a currency, and from where on a second person looks.

    Amounts in minor units; without one there is no limit.
    """

    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    role = models.CharField(max_length=10)
    review_from = models.BigIntegerField(null=True)
    most_once = models.BigIntegerField(null=True)
    most_daily = models.BigIntegerField(null=True)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "currency", "role"], name="refund_rule_is_one"
            ),
            models.CheckConstraint(
                condition=(Q(review_from__isnull=True) | Q(review_from__gt=0))
                & (Q(most_once__isnull=True) | Q(most_once__gte=0))
                & (Q(most_daily__isnull=True) | Q(most_daily__gte=0)),
                name="refund_rule_is_sound",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.currency}"
