"""Roll-ups: what the figures are read from. Nothing here is a source; all of it can be rebuilt."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q


class Span(StrEnum):
    """How long one roll-up is. Both are of UTC.

    Every time zone's midnight and every change of clocks falls on a quarter of an hour, so the
    quarters add up to any zone's days; whole UTC days shorten the way over months.
    """

    QUARTER = "quarter"
    DAY = "day"


class Rollup(models.Model):
    """What happened in one span by one channel and method, in one currency.

    `amount` and `payment_count`: collected, by when it was paid. `…_count` of tries: by how they
    ended, at the time when they began. `amount_refunded`: what went back to payers, when booked.
    """

    merchant = models.ForeignKey(
        "merchants.Merchant", models.PROTECT, related_name="+", db_index=False
    )
    span = models.CharField(max_length=8)
    currency = models.CharField(max_length=3)
    starts_at = models.DateTimeField()
    channel = models.CharField(max_length=20)
    method = models.CharField(max_length=20)
    amount = models.BigIntegerField(default=0)
    payment_count = models.BigIntegerField(default=0)
    succeeded_count = models.BigIntegerField(default=0)
    failed_count = models.BigIntegerField(default=0)
    canceled_count = models.BigIntegerField(default=0)
    amount_refunded = models.BigIntegerField(default=0)
    refund_count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            # Also the index that every figure is read by.
            models.UniqueConstraint(
                fields=["merchant", "span", "currency", "starts_at", "channel", "method"],
                name="rollup_is_unique",
            ),
            models.CheckConstraint(condition=Q(span__in=[*Span]), name="rollup_span_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.channel} {self.amount} {self.currency}"


class Outstanding(models.Model):
    """One single-use link that waits to be paid. It counts until `expires_at`."""

    link = models.OneToOneField(
        "links.PaymentLink", models.PROTECT, primary_key=True, related_name="+"
    )
    merchant = models.ForeignKey(
        "merchants.Merchant", models.PROTECT, related_name="+", db_index=False
    )
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["merchant", "currency"],
                include=["amount", "expires_at", "link"],
                name="outstanding_by_currency",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False),
                name="outstanding_to_drop",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.amount} {self.currency}"
