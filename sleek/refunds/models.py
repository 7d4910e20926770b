"""Tables of refunds."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.refunds.rules import RefundStatus


def _refund_id() -> str:
    return ids.new("ref")


class Refund(models.Model):
    """Money of one attempt on its way back to the payer."""

    public_id = models.CharField(max_length=32, unique=True, default=_refund_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="refunds")
    attempt = models.ForeignKey("payments.Attempt", models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=140)
    bucket = models.CharField(max_length=12)  # the ledger account that the money was taken from
    status = models.CharField(max_length=10, default=RefundStatus.PENDING)
    reference = models.CharField(max_length=128, blank=True)
    failure_code = models.CharField(max_length=80, blank=True)
    check_at = models.DateTimeField(null=True)
    check_count = models.SmallIntegerField(default=0)
    succeeded_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_moves_something"),
            models.CheckConstraint(
                condition=Q(status__in=[*RefundStatus]), name="refund_status_is_known"
            ),
            # A surplus is given back whole, once, until the provider says that it failed.
            models.UniqueConstraint(
                fields=["attempt"],
                condition=Q(bucket="frozen") & ~Q(status="failed"),
                name="surplus_is_returned_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["check_at"], condition=Q(check_at__isnull=False), name="refund_to_check"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.money} {self.status}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
