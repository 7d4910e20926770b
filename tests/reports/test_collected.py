"""Figures of days: by the merchant's clock, never mixing currencies, always equal to the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db.models import Sum

from sleek.core.money import Money
from sleek.ledger.models import Posting
from sleek.merchants.models import Merchant
from sleek.reports.queries.collected import Figure, collected
from sleek.reports.rules import periods

MONDAY = date(2026, 3, 2)
TWO_DAYS = [MONDAY, MONDAY + timedelta(days=1)]


def booked(shop: Merchant, day: date) -> int:
    """What the ledger says came in on a local day."""
    first, last = periods.boundaries([day], shop.zone)
    postings = Posting.objects.filter(
        account__merchant=shop,
        account__code="in_transit",
        entry__kind="payment_succeeded",
        entry__event_at__gte=first,
        entry__event_at__lt=last,
    )
    return postings.aggregate(total=Sum("amount"))["total"] or 0


def test_the_last_moment_of_a_day_and_the_first_of_the_next_are_kept_apart(shop, pay):
    midnight = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # 00:00 in Shanghai
    pay(shop, Money(100, "USD"), at=midnight - timedelta(milliseconds=1))
    pay(shop, Money(2000, "USD"), at=midnight)

    found = collected(shop, TWO_DAYS)

    assert found.on(TWO_DAYS[0], "USD") == Figure(Money(100, "USD"), 1)
    assert found.on(TWO_DAYS[1], "USD") == Figure(Money(2000, "USD"), 1)
    assert [booked(shop, day) for day in TWO_DAYS] == [100, 2000]


def test_a_day_of_25_hours_holds_all_of_them(shop, pay):
    shop.time_zone = "Europe/Berlin"
    shop.save(update_fields=["time_zone"])
    long_day = date(2026, 10, 25)
    for hour, minor in [(-1, 1), (0, 20), (12, 300), (24, 4000), (25, 50000)]:
        start = periods.start_of(long_day, shop.zone)
        pay(shop, Money(minor, "EUR"), at=start + timedelta(hours=hour))

    found = collected(shop, [long_day])

    assert found.on(long_day, "EUR") == Figure(Money(4320, "EUR"), 3)
    assert booked(shop, long_day) == 4320


def test_currencies_are_never_added(shop, pay):
    noon = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    pay(shop, Money(100, "USD"), at=noon)
    pay(shop, Money(100, "JPY"), at=noon)

    found = collected(shop, TWO_DAYS)

    assert found.currencies(first="CNY") == ["CNY", "JPY", "USD"]
    assert found.between(TWO_DAYS[0], TWO_DAYS[1], "CNY") == Figure(Money(0, "CNY"), 0)
    assert found.between(TWO_DAYS[0], TWO_DAYS[1], "JPY") == Figure(Money(100, "JPY"), 1)


def test_money_that_pays_nothing_is_not_collected(shop, pay):
    noon = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    pay(shop, Money(5000, "USD"), at=noon, received=Money(4900, "USD"))

    assert collected(shop, TWO_DAYS).figures == {}
    assert booked(shop, MONDAY) == 0


def test_the_average_ticket_is_rounded_to_the_nearest_cent():
    assert Figure(Money(100, "USD"), 3).average == Money(33, "USD")
    assert Figure(Money(101, "USD"), 2).average == Money(51, "USD")
    assert Figure(Money(0, "USD"), 0).average is None
