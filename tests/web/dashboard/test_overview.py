"""The overview: figures by the merchant's day, live, and a first step for newcomers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from sleek.core.money import Money
from sleek.merchants.models import Merchant
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, 17:00 in Shanghai


@pytest.fixture
def shop(bank: Bank, db: None, frozen_clock) -> Merchant:
    shop = people.merchant()
    shop.created_at = NOW - timedelta(days=60)
    shop.save(update_fields=["created_at"])
    return shop


def figures(page: str) -> list[str]:
    """Today, this week, this month."""
    plain = re.sub(r"<[^>]+>", "", page.replace("\N{NO-BREAK SPACE}", " "))
    return re.findall(r"(?:Collected today|This week|This month)\s+([\d,.]+ [A-Z]{3})", plain)[:3]


def read(shop: Merchant) -> str:
    return office.at_work(shop).get("/overview").content.decode()


def test_today_week_and_month_begin_at_the_merchants_midnight(shop):
    midnight = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    office.paid(shop, Money(100, "USD"), at=midnight)
    office.paid(shop, Money(2000, "USD"), at=midnight - timedelta(milliseconds=1))  # Sunday
    office.paid(shop, Money(50000, "USD"), at=midnight - timedelta(days=1, milliseconds=1))

    assert figures(read(shop)) == ["1.00 USD", "1.00 USD", "21.00 USD"]


def test_today_is_measured_against_the_same_weekday(shop):
    for weeks, minor in [(1, 1000), (2, 3000), (5, 999900)]:
        office.paid(shop, Money(minor, "USD"), at=NOW - timedelta(weeks=weeks))

    assert "A usual Monday: 10.00\N{NO-BREAK SPACE}USD" in read(shop)


def test_a_newcomer_is_shown_the_first_step(shop):
    page = read(shop)

    assert "Create your first payment link" in page
    assert 'href="/links/new"' in page


def test_the_page_stands_still_until_money_moves(shop):
    lin = office.at_work(shop)
    address = _poll(lin.get("/overview"))
    assert lin.get(address).status_code == 204

    payment = office.paid(shop)

    news = lin.get(address)
    assert news.status_code == 200
    assert "50.00\N{NO-BREAK SPACE}USD received" in news.content.decode()
    assert f"row-{payment.public_id}" in news.content.decode()
    assert lin.get(_poll(news)).status_code == 204


def test_a_new_day_is_news(shop, frozen_clock):
    lin = office.at_work(shop)
    address = _poll(lin.get("/overview"))

    frozen_clock.advance(hours=7)  # midnight in Shanghai

    assert lin.get(address).status_code == 200


def test_another_merchants_money_is_not_counted(shop):
    office.paid(shop)
    stranger = people.merchant("Wei Tea", "wei@example.com")

    assert "50.00" not in read(stranger)


def test_the_overview_costs_the_same_however_much_came_in(shop, django_assert_max_num_queries):
    lin = office.at_work(shop)
    office.paid(shop)
    with django_assert_max_num_queries(100) as few:
        lin.get("/overview")
    for _ in range(6):
        office.paid(shop)

    with django_assert_max_num_queries(len(few.captured_queries)):
        lin.get("/overview")


def _poll(answer) -> str:
    """The address that the page asks again."""
    found = re.search(r'hx-get="([^"]+)"', answer.content.decode())
    assert found
    return found[1].replace("&amp;", "&")
