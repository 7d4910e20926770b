"""What a merchant collected, by day of its own time zone and by currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.payments.rules import PaymentStatus
from sleek.reports.rules import periods


@dataclass(frozen=True, slots=True)
class Figure:
    """Succeeded payments of one currency: their sum before refunds and fees, and their number."""

    total: Money
    count: int = 0

    @property
    def average(self) -> Money | None:
        """The average ticket, to the nearest minor unit."""
        return _share(self.total, self.count) if self.count else None

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.total + other.total, self.count + other.count)


@dataclass(frozen=True, slots=True)
class Collected:
    """The figures of some consecutive days."""

    days: Sequence[date]
    figures: Mapping[tuple[date, str], Figure]

    def on(self, day: date, currency: str) -> Figure:
        return self.figures.get((day, currency), Figure(Money(0, currency)))

    def between(self, first: date, last: date, currency: str) -> Figure:
        wanted = (self.on(day, currency) for day in self.days if first <= day <= last)
        return sum(wanted, start=Figure(Money(0, currency)))

    def currencies(self, *, first: str) -> list[str]:
        """Every currency that was collected, `first` at the head whether it was or not."""
        found = {currency for _, currency in self.figures} - {first}
        return [first, *sorted(found)]

    def usual(self, days: Sequence[date], currency: str) -> Money | None:
        """What such a day brought on average; None where there was none."""
        if not days:
            return None
        total = sum((self.on(day, currency) for day in days), start=Figure(Money(0, currency)))
        return _share(total.total, len(days))


def collected(merchant: Merchant, days: Sequence[date]) -> Collected:
    """One pass over the succeeded payments of consecutive days, by their index."""
    edges = periods.boundaries(days, merchant.zone)
    parameters: list[Any] = [edges, merchant.pk, PaymentStatus.SUCCEEDED, edges[0], edges[-1]]
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, parameters)
        figures = {
            (days[slot - 1], currency): Figure(Money(int(total), currency), count)
            for slot, currency, total, count in cursor.fetchall()
        }
    return Collected(days, figures)


def _share(total: Money, count: int) -> Money:
    """A count-th part, halves rounded up."""
    return Money((2 * total.minor + count) // (2 * count), total.currency)


_BY_DAY = """
    SELECT width_bucket(succeeded_at, %s::timestamptz[]) AS slot, currency, sum(amount), count(*)
    FROM payments_payment
    WHERE merchant_id = %s AND status = %s AND succeeded_at >= %s AND succeeded_at < %s
    GROUP BY slot, currency
"""
