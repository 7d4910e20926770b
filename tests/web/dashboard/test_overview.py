"""The overview: figures by the merchant's own time, what needs somebody, and a first step for
newcomers.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sleek.channels.base import Failure
from sleek.core.money import Money
from sleek.links import actions as links
from sleek.merchants.models import Merchant
from sleek.payments.models import Attempt
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, 17:00 in Shanghai
MIDNIGHT = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def shop(bank: Bank, db: None, frozen_clock) -> Merchant:
    shop = people.merchant()
    shop.created_at = NOW - timedelta(days=100)
    shop.save(update_fields=["created_at"])
    return shop


def read(shop: Merchant, **query: str) -> str:
    page = office.at_work(shop).get("/overview", query).content.decode()
    return page.replace("\N{NO-BREAK SPACE}", " ")


def figure(page: str) -> str:
    """The large one, with its label."""
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    found = re.search(r"(Collected (?:today|this week|this month)) ([\d,.]+) +([A-Z]{3})", plain)
    assert found
    return " ".join(found.groups())


def facts(page: str) -> dict[str, str]:
    found = re.findall(r"<dt>([^<]+)</dt><dd>(.*?)</dd>", page)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", value).split()) for name, value in found}


def drawn(page: str, key: str) -> Any:
    found = re.search(rf'<script id="data-{key}" type="application/json">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("day", "Collected today 1.00 USD"),
        ("week", "Collected this week 1.00 USD"),
        ("month", "Collected this month 21.00 USD"),
        ("century", "Collected today 1.00 USD"),
    ],
)
def test_day_week_and_month_begin_at_the_merchants_midnight(shop, unit, said):
    office.paid(shop, Money(100, "USD"), at=MIDNIGHT)
    office.paid(shop, Money(2000, "USD"), at=MIDNIGHT - MILLISECOND)  # Sunday
    office.paid(shop, Money(50000, "USD"), at=MIDNIGHT - timedelta(days=1) - MILLISECOND)

    assert figure(read(shop, by=unit)) == said


def test_today_is_measured_against_the_same_weekday(shop):
    for weeks, minor in [(1, 1000), (2, 3000), (5, 999900)]:
        office.paid(shop, Money(minor, "USD"), at=NOW - timedelta(weeks=weeks))

    assert "A usual Monday: 10.00 USD" in read(shop)


def test_a_week_and_a_month_are_measured_against_the_one_before(shop):
    office.paid(shop, Money(1000, "USD"), at=MIDNIGHT - timedelta(days=7))
    office.paid(shop, Money(200, "USD"), at=MIDNIGHT - timedelta(days=7) - MILLISECOND)
    office.paid(shop, Money(30, "USD"), at=MIDNIGHT - timedelta(days=1) - MILLISECOND)

    assert "All of last week: 10.30 USD" in read(shop, by="week")
    assert "All of last month: 12.30 USD" in read(shop, by="month")


def test_the_facts_are_those_of_the_chosen_time(shop):
    for minor in (1000, 2001):
        office.paid(shop, Money(minor, "USD"), at=NOW)
    office.declined(shop, Failure.DECLINED)

    page = read(shop)

    assert facts(page) == {
        "Payments": "2",
        "Average ticket": "15.01 USD",
        "Success rate": "66.7%",
        "Outstanding": "0.00 USD",
    }
    assert page.count("Asia/Shanghai") >= 5  # on each card with figures


def test_charts_and_their_tables_say_the_same(shop):
    office.paid(shop, Money(123450, "USD"), at=MIDNIGHT - MILLISECOND)

    page = read(shop)

    over_time, by_way, by_hour = (drawn(page, key) for key in ("time", "ways", "hours"))
    assert len(over_time["values"]) == 30
    assert (over_time["values"][-2], over_time["digits"]) == (123450, 2)
    assert over_time["texts"][-2] == ["1 Mar", "1,234.50\N{NO-BREAK SPACE}USD", "1 payment"]
    assert (by_way["labels"], by_way["values"]) == (["Bank card by till"], [123450])
    assert by_hour["values"] == [0] * 23 + [123450]
    assert page.count("The same as a table") == 3
    assert page.count('<th scope="row">') == 30 + 1 + 24


def test_one_currency_is_shown_at_a_time_and_their_sum_is_called_an_estimate(shop):
    office.paid(shop, Money(1000, "USD"), at=NOW)
    office.paid(shop, Money(2000, "EUR"), at=NOW)

    page = read(shop)

    assert figure(page) == "Collected today 10.00 USD"
    assert figure(read(shop, currency="EUR")) == "Collected today 20.00 EUR"
    assert figure(read(shop, currency="ZZZ")) == "Collected today 10.00 USD"
    assert re.search(r"All currencies together: about [\d.]+ USD\. An estimate at the ECB", page)


def test_what_is_outstanding_is_said(shop):
    office.paid(shop)
    link = people.link(shop, Money(5000, "USD"))
    links.pause(link, by=link.created_by)
    links.resume(link, by=link.created_by)

    assert facts(read(shop))["Outstanding"] == "50.00 USD"


def test_a_newcomer_is_shown_the_first_step(shop):
    page = read(shop)

    assert "Create your first payment link" in page
    assert 'href="/links/new"' in page


def test_whoever_has_a_link_and_no_payment_is_led_to_share_it(shop):
    link = people.link(shop, Money(5000, "USD"))

    page = read(shop)

    assert "Share your link" in page
    assert f'href="/links/{link.public_id}"' in page
    assert "data-plot" not in page


def test_what_needs_somebody_is_on_top(shop):
    office.wrongly_paid(shop, Money(4900, "USD"))
    link = people.link(shop, Money(5000, "USD"))
    links.ask_for_new(link, email="anna@example.com", note="", language="en")

    page = read(shop)

    assert "1 payment arrived with a wrong amount" in page
    assert "1 payer asks for a new link" in page
    assert page.index("Needs you") < page.index("Collected today")


def test_a_channel_that_keeps_failing_is_named(shop, frozen_clock):
    for _ in range(2):
        office.declined(shop, Failure.PROVIDER)
    assert "failed 2 times" not in read(shop)

    office.declined(shop, Failure.PROVIDER)
    assert "till failed 3 times in the last hour" in read(shop)

    frozen_clock.advance(hours=1)
    assert "Needs you" not in read(shop)


def test_nothing_needs_anybody_where_all_is_well(shop):
    office.paid(shop)

    assert "Needs you" not in read(shop)


def test_who_may_not_see_balances_is_shown_none(shop):
    office.paid(shop)

    page = office.colleague(shop, "sales").get("/overview").content.decode()

    assert "Collected today" in page
    assert "Balances" not in page


def test_the_page_stands_still_until_money_moves(shop):
    lin = office.at_work(shop)
    address = _poll(lin.get("/overview", {"by": "week"}))
    assert "by=week" in address
    assert lin.get(address).status_code == 204

    payment = office.paid(shop)

    news = lin.get(address)
    assert news.status_code == 200
    assert "50.00\N{NO-BREAK SPACE}USD received" in news.content.decode()
    assert f"row-{payment.public_id}" in news.content.decode()
    assert "Collected this week" in news.content.decode()
    assert lin.get(_poll(news)).status_code == 204


def test_a_new_day_is_news(shop, frozen_clock):
    lin = office.at_work(shop)
    address = _poll(lin.get("/overview"))

    frozen_clock.advance(hours=7)  # midnight in Shanghai

    assert lin.get(address).status_code == 200


def test_another_merchants_money_is_not_counted(shop):
    office.paid(shop)
    office.wrongly_paid(shop, Money(4900, "USD"))
    stranger = people.merchant("Wei Tea", "wei@example.com")

    page = read(stranger)

    assert "50.00" not in page
    assert "Needs you" not in page
    assert Attempt.objects.count() == 2


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
