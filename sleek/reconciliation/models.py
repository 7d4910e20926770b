"""Tables of reconciliation."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.reconciliation.rules.flags import Ending, Flag
from sleek.reconciliation.rules.lines import LineStatus


def new_id() -> str:
    return ids.new("set")


def _anomaly_id() -> str:
    return ids.new("anm")


class Settlement(models.Model):
    """One pay-out of a channel that reached the merchant's bank account, net of its fees."""

    public_id = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="settlements")
    channel = models.CharField(max_length=20)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    arrived_on = models.DateField()
    reference = models.CharField(max_length=140, blank=True)  # as on the bank statement
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="settlement_brings_money")
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.money}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class Anomaly(models.Model):
    """One thing that is out of the ordinary about one subject, from when it was seen until it is
    settled.

    The subject is a payment, a refund, a notice, or a key that nobody knows; `amount` is what is
    too much, too little, late and so on. Without `needs_person` it takes its course by itself.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_anomaly_id, editable=False)
    # Without one it is the operator's: a notice of a shared connection that is about nobody.
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, null=True, related_name="+")
    flag = models.CharField(max_length=16)
    subject = models.CharField(max_length=64)
    payment = models.ForeignKey(
        "payments.Payment", models.PROTECT, null=True, related_name="anomalies"
    )
    refund = models.ForeignKey("refunds.Refund", models.PROTECT, null=True, related_name="+")
    amount = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    reference = models.CharField(max_length=200, blank=True)  # what the provider says of it
    needs_person = models.BooleanField(default=True)
    opened_at = models.DateTimeField(default=clock.now)
    resolved_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=10, blank=True)
    resolved_by = models.ForeignKey("merchants.User", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)  # in the words of whoever looked at it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "subject", "flag", "currency"],
                name="anomaly_is_kept_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(flag__in=[*Flag]), name="anomaly_flag_is_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="anomaly_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(ending="", resolved_at__isnull=True, resolved_by__isnull=True)
                | (Q(ending__in=[*Ending]) & ~Q(ending="") & Q(resolved_at__isnull=False)),
                name="resolved_anomaly_says_how",
            ),
        ]
        indexes = [
            models.Index(
                F("merchant"),
                F("opened_at"),
                condition=Q(resolved_at__isnull=True),
                name="anomaly_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flag} of {self.subject}"

    @property
    def money(self) -> Money | None:
        return Money(self.amount, self.currency) if self.currency else None


def new_line_id() -> str:
    return ids.new("bkl")


def _file_id() -> str:
    return ids.new("bkf")


class BankFile(models.Model):
    """A statement that somebody uploaded: what is in it is looked at first, then imported whole.

    Its content is kept until then. How its columns were read is remembered for the next one.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_file_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    connection = models.ForeignKey("channels.Connection", models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    columns = models.JSONField(default=dict)  # as `rules.bankfiles.table.Columns`
    line_count = models.IntegerField(default=0)  # that were new
    imported_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["connection", "-id"], name="bank_file_newest_first")]

    def __str__(self) -> str:
        return self.name


class BankLine(models.Model):
    """One sum that came onto a merchant's bank account, and the try that has it.

    Without a try nobody knows yet what it is for: open, or put aside with a reason.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_line_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="bank_lines")
    connection = models.ForeignKey("channels.Connection", models.PROTECT, related_name="+")
    file = models.ForeignKey(BankFile, models.PROTECT, null=True, related_name="lines")
    booked_on = models.DateField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payer_name = models.CharField(max_length=140, blank=True)
    payer_account = models.CharField(max_length=64, blank=True)
    account = models.CharField(max_length=64, blank=True)  # that it was paid to, where told
    text = models.CharField(max_length=1000, blank=True)
    reference = models.CharField(max_length=140, blank=True)  # the bank's own
    # The same line of another file, or of the same file again, has the same.
    fingerprint = models.CharField(max_length=64)
    status = models.CharField(max_length=8, default=LineStatus.OPEN)
    attempt = models.OneToOneField(
        "payments.Attempt", models.PROTECT, null=True, related_name="bank_line"
    )
    # When it was looked at for a reference: what has none waits for a person.
    searched_at = models.DateTimeField(null=True)
    clues = models.JSONField(default=list)  # what it was matched by
    matched_by = models.ForeignKey("merchants.User", models.PROTECT, null=True, related_name="+")
    matched_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)  # why it was put aside
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_line_brings_money"),
            models.CheckConstraint(
                condition=Q(status="matched", attempt__isnull=False, matched_at__isnull=False)
                | Q(status="open", attempt__isnull=True, reason="")
                | (Q(status="ignored", attempt__isnull=True) & ~Q(reason="")),
                name="bank_line_says_what_became_of_it",
            ),
            models.UniqueConstraint(
                fields=["connection", "fingerprint"], name="bank_line_is_imported_once"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-booked_on", "-id"], name="bank_line_newest_first"),
            models.Index(
                fields=["merchant", "booked_on"],
                condition=Q(status="open"),
                name="bank_line_to_match",
            ),
            models.Index(
                fields=["id"],
                condition=Q(status="open", searched_at__isnull=True),
                name="bank_line_to_search",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.money} {self.status}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
