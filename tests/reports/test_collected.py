"""Figures by the merchant's own days and hours, equal to the ledger to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Sum

from sleek.channels.base import Failure, Outcome, Report
from sleek.core.money import Money
from sleek.ledger.models import Posting
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.reports.queries.figures.collected import Figure, by_hour, collected, in_each
from sleek.reports.rules import periods
from sleek.reports.rules.periods import Unit
from tests import people

MONDAY = date(2026, 3, 2)
TWO_DAYS = [MONDAY, MONDAY + timedelta(days=1)]
MILLISECOND = timedelta(milliseconds=1)


def booked(shop: Merchant, first: date, unit: Unit = Unit.DAY, currency: str = "USD") -> int:
    """What the ledger says was collected on a day."""
    start, end = periods.boundaries([first], unit, shop.zone)
    postings = Posting.objects.filter(
        account__merchant=shop,
        account__code="in_transit",
        account__currency=currency,
        entry__kind="payment_succeeded",
        entry__event_at__gte=start,
        entry__event_at__lt=end,
    )
    return postings.aggregate(total=Sum("amount"))["total"] or 0


def moved_to(shop: Merchant, zone: str) -> None:
    shop.time_zone = zone
    shop.save(update_fields=["time_zone"])


def test_the_last_moment_of_a_day_and_the_first_of_the_next_are_kept_apart(shop, pay):
    midnight = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # 00:00 in Shanghai
    pay(shop, Money(100, "USD"), at=midnight - MILLISECOND)
    pay(shop, Money(2000, "USD"), at=midnight)

    found = collected(shop, "USD", TWO_DAYS)

    assert [found.on(day).total.minor for day in TWO_DAYS] == [100, 2000]
    assert [booked(shop, day) for day in TWO_DAYS] == [100, 2000]


# Summer time begins, or ends, on the middle one of three days; or never.
ODD_DAYS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/Sao_Paulo", date(2026, 2, 15)),
    ("Asia/Kathmandu", date(2026, 4, 14)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("America/New_York", date(2026, 11, 1)),
]


@pytest.mark.parametrize(("zone", "odd_day"), ODD_DAYS)
def test_every_cent_is_on_its_day_whatever_clocks_do(shop, pay, zone, odd_day):
    moved_to(shop, zone)
    days = [odd_day + timedelta(days=n) for n in (-1, 0, 1)]
    edges = periods.boundaries(days, Unit.DAY, shop.zone)
    for number, edge in enumerate(edges):
        pay(shop, Money(10**number, "USD"), at=edge)
        pay(shop, Money(5 * 10**number, "USD"), at=edge - MILLISECOND)

    found = collected(shop, "USD", days)

    assert [found.on(day).total.minor for day in days] == [51, 510, 5100]
    assert [booked(shop, day) for day in days] == [51, 510, 5100]
    assert found.ways == {("till", "card"): found.whole}


@pytest.mark.parametrize("unit", [Unit.WEEK, Unit.MONTH])
def test_weeks_and_months_hold_what_their_days_hold(shop, pay, unit):
    moved_to(shop, "Australia/Lord_Howe")
    firsts = periods.last_ones(date(2026, 4, 30), unit, 3)
    for number, edge in enumerate(periods.boundaries(firsts, unit, shop.zone)):
        pay(shop, Money(10**number, "USD"), at=edge)
        pay(shop, Money(5 * 10**number, "USD"), at=edge - MILLISECOND)

    found = collected(shop, "USD", firsts, unit)

    assert [found.on(first).total.minor for first in firsts] == [51, 510, 5100]
    assert [booked(shop, first, unit) for first in firsts] == [51, 510, 5100]


def test_an_hour_is_what_the_merchants_clocks_show(shop, pay):
    moved_to(shop, "Australia/Lord_Howe")  # on 5 April from +11:00 to +10:30, at 02:00
    first, last = periods.boundaries([date(2026, 4, 5)], Unit.DAY, shop.zone)
    assert last - first == timedelta(hours=24, minutes=30)
    for minutes, minor in [(0, 1), (119, 20), (120, 300), (149, 4000), (150, 50000)]:
        pay(shop, Money(minor, "USD"), at=first + timedelta(minutes=minutes))

    hours = [figure.total.minor for figure in by_hour(shop, "USD", first, last)]

    assert hours[:3] == [1, 4320, 50000]  # the clocks go back to half past one
    assert sum(hours) == booked(shop, date(2026, 4, 5)) == 54321


def test_currencies_are_never_added(shop, pay):
    noon = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    pay(shop, Money(100, "USD"), at=noon)
    pay(shop, Money(100, "JPY"), at=noon)

    assert collected(shop, "CNY", TWO_DAYS).whole == Figure.nothing("CNY")
    assert collected(shop, "JPY", TWO_DAYS).whole.total == Money(100, "JPY")
    both = in_each(shop, ["USD", "JPY"], noon, noon + timedelta(minutes=15))
    assert [figure.total for figure in both.values()] == [Money(100, "USD"), Money(100, "JPY")]


def test_money_that_pays_nothing_is_not_collected(shop, pay):
    noon = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    pay(shop, Money(5000, "USD"), at=noon, received=Money(4900, "USD"))

    assert collected(shop, "USD", TWO_DAYS).whole.total == Money(0, "USD")
    assert booked(shop, MONDAY) == 0


def test_another_merchants_money_is_not_counted(shop, pay):
    stranger = people.merchant("Wei Tea", "wei@example.com")
    noon = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    pay(stranger, Money(5000, "USD"), at=noon)

    assert collected(shop, "USD", TWO_DAYS).whole == Figure.nothing("USD")
    assert booked(stranger, MONDAY) == 5000


def test_tries_that_payers_left_do_not_spoil_the_success_rate(shop, frozen_clock):
    for outcome, failure in [
        (Outcome.SUCCEEDED, None),
        (Outcome.SUCCEEDED, None),
        (Outcome.FAILED, Failure.DECLINED),
        (Outcome.CANCELED, None),
        (Outcome.PENDING, None),
    ]:
        attempt = people.attempt(people.payment(shop, Money(100, "USD")))
        amount = Money(100, "USD") if outcome == Outcome.SUCCEEDED else None
        payments.apply_reports([Report(attempt.public_id, outcome, amount, failure=failure)])

    figure = collected(shop, "USD", [periods.day_of(frozen_clock.now, shop.zone)]).whole

    assert (figure.succeeded, figure.failed, figure.canceled) == (2, 1, 1)
    assert figure.success_rate == pytest.approx(2 / 3)
    assert Figure.nothing("USD").success_rate is None


def test_the_average_ticket_is_rounded_to_the_nearest_cent():
    assert Figure(Money(100, "USD"), 3).average == Money(33, "USD")
    assert Figure(Money(101, "USD"), 2).average == Money(51, "USD")
    assert Figure(Money(0, "USD"), 0).average is None
