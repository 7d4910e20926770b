"""Tables of tries to pay, with the methods that were kept and the transfers announced by them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from sleek.core import clock, crypto, ids
from sleek.core.money import Money
from sleek.payments import rules
from sleek.payments.models.payments import Payment
from sleek.payments.rules import AttemptStatus, Resolution, Surplus, saving


def _attempt_id() -> str:
    return ids.new("att")


def _saved_id() -> str:
    return ids.new("sm")


def _announcement_id() -> str:
    return ids.new("ann")


class Attempt(models.Model):
    """One try to pay a payment through one connection.

    Its public id is the provider's idempotency key.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_attempt_id, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="attempts")
    connection = models.ForeignKey(
        "channels.Connection", models.PROTECT, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=20)
    method = models.CharField(max_length=20)
    flow = models.CharField(max_length=10)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=16, default=AttemptStatus.STARTED)
    reference = models.CharField(max_length=128, blank=True)
    next_url = models.TextField(blank=True)
    next_qr = models.TextField(blank=True)
    next_data = models.JSONField(default=dict)  # as `NextStep.data`
    payer_id = models.CharField(max_length=128, blank=True)  # as `Order.payer_id`
    # What it charges, where its payer let a method be kept; and whether their bank shall make sure
    # that it is them.
    saved_method = models.ForeignKey(
        "payments.SavedMethod", models.PROTECT, null=True, related_name="uses"
    )
    is_proof_asked = models.BooleanField(default=False, db_default=False)
    # Why this connection and no other: what `rules.routing` weighed, in its words.
    decision = models.JSONField(default=dict)
    cost = models.BigIntegerField(null=True)  # what the channel should keep, by its price list
    failure = models.CharField(max_length=20, blank=True)
    failure_code = models.CharField(max_length=80, blank=True)
    payer = models.CharField(max_length=80, blank=True)
    amount_received = models.BigIntegerField(null=True)
    currency_received = models.CharField(max_length=3, blank=True)
    surplus = models.CharField(max_length=10, blank=True)
    # The try through which the money came, where it pays this payment by a person's decision.
    origin = models.ForeignKey("self", models.PROTECT, null=True, related_name="applications")
    amount_applied = models.BigIntegerField(default=0)  # of a credit, to other payments
    # Whose wallet it was paid from. Members of the payee's see the row, but not that merchant's.
    paid_by = models.ForeignKey("merchants.Merchant", models.PROTECT, null=True, related_name="+")
    resolution = models.CharField(max_length=10, blank=True)  # what became of its surplus
    # A refund of its surplus is promised or done, so that nothing else may count it.
    is_leaving = models.BooleanField(default=False, db_default=False)
    resolved_at = models.DateTimeField(null=True)
    fee = models.BigIntegerField(null=True)
    fee_currency = models.CharField(max_length=3, blank=True)
    expires_at = models.DateTimeField()
    # When the janitor asks the provider next; null when nothing is left to learn.
    check_at = models.DateTimeField(null=True)
    check_count = models.SmallIntegerField(default=0)
    # When its payer last chose it: coming back to an open try makes it the current one again.
    chosen_at = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*AttemptStatus]), name="attempt_status_is_known"
            ),
            models.CheckConstraint(condition=Q(surplus__in=[*Surplus]), name="surplus_is_known"),
            models.CheckConstraint(
                condition=Q(amount_applied=0)
                | Q(
                    resolution="credited",
                    amount_applied__gt=0,
                    amount_applied__lte=F("amount_received"),
                ),
                name="no_more_is_applied_than_was_credited",
            ),
            models.CheckConstraint(
                condition=Q(resolution="", resolved_at__isnull=True)
                | (
                    Q(resolution__in=[*Resolution])
                    & ~Q(resolution="")
                    & ~Q(surplus="")
                    & Q(resolved_at__isnull=False)
                ),
                name="only_a_surplus_is_resolved",
            ),
            models.CheckConstraint(
                condition=Q(is_leaving=False)
                | ~Q(surplus="") & ~Q(resolution__in=["accepted", "credited"]),
                name="what_leaves_pays_nothing",
            ),
            models.CheckConstraint(
                condition=~Q(status="succeeded") | Q(amount_received__isnull=False),
                name="succeeded_attempt_has_an_amount",
            ),
            # Two places, on purpose: the rule refuses it, and the database cannot hold it.
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(status="succeeded", surplus=""),
                name="payment_is_paid_by_one_attempt",
            ),
        ]
        indexes = [
            models.Index(
                fields=["check_at"], condition=Q(check_at__isnull=False), name="attempt_to_check"
            ),
            # How a connection fared of late.
            models.Index(
                fields=["connection", "method", "created_at"], name="attempt_by_connection"
            ),
            # What payers write on their transfers.
            models.Index(
                fields=["reference"],
                condition=Q(channel="banktransfer"),
                name="attempt_by_transfer_reference",
            ),
            # Few, and asked for on every look at the overview.
            models.Index(fields=["payment"], condition=~Q(surplus=""), name="attempt_with_surplus"),
            models.Index(
                fields=["created_at"],
                condition=Q(failure="provider"),
                name="attempt_failed_by_provider",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.channel} {self.status}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def pays(self) -> bool:
        """Whether its money, if any came, is its payment's."""
        return not self.surplus or self.resolution == Resolution.ACCEPTED

    @property
    def credit(self) -> Money | None:
        """What is left of money that was kept for its payer."""
        received = self.money_received
        if received is None or self.resolution != Resolution.CREDITED:
            return None
        return received - Money(self.amount_applied, received.currency)

    @property
    def money_left(self) -> Money | None:
        """What it brought, but for what of it pays elsewhere."""
        return self.money_received if self.credit is None else self.credit

    @property
    def is_held(self) -> bool:
        return rules.is_held(self.status, self.surplus, self.resolution)

    @property
    def money_received(self) -> Money | None:
        if self.amount_received is None:
            return None
        return Money(self.amount_received, self.currency_received)


class SavedMethod(models.Model):
    """A payer's agreement that their method is kept for the next time, given with one try; and,
    once that has succeeded, the provider's token of it.

    Payers have no account: it is offered in the browser that agreed, which is known by a secret
    whose hash stands here. Revoked, it keeps the agreement and nothing that charges or names
    anybody.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_saved_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    attempt = models.OneToOneField(Attempt, models.PROTECT, related_name="consent")
    connection = models.ForeignKey("channels.Connection", models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    method = models.CharField(max_length=20)
    browser_hash = models.CharField(max_length=64, blank=True)
    token = models.BinaryField(null=True)  # envelope-encrypted, bound to public_id
    token_hash = models.CharField(max_length=64, blank=True)  # SHA-256
    hint = models.CharField(max_length=80, blank=True)  # such as "Visa •4242"
    expires_on = models.DateField(null=True)
    email = models.EmailField(blank=True)
    text_hash = models.CharField(max_length=64)  # SHA-256 of what was agreed to
    language = models.CharField(max_length=10)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    saved_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    forget_at = models.DateTimeField(null=True)  # when its provider is told next

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "token_hash"],
                condition=~Q(token_hash=""),
                name="method_is_saved_once",
            ),
            models.CheckConstraint(
                condition=Q(token__isnull=True) | Q(saved_at__isnull=False),
                name="saved_method_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "browser_hash"],
                condition=Q(revoked_at__isnull=True, saved_at__isnull=False),
                name="saved_method_by_browser",
            ),
            models.Index(
                fields=["forget_at"],
                condition=Q(forget_at__isnull=False),
                name="saved_method_to_forget",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.channel} {self.hint}"

    def is_usable(self, now: datetime) -> bool:
        is_kept = self.token is not None and self.revoked_at is None
        return is_kept and saving.is_good(self.expires_on, now.date())

    def seal(self, token: str) -> None:
        self.token = crypto.encrypt(token.encode(), context=self.public_id)

    def unseal(self) -> str:
        """The token in the clear; empty where there is none. Raises `crypto.Undecryptable`."""
        if self.token is None:
            return ""
        return crypto.decrypt(bytes(self.token), context=self.public_id).decode()


class Announcement(models.Model):
    """A payer's word that a transfer is on its way, with a proof of it where there is one.

    A picture was decoded and written anew by us; anything else is kept as it came and only ever
    handed out as a file.
    """

    public_id = models.CharField(
        max_length=32, unique=True, default=_announcement_id, editable=False
    )
    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="announcements")
    email = models.EmailField(blank=True)  # where the payer wants to hear that it has arrived
    language = models.CharField(max_length=10)
    name = models.CharField(max_length=120, blank=True)  # of the file
    media_type = models.CharField(max_length=40, blank=True)
    content = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"{self.public_id} {self.name}"

    @property
    def has_file(self) -> bool:
        return bool(self.media_type)

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")
