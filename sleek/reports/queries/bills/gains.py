"""What the exchange brought in a period: gains and losses of payments of bills in a foreign
currency, by the day they came, summed in the database.

The same figures as `exchange.py` tells of single bills, by the same rules: money goes over its
bills in their order, what was refunded takes its part along, and each payment of a bill is rounded
for itself, half to even.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from sleek.core.money import MAX_MINOR, Money, exponent
from sleek.invoices.models import Invoice
from sleek.invoices.rules import Exchange
from sleek.merchants.models import Merchant
from sleek.reports.rules import periods

MOST_DAYS = 366  # of a period


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the merchant's zone, both of them within."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Realised:
    """What one payment of one bill brought."""

    at: datetime
    payment: str
    bill: str
    number: str
    kept: Money
    home: str
    issue_rate: Decimal | None
    payment_rate: Decimal | None
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Gains:
    """Of one pair of currencies, or of all in one home currency; `losses` is below zero or nothing.

    What has no rate is in none of the sums: those are `unknown` so many.
    """

    currency: str
    count: int
    unknown: int
    at_issue: Money
    at_payment: Money
    gains: Money
    losses: Money

    @property
    def net(self) -> Money:
        return self.gains + self.losses


def gains(merchant: Merchant, period: Period) -> list[Gains]:
    """By home currency and then by the bills' currency."""
    found = []
    for currency, home, count, unknown, *sums in _rows(_BY_PAIR, merchant, period):
        money = [Money(int(minor or 0), home) for minor in sums]
        found.append(Gains(currency, count, unknown, *money))
    return found


def together(pairs: Sequence[Gains]) -> list[Gains]:
    """For each home currency in which there are several."""
    by_home: dict[str, list[Gains]] = {}
    for each in pairs:
        by_home.setdefault(each.net.currency, []).append(each)
    return [_added(some, home) for home, some in by_home.items() if len(some) > 1]


def realised(
    merchant: Merchant, period: Period, *, most: int, after: int = 0
) -> Iterator[Realised]:
    """The newest first."""
    for row in _rows(_NEWEST, merchant, period, most=most, after=after):
        at, payment, bill, number, currency, home, kept, *rates, issued, paid = row
        worth = Exchange(_worth(issued, home), _worth(paid, home))
        yield Realised(
            at, payment, bill, number, Money(int(kept), currency), home, rates[0], rates[1], worth
        )


def _worth(minor: Decimal | None, home: str) -> Money | None:
    return None if minor is None else Money(int(minor), home)


def _added(some: Sequence[Gains], home: str) -> Gains:
    def money(name: str) -> Money:
        return Money(sum(getattr(each, name).minor for each in some), home)

    return Gains(
        "",
        sum(each.count for each in some),
        sum(each.unknown for each in some),
        *map(money, ("at_issue", "at_payment", "gains", "losses")),
    )


def _rows(query: str, merchant: Merchant, period: Period, **more: int) -> list[tuple[Any, ...]]:
    digits = _digits(merchant)
    terms: dict[str, Any] = more | {
        "merchant": merchant.pk,
        "first": periods.start_of(period.since, merchant.zone),
        "last": periods.start_of(period.until + timedelta(days=1), merchant.zone),
        "codes": [*digits],
        "digits": [*digits.values()],
        "most_minor": MAX_MINOR,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, terms)
        return list(cursor.fetchall())


def _digits(merchant: Merchant) -> dict[str, int]:
    """The decimals of every currency that a bill of the merchant has anything to do with."""
    bills = Invoice.objects.filter(merchant=merchant).exclude(home_currency="")
    pairs = bills.order_by().values_list("currency", "home_currency").distinct()
    codes = {code for pair in pairs for code in pair}
    return {code: exponent(code) for code in sorted(codes)}


