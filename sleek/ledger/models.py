"""Tables of the ledger. Their triggers and the one way in, `ledger_post`, are in migration 0002."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from sleek.core.money import Money


class Account(models.Model):
    """Where money of one merchant in one currency can be.

    The row is the account's head: its last sequence and balance.
    """

    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="accounts")
    code = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    is_guarded = models.BooleanField()
    sequence = models.BigIntegerField(default=0)
    balance = models.BigIntegerField(default=0)
    posted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "code", "currency"], name="account_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(is_guarded=False) | Q(balance__gte=0),
                name="guarded_balance_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.balance, self.currency)


class JournalEntry(models.Model):
    """One balanced movement of money.

    An event of `kind` about `subject` (a public id), written once.
    """

    # No foreign keys in the database from here on: the triggers of migration 0002 check the same
    # for all rows at once, and a foreign key would lock the merchant's row in every post.
    merchant = models.ForeignKey(
        "merchants.Merchant",
        models.PROTECT,
        related_name="entries",
        db_index=False,
        db_constraint=False,
    )
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    size = models.SmallIntegerField()
    event_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind"], name="entry_is_posted_once"),
            models.CheckConstraint(condition=Q(size__gte=2), name="entry_has_two_sides"),
        ]
        indexes = [models.Index(fields=["merchant", "id"], name="entry_by_merchant")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Posting(models.Model):
    """One account's share of an entry, with the account's gapless sequence number and its balance
    after it.
    """

    pk = models.CompositePrimaryKey("account_id", "sequence")
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="postings", db_index=False, db_constraint=False
    )
    sequence = models.BigIntegerField()
    entry = models.ForeignKey(
        JournalEntry, models.PROTECT, related_name="postings", db_constraint=False
    )
    amount = models.BigIntegerField()
    balance = models.BigIntegerField()
    posted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sequence__gte=1), name="sequence_starts_at_one"),
            models.CheckConstraint(condition=~Q(amount=0), name="posting_moves_something"),
        ]
        indexes = [
            models.Index(F("account"), F("posted_at"), F("sequence"), name="posting_by_time")
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.sequence} {self.amount}"
