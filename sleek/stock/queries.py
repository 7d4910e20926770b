"""Reading stock."""

from __future__ import annotations

from datetime import datetime

from sleek.core import clock
from sleek.stock.models import Hold, Stock
from sleek.stock.rules import HoldStatus

DUE = 50  # owners looked at in one round


def owners_to_end() -> list[str]:
    """Whose holds have come to their end, the longest ended first."""
    due = Hold.objects.filter(status=HoldStatus.HELD, ends_at__lte=clock.now())
    return list(dict.fromkeys(due.order_by("ends_at").values_list("owner", flat=True)[:DUE]))


def next_end(stock: Stock) -> datetime | None:
    """When the first of those who are paying just now must have paid."""
    held = stock.holds.filter(status=HoldStatus.HELD).order_by("ends_at")
    return held.values_list("ends_at", flat=True).first()
