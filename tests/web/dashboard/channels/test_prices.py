"""Prices: what a merchant enters, what counts, what a link would cost, what a payment did cost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from sleek.channels import actions as channels
from sleek.channels import registry
from sleek.channels.actions import Tariff
from sleek.channels.base import Device
from sleek.channels.models import Connection, Price
from sleek.channels.queries import PriceList
from sleek.channels.rules import Fit, Grade
from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments import queries
from sleek.risk.actions import Visitor
from sleek.web.dashboard.telling.channels import choices, prices
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office

FIFTY = Money(5000, "USD")


@pytest.fixture
def shop(bank: Bank, db: None, frozen_clock) -> Merchant:
    return people.merchant()


@pytest.fixture
def till(shop: Merchant) -> Connection:
    return shop.connections.get()


def post(shop: Merchant, till: Connection, *lines: tuple[str, str, str, str]):
    visitor = office.at_work(shop)
    office.prove(visitor)
    columns = list(zip(*lines, strict=True)) if lines else [()] * 4
    names = ("method", "currency", "percent", "fixed")
    fields = dict(zip(names, map(list, columns), strict=True))
    return visitor.post(f"/settings/channels/{till.public_id}/prices", fields)


def priced(till: Connection, currency: str = "USD"):
    method = registry.method("till", "card")
    assert method
    return PriceList([till]).of(till, method, currency)


def test_a_contracts_prices_are_entered_and_count(shop: Merchant, till: Connection) -> None:
    answer = post(shop, till, ("card", "usd", "2.9", "0.30"), ("card", "", "3.5%", ""))
    assert answer.status_code == 302
    usd, eur = priced(till), priced(till, "EUR")
    assert usd
    assert eur
    assert (usd.of(FIFTY), eur.of(Money(5000, "EUR"))) == (Money(175, "USD"), Money(175, "EUR"))
    assert usd.source == "own"


@pytest.mark.parametrize(
    "line",
    [
        ("card", "USD", "a lot", ""),
        ("card", "USD", "21", ""),
        ("card", "USD", "-1", ""),
        ("card", "USD", "nan", ""),
        ("card", "USD", "2.90001", ""),
        ("card", "", "2.9", "0.30"),
        ("card", "ABC", "2.9", ""),
        ("card", "JPY", "2.9", "0.5"),
        ("card", "USD", "2.9", "-0.30"),
        ("gold", "USD", "2.9", ""),
    ],
)
def test_nonsense_is_told_and_changes_nothing(
    shop: Merchant, till: Connection, line: tuple[str, str, str, str]
) -> None:
    post(shop, till, ("card", "USD", "1", ""))
    answer = post(shop, till, line)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert [row.share for row in Price.objects.all()] == [Decimal("0.01")]


def test_two_lines_for_one_thing_are_refused(shop: Merchant, till: Connection) -> None:
    line = ("card", "USD", "1", "")
    assert post(shop, till, line, line).status_code == 422
    assert Price.objects.count() == 0


def test_only_a_good_measure_prices_and_the_contract_comes_first(
    shop: Merchant, till: Connection
) -> None:
    for grade in (Grade.THIN, Grade.UNFIT):
        channels.note_measured(till, "card", "USD", Fit(grade, 12))
        assert priced(till) is None
    channels.note_measured(till, "card", "USD", Fit(Grade.GOOD, 80, Decimal("0.02"), 10))
    measured = priced(till)
    assert measured
    assert (measured.source, measured.of(FIFTY)) == ("measured", Money(110, "USD"))
    owner = shop.memberships.get().user
    channels.set_prices(till, [Tariff("card", Decimal("0.01"))], by=owner)
    own = priced(till)
    assert own
    assert (own.source, own.of(FIFTY)) == ("own", Money(50, "USD"))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Fit(Grade.THIN, 12), "Too few fees to tell what it really costs (12 so far)."),
        (Fit(Grade.UNFIT, 90), "90 fees follow no single price: not enough to tell."),
        (Fit(Grade.GOOD, 80, Decimal("0.029"), 30), "Really charged: 2.9% + 0.30\xa0USD, from 80 "),
    ],
)
def test_a_measure_says_how_far_it_goes(till: Connection, found: Fit, said: str) -> None:
    channels.note_measured(till, "card", "USD", found)
    with translation.override("en"):
        row = next(row for row in prices.rows(till, "USD") if row.method == "card")
    assert row.measured.replace("\N{NO-BREAK SPACE}", "\xa0").startswith(said)


def test_fees_are_measured_from_what_was_really_charged(
    shop: Merchant, till: Connection, bank: Bank
) -> None:
    for step in range(50):
        amount = Money(1000 + 100 * step, "USD")
        attempt = people.attempt(people.payment(shop, amount))
        fee = Money(amount.minor * 3 // 100 + 20, "USD")
        payments.apply_reports([bank.pay(attempt.public_id, amount, fee)])
    assert payments.measure() == 1
    found = Price.objects.get()
    assert (found.grade, found.share, found.fixed) == (Grade.GOOD, Decimal("0.030000"), 20)


def test_a_new_link_shows_what_each_way_would_cost(shop: Merchant, till: Connection) -> None:
    owner = shop.memberships.get().user
    channels.set_prices(
        till,
        [Tariff("card", Decimal("0.029"), 30, "USD"), Tariff("card", Decimal("0.035"))],
        by=owner,
    )
    told = choices.outlook(shop, FIFTY)
    assert [(each.method, each.cost, each.net) for each in told] == [
        ("card", Money(175, "USD"), Money(4825, "USD"))
    ]
    yuan = choices.outlook(shop, Money(5000, "CNY"))
    assert [(each.method, each.cost) for each in yuan] == [
        ("card", Money(175, "CNY")),
        ("alipay", None),
    ]


def test_a_payment_says_why_it_went_that_way_and_what_it_really_cost(
    shop: Merchant, till: Connection, bank: Bank
) -> None:
    owner = shop.memberships.get().user
    channels.set_prices(till, [Tariff("card", Decimal("0.02"))], by=owner)
    payment = people.payment(shop, FIFTY)
    offer = queries.offers(shop.pk, FIFTY, device=Device.DESKTOP)[0]
    attempt = payments.begin(payment, offer, Visitor())
    payments.apply_reports([bank.pay(attempt.public_id, FIFTY, Money(145, "USD"))])
    page = office.at_work(shop).get(f"/payments/{payment.public_id}").content.decode()
    assert "Why this channel" in page
    assert "The only connection for this method." in page
    assert "0.45\N{NO-BREAK SPACE}USD more than expected" in page
