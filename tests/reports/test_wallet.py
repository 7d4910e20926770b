"""Where the money stands: sums that hold, causes that are found, moments that are right."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sleek.core import clock
from sleek.core.money import Money
from sleek.refunds import actions as refunds
from sleek.reports.queries import payments as payment_reports
from sleek.reports.queries import wallet
from sleek.reports.queries.pages import Place
from tests import people

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def test_what_is_in_a_wallet_is_what_others_hold_for_it(shop, pay):
    pay(shop, Money(5000, "USD"), at=NOON)
    pay(shop, Money(5000, "USD"), at=NOON, received=Money(4900, "USD"))

    [usd] = wallet.wallets(shop)

    assert (usd.in_transit.minor, usd.frozen.minor, usd.total.minor) == (5000, 4900, 9900)
    assert sum(amount.minor for amount in usd.held.values()) == usd.total.minor


def test_frozen_money_names_its_cause_until_it_is_given_back(shop, pay):
    wrong = pay(shop, Money(5000, "USD"), at=NOON, received=Money(4900, "USD"))
    assert wallet.frozen_by(shop) == [wrong]
    assert list(payment_reports.undecided()) == [wrong]

    refund = refunds.promise_surplus(wrong, by=shop.memberships.get().user)

    assert wallet.frozen_by(shop) == []
    assert list(payment_reports.undecided()) == []
    assert wallet.refunds_in_flight(shop) == [refund]
    assert wallet.wallets(shop)[0].refunds_in_flight == Money(4900, "USD")


def test_the_past_is_told_as_it_was_booked(shop, pay, frozen_clock):
    pay(shop, Money(5000, "USD"), at=NOON)
    then = clock.now()
    frozen_clock.advance(hours=1)
    pay(shop, Money(700, "USD"), at=NOON)

    [past] = wallet.wallets_at(shop, then)

    assert past.in_transit == Money(5000, "USD")
    assert wallet.wallets(shop)[0].in_transit == Money(5700, "USD")


def test_an_unused_wallet_shows_the_default_currency_empty(shop):
    [empty] = wallet.wallets(shop)

    assert (empty.currency, empty.total) == ("USD", Money(0, "USD"))


def test_the_version_changes_exactly_when_money_moves(shop, pay):
    before = wallet.version(shop)
    people.payment(shop, Money(5000, "USD"))
    assert wallet.version(shop) == before

    pay(shop, Money(5000, "USD"), at=NOON)

    assert wallet.version(shop) == before + 2


def test_the_journal_is_read_back_and_forth_without_loss(shop, pay):
    for _ in range(5):
        pay(shop, Money(100, "USD"), at=NOON)
    newest = wallet.journal(shop, Place(), size=2)
    middle = wallet.journal(shop, Place(before=newest.older), size=2)
    oldest = wallet.journal(shop, Place(before=middle.older), size=2)

    ids = [entry.pk for page in (newest, middle, oldest) for entry in page.rows]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 5
    assert (newest.newer, oldest.older) == ("", "")
    assert wallet.journal(shop, Place(after=middle.newer), size=2).rows == newest.rows


@pytest.mark.parametrize("key", ["", "nonsense", "a.b", "a.b.c", "payment_succeeded."])
def test_a_stale_address_begins_at_the_newest(shop, pay, key):
    pay(shop, Money(100, "USD"), at=NOON)

    assert len(wallet.journal(shop, Place(before=key)).rows) == 1
