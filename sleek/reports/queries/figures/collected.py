"""What a merchant collected: by day, week or month of its own time zone, by channel, by hour.

Everything is read from the roll-ups and, in the same statement, from the events that they do not
hold yet. So a figure is never behind the ledger, however busy or dead the worker is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.reports.models import Span
from sleek.reports.queries.figures import news
from sleek.reports.rules import periods
from sleek.reports.rules.periods import Unit

HOURS = 24


@dataclass(frozen=True, slots=True)
class Figure:
    """Succeeded payments of one currency: their sum before refunds and fees, and their number.

    Beside them, how tries ended that were begun then, and what went back to payers.
    """

    total: Money
    count: int = 0
    succeeded: int = 0
    failed: int = 0
    canceled: int = 0
    refunded: int = 0  # minor units
    refund_count: int = 0

    @classmethod
    def nothing(cls, currency: str) -> Figure:
        return cls(Money(0, currency))

    @property
    def average(self) -> Money | None:
        """The average ticket, to the nearest minor unit."""
        return share(self.total, self.count) if self.count else None

    @property
    def success_rate(self) -> float | None:
        """Of the tries that ended with money or a refusal. Those that payers left do not count."""
        ended = self.succeeded + self.failed
        return self.succeeded / ended if ended else None

    @property
    def given_back(self) -> Money:
        return Money(self.refunded, self.total.currency)

    def __add__(self, other: Figure) -> Figure:
        return Figure(
            self.total + other.total,
            self.count + other.count,
            self.succeeded + other.succeeded,
            self.failed + other.failed,
            self.canceled + other.canceled,
            self.refunded + other.refunded,
            self.refund_count + other.refund_count,
        )


@dataclass(frozen=True, slots=True)
class Collected:
    """The figures of consecutive days, weeks or months of one currency, and how they were paid."""

    currency: str
    firsts: Sequence[date]
    figures: Mapping[date, Figure]
    ways: Mapping[tuple[str, str], Figure] = field(default_factory=dict)  # by channel and method

    def on(self, first: date) -> Figure:
        return self.figures.get(first, Figure.nothing(self.currency))

    def among(self, firsts: Sequence[date]) -> Figure:
        return sum(map(self.on, firsts), start=Figure.nothing(self.currency))

    @property
    def whole(self) -> Figure:
        return self.among(self.firsts)

    def usual(self, firsts: Sequence[date]) -> Money | None:
        """What such a day brought on average; None where there was none."""
        return share(self.among(firsts).total, len(firsts)) if firsts else None


def collected(
    merchant: Merchant, currency: str, firsts: Sequence[date], unit: Unit = Unit.DAY
) -> Collected:
    edges = periods.boundaries(firsts, unit, merchant.zone)
    figures: dict[date, Figure] = {}
    ways: dict[tuple[str, str], Figure] = {}
    for slot, channel, method, *sums in _read(_BY_SLOT_AND_WAY, merchant, [currency], edges):
        if slot is None:
            ways[channel, method] = _figure(currency, sums)
        else:
            figures[firsts[slot]] = _figure(currency, sums)
    return Collected(currency, firsts, figures, ways)


def by_hour(merchant: Merchant, currency: str, first: datetime, last: datetime) -> list[Figure]:
    """By the hour that clocks in the merchant's zone showed: 24 figures.

    An hour that comes twice counts as one, one that is left out as none.
    """
    stretches = periods.offsets(first, last, merchant.zone)
    terms = _terms(merchant, [currency]) | {
        "firsts": [each.first for each in stretches],
        "lasts": [each.last for each in stretches],
        "shifts": [each.shift for each in stretches],
    }
    found = {int(hour): _figure(currency, sums) for hour, *sums in _rows(_BY_HOUR, terms)}
    return [found.get(hour, Figure.nothing(currency)) for hour in range(HOURS)]


def in_each(
    merchant: Merchant, currencies: Sequence[str], first: datetime, last: datetime
) -> dict[str, Figure]:
    """One figure for each currency."""
    rows = _read(_BY_CURRENCY, merchant, currencies, [first, last])
    found = {currency: _figure(currency, sums) for currency, *sums in rows}
    return {currency: found.get(currency, Figure.nothing(currency)) for currency in currencies}


def share(total: Money, count: int) -> Money:
    """A count-th part, halves rounded up."""
    return Money((2 * total.minor + count) // (2 * count), total.currency)


def _read(
    query: str, merchant: Merchant, currencies: Sequence[str], edges: Sequence[datetime]
) -> list[tuple[Any, ...]]:
    pieces = periods.pieces(edges)
    return _rows(
        query,
        _terms(merchant, currencies)
        | {
            "slots": [piece.slot for piece in pieces],
            "spans": [str(Span.DAY if piece.is_days else Span.QUARTER) for piece in pieces],
            "firsts": [piece.first for piece in pieces],
            "lasts": [piece.last for piece in pieces],
        },
    )


def _terms(merchant: Merchant, currencies: Sequence[str]) -> dict[str, Any]:
    return {
        "merchant": merchant.pk,
        "currencies": list(currencies),
        "kinds": [*news.FOLLOWED],
    }


def _rows(query: str, terms: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, terms)
        return list(cursor.fetchall())


def _figure(currency: str, sums: Sequence[Any]) -> Figure:
    amount, *counts = map(int, sums)
    return Figure(Money(amount, currency), *counts)


_NAMES = ", ".join(news.SUMS)
_SUMS = ", ".join(f"sum({name})" for name in news.SUMS)
# For each piece the index is gone through on its own, and adds up on the spot: left to itself, the
# planner likes to read all there is and throw most of it away.
_PIECE_BY_PIECE = f"""
    SELECT currency, channel, method, {", ".join(f"sum({name}) AS {name}" for name in news.SUMS)}
    FROM reports_rollup r
    WHERE r.merchant_id = %(merchant)s AND r.span = piece.span
      AND r.currency = ANY (%(currencies)s::text[])
      AND r.starts_at >= piece.first AND r.starts_at < piece.last
    GROUP BY currency, channel, method
