"""Tables of receipts."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sleek.core import clock, ids
from sleek.core.money import Money


def _receipt_id() -> str:
    return ids.new("rcp")


class Receipt(models.Model):
    """What confirms one payment of bills, as it was issued. The database refuses any change."""

    public_id = models.CharField(max_length=32, unique=True, default=_receipt_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="receipts")
    payment = models.OneToOneField("payments.Payment", models.PROTECT, related_name="receipt")
    number = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=20)
    payer_name = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    bills = ArrayField(models.CharField(max_length=60))  # their numbers, in the order of paying
    issued_on = models.DateField()  # in the merchant's time zone, as printed
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_confirms_something"),
            models.UniqueConstraint(
                fields=["merchant", "number"], name="receipt_number_is_its_own"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at"], name="receipt_newest_first"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