# `spread` and `kept` of the payments, and then `convert` of the rates, for many at once.
_FOUND = """
    WITH digits AS (
        SELECT * FROM unnest(%(codes)s::text[], %(digits)s::int[]) AS known (currency, digits)
    ), meant AS (
        SELECT p.id AS payment_id, p.succeeded_at, p.public_id AS payment, p.currency,
               p.amount_refunded::numeric AS refunded, a.id, a.home_rate, i.invoice_id, a.amount,
               p.amount_paid - coalesce(sum(a.amount) OVER (
                   PARTITION BY p.id ORDER BY a.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
               ), 0) AS open,
               row_number() OVER (PARTITION BY p.id ORDER BY a.id DESC) = 1 AS is_last
        FROM payments_payment p
        JOIN payments_allocation a ON a.payment_id = p.id
        JOIN invoices_instalment i ON i.id = a.instalment_id
        WHERE p.merchant_id = %(merchant)s AND p.status = 'succeeded'
          AND p.succeeded_at >= %(first)s AND p.succeeded_at < %(last)s
    ), got AS (
        SELECT *, greatest(CASE WHEN is_last THEN open ELSE least(amount, open) END, 0) AS part
        FROM meant
    ), shared AS (
        SELECT *, div(refunded * part, sum(part) OVER whole) AS gone,
               row_number() OVER (PARTITION BY payment_id, part > 0 ORDER BY id) AS place
        FROM got WINDOW whole AS (PARTITION BY payment_id)
    ), kept AS (
        SELECT *, part - gone - CASE
            WHEN part > 0 AND place <= refunded - sum(gone) OVER (PARTITION BY payment_id) THEN 1
            ELSE 0 END AS kept
        FROM shared
    ), of_bill AS (
        SELECT k.payment_id, k.succeeded_at, k.payment, b.id AS bill_id, b.public_id AS bill,
               b.number, b.currency, b.home_currency AS home, sum(k.kept) AS kept,
               b.home_rate AS issue_rate,
               (array_agg(k.home_rate ORDER BY k.id DESC)
                   FILTER (WHERE k.home_rate IS NOT NULL))[1] AS payment_rate
        FROM kept k JOIN invoices_invoice b ON b.id = k.invoice_id
        WHERE b.home_currency <> '' AND b.home_currency <> b.currency
        GROUP BY k.payment_id, k.succeeded_at, k.payment, b.id
        HAVING sum(k.kept) > 0
    ), converted AS (
        SELECT f.*, f.kept * issue_rate * scale AS issued, f.kept * payment_rate * scale AS paid
        FROM of_bill f
        JOIN digits own ON own.currency = f.currency
        JOIN digits other ON other.currency = f.home,
        LATERAL (SELECT power(10::numeric, other.digits - own.digits) AS scale) AS scaled
    ), found AS (
        SELECT payment_id, bill_id, succeeded_at, payment, bill, number, currency, home, kept,
               issue_rate, payment_rate,
               CASE WHEN even_issued <= %(most_minor)s THEN even_issued END AS at_issue,
               CASE WHEN even_paid <= %(most_minor)s THEN even_paid END AS at_payment
        FROM converted,
        -- What PostgreSQL rounds up from a half is one too many where that makes it odd.
        LATERAL (SELECT round(issued) - CASE
                     WHEN issued - trunc(issued) = 0.5 AND mod(round(issued), 2) = 1 THEN 1 ELSE 0
                 END AS even_issued,
                 round(paid) - CASE
                     WHEN paid - trunc(paid) = 0.5 AND mod(round(paid), 2) = 1 THEN 1 ELSE 0
                 END AS even_paid) AS rounded
    )
"""
_BY_PAIR = f"""{_FOUND}
    SELECT currency, home, count(*), count(*) FILTER (WHERE gain IS NULL),
           sum(at_issue) FILTER (WHERE gain IS NOT NULL),
           sum(at_payment) FILTER (WHERE gain IS NOT NULL),
           sum(gain) FILTER (WHERE gain > 0), sum(gain) FILTER (WHERE gain < 0)
    FROM found, LATERAL (SELECT at_payment - at_issue AS gain) AS difference
    GROUP BY home, currency ORDER BY home, currency
"""
_NEWEST = f"""{_FOUND}
    SELECT succeeded_at, payment, bill, number, currency, home, kept, issue_rate, payment_rate,
           at_issue, at_payment
    FROM found ORDER BY succeeded_at DESC, payment_id DESC, bill_id DESC
    LIMIT %(most)s OFFSET %(after)s
"""
