"""Tables of what comes after issuing: credit notes and follow-ups."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.invoices.models.bills import Invoice


def _note_id() -> str:
    return ids.new("crn")


def _follow_up_id() -> str:
    return ids.new("fup")


class CreditNote(models.Model):
    """Takes back part of what an issued bill asks, under a number of its own. The database refuses
    any change.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_note_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="credit_notes")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="credit_notes")
    number = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    issued_on = models.DateField()
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_note_takes_something"),
            models.UniqueConstraint(
                fields=["merchant", "number"], name="credit_note_number_is_its_own"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def money(self) -> Money:
        return Money(self.amount, self.invoice.currency)


class FollowUp(models.Model):
    """A task after sending: did the bill arrive, is it right, when will it be paid? One is open."""

    public_id = models.CharField(max_length=32, unique=True, default=_follow_up_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="follow_ups")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="follow_ups")
    due_on = models.DateField()
    outcome = models.CharField(max_length=10, blank=True)  # received, wrong, promised, paid
    promised_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    done_by = models.ForeignKey("merchants.User", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", done_at=None)
                | (
                    Q(outcome__in=["received", "wrong", "promised", "settled"])
                    & Q(done_at__isnull=False)
                ),
                name="follow_up_is_open_or_answered",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="promised") | Q(promised_on__isnull=False),
                name="promise_has_a_day",
            ),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(done_at=None),
                name="one_open_follow_up_per_bill",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.outcome}"
