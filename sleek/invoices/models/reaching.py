"""Tables of how a bill reaches its payer: what was sent, and on which days it was looked at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sleek.core import clock, ids
from sleek.invoices.models.bills import Invoice


def _sending_id() -> str:
    return ids.new("snd")


class Sending(models.Model):
    """One mail with a bill: to whom, with which words, and the very paper that went along.

    `reminded_on` is set where it reminds of the bill: the day, in the merchant's zone.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_sending_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="sendings")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="sendings")
    paper = models.ForeignKey("papers.Paper", models.PROTECT, related_name="+")
    to = models.EmailField()
    language = models.CharField(max_length=10)
    message = models.TextField(max_length=2000, blank=True)
    reminded_on = models.DateField(null=True)
    by = models.ForeignKey("merchants.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(to=""), name="sending_has_a_reader"),
            models.UniqueConstraint(
                fields=["invoice", "reminded_on"], name="one_reminder_of_a_bill_a_day"
            ),
        ]
        indexes = [
            models.Index(fields=["invoice", "-created_at"], name="sending_newest_first"),
            models.Index(fields=["merchant", "-created_at"], name="sending_by_merchant"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} to {self.to}"


class Views(models.Model):
    """How often people looked at a bill's page on one day; nobody is told apart."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="views")
    on = models.DateField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "views"
        constraints = [
            models.UniqueConstraint(fields=["invoice", "on"], name="bill_views_are_counted_by_day")
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.on}: {self.count}"
