"""The wallet in the back office."""

from __future__ import annotations

import pytest

from sleek.core.money import Money
from sleek.merchants.models import Merchant
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office


@pytest.fixture
def shop(bank: Bank, db: None) -> Merchant:
    return people.merchant()


def read(shop: Merchant, url: str) -> str:
    answer = office.at_work(shop).get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_frozen_money_leads_to_the_payment_that_caused_it(shop):
    attempt = office.wrongly_paid(shop, Money(4900, "USD"))

    page = read(shop, "/wallet")

    assert "Wrong amount" in page
    assert f"/payments/{attempt.payment.public_id}" in page


def test_the_balance_of_a_past_moment_is_told_in_the_merchants_time(shop, frozen_clock):
    office.paid(shop)  # 09:00 UTC is 17:00 in Shanghai
    frozen_clock.advance(hours=1)
    office.paid(shop)

    assert '<td class="amount">0.00</td>' in read(shop, "/wallet?at=2026-03-02T16:59")
    assert "<strong>50.00</strong>" in read(shop, "/wallet?at=2026-03-02T17:00")
    assert "<strong>100.00</strong>" in read(shop, "/wallet?at=2026-03-02T18:00")


@pytest.mark.parametrize("at", ["nonsense", "0001-01-01T00:00", "9999-12-31T23:59", ""])
def test_an_odd_moment_breaks_nothing(shop, at):
    office.paid(shop)

    assert "Wallet" in read(shop, f"/wallet?at={at}")


def test_the_journal_leads_from_each_movement_to_its_payment(shop):
    payment = office.paid(shop)

    page = read(shop, "/wallet/journal")

    assert "Payment received" in page
    assert f"/payments/{payment.public_id}" in page


def test_a_statement_carries_the_balance_after_each_posting(shop):
    office.paid(shop, Money(5000, "USD"))
    office.paid(shop, Money(700, "USD"))

    page = read(shop, "/wallet/USD/in_transit")

    assert "+50.00" in page
    assert "57.00" in page


@pytest.mark.parametrize("path", ["USD/in_transit", "USD/clearing:till", "EUR/available"])
def test_another_merchants_account_and_the_outside_world_are_not_there(shop, path):
    office.paid(shop)
    stranger = office.at_work(people.merchant("Wei Tea", "wei@example.com"))

    assert stranger.get(f"/wallet/{path}").status_code == 404
    assert "50.00" not in stranger.get("/wallet/journal").content.decode()


def test_the_wallet_costs_the_same_however_much_moved(shop, django_assert_max_num_queries):
    lin = office.at_work(shop)
    office.paid(shop)
    with django_assert_max_num_queries(100) as few:
        lin.get("/wallet")
    for _ in range(6):
        office.paid(shop)

    with django_assert_max_num_queries(len(few.captured_queries)):
        lin.get("/wallet")
