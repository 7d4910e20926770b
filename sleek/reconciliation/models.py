"""Tables of reconciliation."""

from __future__ import annotations

from django.db import models

from sleek.core import clock, ids
from sleek.core.money import Money


def new_id() -> str:
    return ids.new("set")


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
