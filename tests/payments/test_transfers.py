"""A payment that is waited for at the bank: how long it lives, and what arriving makes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sleek.channels.base import Device, Flow
from sleek.channels.models import Connection
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.queries import at_channels, verify
from sleek.links.rules import Wish
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments import queries, tasks
from sleek.payments.actions import Visit
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.risk.actions import Visitor
from sleek.stock import actions as stock
from tests import banks, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")


@pytest.fixture
def account(db: None, bank: Bank, frozen_clock: FrozenClock) -> Connection:
    return banks.account(people.merchant())


@pytest.fixture
def shop(account: Connection) -> Merchant:
    assert account.merchant
    return account.merchant


def came(attempt: Attempt, minor: int, currency: str = "USD") -> Attempt:
    amount = Money(minor, currency)
    return payments.arrive(attempt, amount, reference="B1", payer="Anna", at=clock.now())


def test_a_transfer_is_offered_only_in_the_accounts_currency(
    account: Connection, shop: Merchant
) -> None:
    def methods(currency: str) -> list[str]:
        found = queries.offers(shop.pk, Money(5000, currency), device=Device.DESKTOP)
        return [offer.method for offer in found]

    assert "bank_transfer" in methods("USD")
    assert "bank_transfer" not in methods("EUR")


def test_exact_money_pays_and_is_available_at_once(account: Connection, shop: Merchant) -> None:
    attempt = came(banks.transfer(people.payment(shop, FIFTY), account), 5000)
    assert (attempt.payment.status, attempt.surplus) == ("succeeded", "")
    assert banks.books(shop) == {"available": 5000, "bank": -5000}
    assert at_channels(shop.pk, "USD") == Money(0, "USD")
    assert verify() == []


def test_parts_wait_frozen_and_pay_when_they_come_to_the_whole(
    account: Connection, shop: Merchant
) -> None:
    attempt = banks.transfer(people.payment(shop, FIFTY), account)
    came(attempt, 2000)
    assert banks.again(attempt).payment.status == "processing"
    assert banks.books(shop) == {"frozen": 2000, "bank": -2000}
    came(attempt, 3000)
    payment = banks.again(attempt).payment
    assert (payment.status, payment.amount_paid) == ("succeeded", 5000)
    assert banks.books(shop) == {"available": 5000, "bank": -5000}
    assert verify() == []


def test_what_a_person_accepts_is_available_because_it_has_arrived(
    account: Connection, shop: Merchant
) -> None:
    attempt = came(banks.transfer(people.payment(shop, FIFTY), account), 4985)
    payments.accept(attempt.payment)
    assert banks.again(attempt).payment.amount_paid == 4985
    assert banks.books(shop) == {"available": 4985, "bank": -4985}


def test_a_credit_out_of_a_transfer_is_available_where_it_pays(
    account: Connection, shop: Merchant
) -> None:
    over = payments.credit(came(banks.transfer(people.payment(shop, FIFTY), account), 6000))
    payments.apply_credit(over, people.payment(shop, FIFTY))
    assert banks.books(shop) == {"available": 5000, "credits": 1000, "bank": -6000}
    assert verify() == []


def test_fresh_money_beside_a_credit_is_booked_as_what_it_is(
    account: Connection, shop: Merchant
) -> None:
    over = payments.credit(came(banks.transfer(people.payment(shop, FIFTY), account), 6000))
    fresh = came(over, 5000)
    assert (fresh.origin_id, fresh.payment.status) == (None, "succeeded")
    assert banks.books(shop) == {"available": 5000, "credits": 6000, "bank": -11_000}


def test_parts_that_come_after_it_was_paid_otherwise_pay_nothing(
    account: Connection, shop: Merchant, bank: Bank
) -> None:
    payment = people.payment(shop, FIFTY)
    attempt = banks.transfer(payment, account)
    till = Offer(shop.connections.get(channel="till"), "card", Flow.REDIRECT, (Flow.REDIRECT,))
    card = payments.begin(payment, till, Visitor())
    payments.apply_reports([bank.pay(card.public_id)])
    for minor in (2000, 3000):
        came(attempt, minor)
    payment = banks.again(attempt).payment
    assert (payment.status, payment.amount_paid) == ("succeeded", 5000)
    assert people.held(shop, "frozen") == 5000
    assert Event.objects.filter(kind="payment.succeeded").count() == 1


def test_money_for_what_is_sold_out_waits_for_a_person(account: Connection, shop: Merchant) -> None:
    link = people.link(shop, FIFTY, is_reusable=True)
    link.pieces = stock.create(shop, 1)
    link.save(update_fields=["pieces"])
    payment = payments.open_for_link(link, Visit(language="en"))
    attempt = banks.transfer(payment, account)
    came(attempt, 2000)
    stock.release(payment.public_id)
    stock.hold("pay_other", {link.pieces.pk: 1}, until=clock.now() + timedelta(days=1))
    came(attempt, 3000)
    assert banks.again(attempt).payment.status == "processing"
    assert banks.books(shop) == {"frozen": 5000, "bank": -5000}


def test_a_payment_does_not_end_while_its_transfer_is_on_the_way(
    account: Connection, shop: Merchant, frozen_clock: FrozenClock
) -> None:
    link = people.link(shop, FIFTY, is_reusable=True)
    payment = payments.open_for_link(link, Visit(language="en", wish=Wish()))
    assert payment.expires_at == clock.now() + timedelta(hours=24)
    attempt = banks.transfer(payment, account)
    frozen_clock.advance(days=13)
    tasks.expire_due(0)
    tasks.check_due(0)
    assert banks.again(attempt).status == "requires_action"
    assert Event.objects.filter(kind="attempt.stuck").count() == 0
    assert came(attempt, 5000).payment.status == "succeeded"


def test_after_two_weeks_it_is_no_longer_waited_for_and_what_comes_is_late(
    account: Connection, shop: Merchant, frozen_clock: FrozenClock
) -> None:
    link = people.link(shop, FIFTY, is_reusable=True)
    payment = payments.open_for_link(link, Visit(language="en", wish=Wish()))
    attempt = banks.transfer(payment, account)
    frozen_clock.advance(days=14, seconds=1)
    tasks.check_due(0)
    tasks.expire_due(0)
    assert banks.again(attempt).status == "canceled"
    assert Payment.objects.get(pk=payment.pk).status == "expired"
    assert came(attempt, 5000).surplus == "late"
    assert banks.books(shop) == {"frozen": 5000, "bank": -5000}


def test_a_link_that_ends_soon_still_lets_a_begun_transfer_arrive(
    account: Connection, shop: Merchant
) -> None:
    payment = people.payment(shop, FIFTY, days=1)
    banks.transfer(payment, account)
    ends = Payment.objects.get(pk=payment.pk).expires_at
    assert ends == clock.now() + timedelta(days=14)
