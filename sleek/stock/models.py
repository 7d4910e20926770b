"""Tables of stock."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from sleek.core import clock
from sleek.stock.rules import HoldStatus


class Stock(models.Model):
    """So many of something: places, pieces, uses of a link. Its row is the lock on its holds."""

    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    total = models.PositiveIntegerField()
    held = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total__gte=F("held") + F("taken")), name="stock_is_never_oversold"
            )
        ]

    def __str__(self) -> str:
        return f"{self.left} of {self.total}"

    @property
    def left(self) -> int:
        """What somebody who comes now can still hold."""
        return self.total - self.held - self.taken

    @property
    def is_sold_out(self) -> bool:
        return self.taken >= self.total


class Hold(models.Model):
    """So many of a stock, kept for one `owner` (a public id) until they are taken or released."""

    stock = models.ForeignKey(Stock, models.PROTECT, related_name="holds", db_index=False)
    owner = models.CharField(max_length=32)
    quantity = models.PositiveIntegerField()
    status = models.CharField(max_length=10, default=HoldStatus.HELD)
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stock", "owner"], name="owner_holds_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="hold_is_of_something"),
            models.CheckConstraint(
                condition=Q(status__in=[*HoldStatus]), name="hold_status_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["owner"], name="hold_by_owner"),
            models.Index(fields=["ends_at"], condition=Q(status="held"), name="hold_to_end"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.owner}, {self.status}"