"""
_FOUND = f"""
    WITH piece AS (
        SELECT * FROM unnest(%(slots)s::int[], %(spans)s::text[], %(firsts)s::timestamptz[],
                             %(lasts)s::timestamptz[]) AS pieces (slot, span, first, last)
    ), found AS (
        SELECT slot, currency, channel, method, {_NAMES}
        FROM piece CROSS JOIN LATERAL ({_PIECE_BY_PIECE}) added
        UNION ALL
        SELECT slot, currency, channel, method, {_NAMES}
        FROM reports_deltas({news.UNREAD}) d
        JOIN piece ON d.at >= piece.first AND d.at < piece.last
        WHERE d.merchant_id = %(merchant)s AND d.currency = ANY (%(currencies)s::text[])
    )
"""
_BY_SLOT_AND_WAY = f"""
    {_FOUND} SELECT slot, channel, method, {_SUMS} FROM found
    GROUP BY GROUPING SETS ((slot), (channel, method))
"""
_BY_CURRENCY = f"{_FOUND} SELECT currency, {_SUMS} FROM found GROUP BY currency"
_BY_HOUR = f"""
    WITH stretch AS (
        SELECT * FROM unnest(%(firsts)s::timestamptz[], %(lasts)s::timestamptz[],
                             %(shifts)s::interval[]) AS stretches (first, last, shift)
    ), found AS (
        SELECT at + shift AS at, {_NAMES}
        FROM stretch CROSS JOIN LATERAL (
            SELECT starts_at AS at, {_NAMES} FROM reports_rollup r
            WHERE r.merchant_id = %(merchant)s AND r.span = '{Span.QUARTER}'
              AND r.currency = ANY (%(currencies)s::text[])
              AND r.starts_at >= stretch.first AND r.starts_at < stretch.last
            OFFSET 0
        ) added
        UNION ALL
        SELECT d.at + shift, {_NAMES}
        FROM reports_deltas({news.UNREAD}) d
        JOIN stretch ON d.at >= first AND d.at < last
        WHERE d.merchant_id = %(merchant)s AND d.currency = ANY (%(currencies)s::text[])
    )
    SELECT extract(hour FROM at AT TIME ZONE 'UTC'), {_SUMS} FROM found GROUP BY 1
"""
