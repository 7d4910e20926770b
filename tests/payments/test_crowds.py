"""Many payers before one link at the same moment: as many succeed as may, and whoever paid beside
them gets the money back without asking.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection, transaction

from sleek.channels.base import Flow, Outcome, Report
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.models import JournalEntry
from sleek.links import actions as links
from sleek.links.actions import Limits
from sleek.links.models import PaymentLink
from sleek.links.rules import Ask
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import NotPayable, Visit
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.payments.rules import PaymentStatus, Surplus
from sleek.refunds import actions as refunds
from sleek.refunds import tasks
from sleek.refunds.models import Refund
from sleek.stock.actions import SoldOut
from sleek.stock.models import Stock
from tests import people

CROWD = 50
AT_ONCE = 10  # threads: each has a connection of its own to the database
TEN = Money(1000, "USD")
Answer = TypeVar("Answer")


@pytest.fixture
def shop(committed_db: str, bank) -> Merchant:
    return people.merchant()


def _all_at_once(visit: Callable[[int], Answer], numbers: Sequence[int]) -> list[Answer]:
    barrier = Barrier(min(AT_ONCE, len(numbers)))

    def one(place: int) -> Answer:
        if place < barrier.parties:
            barrier.wait()
        try:
            return visit(numbers[place])
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(len(numbers))))


def _in_waves(visit: Callable[[int], Answer], frozen_clock) -> list[Answer]:
    """Ten at once, five times: more in an hour would have to prove that they are no robots."""
    answers: list[Answer] = []
    for first in range(0, CROWD, AT_ONCE):
        answers += _all_at_once(visit, range(first, first + AT_ONCE))
        frozen_clock.advance(hours=2)
    return answers


def _arrive(bank, attempts: list[Attempt]) -> None:
    """The provider says of each that it was paid, all at the same time."""
    reports = [bank.pay(attempt.public_id) for attempt in attempts]

    def tell(number: int) -> None:
        payments.apply_reports([reports[number]])

    _all_at_once(tell, range(len(reports)))


def _give_back() -> None:
    with transaction.atomic():
        refunds.follow(list(Event.objects.order_by("pk")))
    while Refund.objects.filter(status="pending", check_at__isnull=False).exists():
        before = Refund.objects.filter(status="succeeded").count()
        Refund.objects.filter(status="pending").update(check_at=clock.now())
        tasks.check_due(0)
        assert Refund.objects.filter(status="succeeded").count() > before


def _books(shop: Merchant) -> dict[str, int]:
    codes = ("in_transit", "frozen", "refunds:in_flight", "clearing:till")
    return {code: people.held(shop, code) for code in codes}


def test_fifty_payers_of_a_single_use_link_pay_it_once(shop, bank, frozen_clock):
    link = people.link(shop, TEN)
    # Each pays at a till of their own: the same till would show all of them the same page.
    tills = [shop.connections.get(), *(people.till(shop) for _ in range(CROWD - 1))]

    def visit(number: int) -> Attempt:
        payment = payments.open_for_link(link, Visit(language="en"))
        offer = Offer(tills[number], "card", Flow.REDIRECT, (Flow.REDIRECT,))
        return people.attempt(payment, offer)

    attempts = _in_waves(visit, frozen_clock)
    _arrive(bank, attempts)
    assert len({attempt.pk for attempt in attempts}) == CROWD
    assert Payment.objects.get().status == PaymentStatus.SUCCEEDED
    extra = Attempt.objects.filter(surplus=Surplus.DUPLICATE)
    assert extra.count() == CROWD - 1
    assert Event.objects.filter(kind="payment.succeeded").count() == 1
    assert Event.objects.filter(kind="payment.surplus_received").count() == CROWD - 1

    _give_back()

    assert Refund.objects.filter(status="succeeded", reason="duplicate").count() == CROWD - 1
    assert {refund.attempt_id for refund in Refund.objects.all()} == {each.pk for each in extra}
    assert bank.count("refund") == CROWD - 1
    assert _books(shop) == {
        "in_transit": 1000,
        "frozen": 0,
        "refunds:in_flight": 0,
        "clearing:till": -1000,
    }


def test_fifty_payers_of_three_places_take_three(shop, bank):
    link = _of_three(shop)

    def visit(number: int) -> Attempt | None:
        payment = payments.open_for_link(link, Visit(language="en"))
        try:
            return people.attempt(payment)
        except SoldOut:
            return None

    attempts = [attempt for attempt in _all_at_once(visit, range(CROWD)) if attempt]
    assert (len(attempts), bank.count("start")) == (3, 3)
    _arrive(bank, attempts)

    assert Payment.objects.filter(status=PaymentStatus.SUCCEEDED).count() == 3
    assert _figures() == (3, 0)
    assert not Attempt.objects.exclude(surplus="").exists()


def test_late_money_of_the_whole_crowd_takes_what_is_left_and_no_more(shop, bank, frozen_clock):
    """Fifty held a place one after another, let it go, and then all the money came at once."""
    link = _of_three(shop)
    attempts = []
    for _ in range(CROWD):
        payment = payments.open_for_link(link, Visit(language="en"))
        attempts.append(people.attempt(payment))
        payments.apply_reports([Report(attempts[-1].public_id, Outcome.CANCELED)])
        payments.end_hold(payment.public_id)
        frozen_clock.advance(minutes=20)

    _arrive(bank, attempts)

    assert Payment.objects.filter(status=PaymentStatus.SUCCEEDED).count() == 3
    assert Attempt.objects.filter(surplus=Surplus.SOLD_OUT).count() == CROWD - 3
    assert _figures() == (3, 0)
    _give_back()
    assert Refund.objects.filter(status="succeeded", reason="sold_out").count() == CROWD - 3
    assert _books(shop)["in_transit"] == 3000
    assert _books(shop)["frozen"] == 0


def test_money_for_a_link_that_has_expired_goes_back(shop, bank, frozen_clock):
    link = people.link(shop, TEN, days=1)
    payment = payments.open_for_link(link, Visit(language="en"))
    attempt = people.attempt(payment)
    frozen_clock.advance(days=1, minutes=1)
    payments.expire(payment)
    with pytest.raises(NotPayable):
        people.attempt(payment)

    payments.apply_reports([bank.pay(attempt.public_id)])
    _give_back()

    payment.refresh_from_db()
    assert payment.status == PaymentStatus.EXPIRED
    assert attempt.refunds.get().reason == "late"
    assert _books(shop) == {
        "in_transit": 0,
        "frozen": 0,
        "refunds:in_flight": 0,
        "clearing:till": 0,
    }
    assert JournalEntry.objects.filter(kind="surplus_received").count() == 1


def _of_three(shop: Merchant) -> PaymentLink:
    lin = shop.memberships.get().user
    limits = Limits(is_reusable=True, uses=3)
    return links.create(shop, Ask.fixed(TEN), "Workshop", by=lin, limits=limits)


def _figures() -> tuple[int, int]:
    stock = Stock.objects.get()
    return stock.taken, stock.held
