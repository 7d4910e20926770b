"""Two connections for one method: which is taken, and what happens when it does not start."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from sleek.channels import actions as channels
from sleek.channels import queries as connections
from sleek.channels.actions import Tariff
from sleek.channels.base import ChannelError, Device, Failure, Refused, Unavailable
from sleek.channels.models import Breaker, Connection
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments import queries, tasks
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.risk.actions import Visitor
from sleek.risk.models import Admission
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")
SILENCE = Unavailable("no answer")
WRONG_KEY = Refused("wrong key", reason="secret")
DECLINE = Refused("no", reason="card_declined", failure=Failure.DECLINED)


@pytest.fixture
def shop(db: None, bank: Bank, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


@pytest.fixture
def first(shop: Merchant) -> Connection:
    """The cheaper one."""
    till = shop.connections.get()
    _costs(till, "0.01")
    return till


@pytest.fixture
def second(shop: Merchant, first: Connection) -> Connection:
    spare = people.till(shop, secret="spare")
    _costs(spare, "0.02")
    return spare


@pytest.fixture
def payment(shop: Merchant, second: Connection) -> Payment:
    return people.payment(shop, FIFTY)


def _costs(till: Connection, share: str) -> None:
    assert till.merchant
    owner = till.merchant.memberships.get().user
    channels.set_prices(till, [Tariff("card", Decimal(share))], by=owner)


def offer(shop: Merchant, amount: Money = FIFTY) -> Offer:
    found = queries.offers(shop.pk, amount, device=Device.DESKTOP)
    return next(each for each in found if each.method == "card")


def begun(payment: Payment) -> Attempt:
    return payments.begin(payment, offer(payment.merchant), Visitor(address="192.0.2.1"))


def tries(payment: Payment) -> list[tuple[int, str]]:
    rows = payment.attempts.order_by("pk")
    return [(each.connection_id, each.status) for each in rows]


def test_the_cheaper_connection_is_taken_and_says_why(
    payment: Payment, first: Connection, second: Connection
) -> None:
    attempt = begun(payment)
    assert (attempt.connection, attempt.cost) == (first, 50)
    assert attempt.decision["chosen"] == first.public_id
    assert [(each["cost"], each["reason"]) for each in attempt.decision["routes"]] == [
        (50, "cheaper"),
        (100, "dearer"),
    ]


def test_when_it_does_not_answer_the_next_one_takes_the_payment(
    payment: Payment, first: Connection, second: Connection, bank: Bank
) -> None:
    bank.faults["s3cret"] = SILENCE
    attempt = begun(payment)
    payment.refresh_from_db()
    assert tries(payment) == [(first.pk, "failed"), (second.pk, "requires_action")]
    assert (attempt.connection, attempt.cost, payment.status) == (second, 100, "processing")
    lost = payment.attempts.get(connection=first)
    assert (lost.failure, lost.failure_code) == ("provider", "channel_unavailable")
    assert attempt.decision["failed_over_from"] == lost.public_id
    rerouted = Event.objects.get(kind="attempt.rerouted")
    assert rerouted.data == {"attempt": lost.public_id, "channel": "till", "to": attempt.public_id}


def test_what_was_lost_at_the_first_provider_is_closed_there(payment: Payment, bank: Bank) -> None:
    bank.faults["s3cret"] = SILENCE
    begun(payment)
    bank.faults.clear()
    lost = payment.attempts.get(status="failed")
    tasks.close_lost(lost.public_id)
    assert ("cancel", lost.public_id) in bank.calls


def test_money_that_came_by_the_lost_try_all_the_same_counts(payment: Payment, bank: Bank) -> None:
    bank.faults["s3cret"] = SILENCE
    begun(payment)
    bank.faults.clear()
    lost = payment.attempts.get(status="failed")
    bank.pay(lost.public_id, FIFTY)
    tasks.close_lost(lost.public_id)
    payment.refresh_from_db()
    assert payment.status == "succeeded"


@pytest.mark.parametrize("fault", [SILENCE, WRONG_KEY])
def test_for_a_reason_of_the_connection_another_is_tried(
    payment: Payment, second: Connection, bank: Bank, fault: ChannelError
) -> None:
    bank.faults["s3cret"] = fault
    assert begun(payment).connection == second


@pytest.mark.parametrize(
    "fault", [DECLINE, Refused("no", reason="amount"), Refused("no", reason="what_is_this")]
)
def test_for_a_reason_of_the_payer_or_the_amount_none_is(
    payment: Payment, first: Connection, bank: Bank, fault: ChannelError
) -> None:
    bank.faults["s3cret"] = fault
    assert begun(payment).status == "failed"
    assert tries(payment) == [(first.pk, "failed")]
    assert bank.count("start") == 1


def test_when_none_starts_the_last_one_comes_back_failed(payment: Payment, bank: Bank) -> None:
    bank.is_down = True
    attempt = begun(payment)
    payment.refresh_from_db()
    assert [status for _, status in tries(payment)] == ["failed", "failed"]
    assert (attempt.status, payment.status) == ("failed", "failed")


def test_no_more_than_three_connections_are_tried(payment: Payment, bank: Bank) -> None:
    for name in ("a", "b", "c"):
        people.till(payment.merchant, secret=name)
    bank.is_down = True
    begun(payment)
    assert len(tries(payment)) == 3


def test_a_slow_provider_leaves_no_time_for_another(
    payment: Payment, first: Connection, bank: Bank, frozen_clock: FrozenClock, monkeypatch
) -> None:
    answer = bank.answer

    def slowly(verb: str, key: str, secret: str = "") -> None:
        frozen_clock.advance(seconds=9)
        answer(verb, key, secret)

    bank.faults["s3cret"] = SILENCE
    monkeypatch.setattr(bank, "answer", slowly)
    assert begun(payment).connection == first


def test_one_choice_of_the_payer_is_admitted_once(payment: Payment, bank: Bank) -> None:
    bank.faults["s3cret"] = SILENCE
    attempt = begun(payment)
    assert [row.pk for row in Admission.objects.all()] == [attempt.public_id]


def test_a_second_click_finds_the_try_that_stands_in(payment: Payment, bank: Bank) -> None:
    bank.faults["s3cret"] = SILENCE
    attempt = begun(payment)
    bank.faults.clear()  # by now the first would be offered again
    assert begun(payment).pk == attempt.pk
    assert bank.count("start") == 2


def test_an_older_page_names_a_connection_and_gets_the_best(
    payment: Payment, first: Connection, second: Connection
) -> None:
    chosen = offer(payment.merchant).by(offer(payment.merchant).flow, second.public_id)
    assert chosen
    assert chosen.connection == first
    assert offer(payment.merchant).by(chosen.flow, "con_of_somebody_else") is None


# The breaker


def test_a_connection_that_keeps_silent_is_taken_out(
    shop: Merchant, first: Connection, second: Connection, bank: Bank
) -> None:
    bank.faults["s3cret"] = SILENCE
    for _ in range(4):
        assert begun(people.payment(shop, FIFTY)).connection == second
    assert sum(key == "start" for key, _ in bank.calls) == 3 + 4  # the fourth asked only the second
    unwell = Event.objects.get(kind="connection.unwell")
    assert (unwell.subject, unwell.merchant_id) == (first.public_id, shop.pk)
    assert unwell.data == {"channel": "till", "method": "card", "code": "channel_unavailable"}


def test_declines_take_nothing_out(shop: Merchant, first: Connection, bank: Bank) -> None:
    bank.faults["s3cret"] = DECLINE
    for _ in range(6):
        begun(people.payment(shop, FIFTY))
    assert Breaker.objects.count() == 0


def test_it_comes_back_by_a_question_and_then_one_payer(
    shop: Merchant, first: Connection, second: Connection, bank: Bank, frozen_clock: FrozenClock
) -> None:
    _knock_out(shop, bank)
    breaker = Breaker.objects.get()
    frozen_clock.advance(seconds=30)
    for row in connections.to_probe():
        channels.probe(row)
    breaker.refresh_from_db()
    assert (breaker.state, breaker.try_at) == ("open", frozen_clock.now + timedelta(minutes=1))
    bank.faults.clear()
    frozen_clock.advance(minutes=1)
    for row in connections.to_probe():
        channels.probe(row)
    breaker.refresh_from_db()
    assert breaker.state == "half_open"
    assert begun(people.payment(shop, FIFTY)).connection == first
    breaker.refresh_from_db()
    assert breaker.state == "closed"
    assert Event.objects.filter(kind="connection.recovered").count() == 1


def test_while_one_payer_tries_it_out_the_others_go_elsewhere(
    shop: Merchant, first: Connection, second: Connection, bank: Bank
) -> None:
    _knock_out(shop, bank)
    Breaker.objects.update(state="half_open", try_at=None)
    assert channels.admit(first, "card")
    assert not channels.admit(first, "card")
    bank.faults.clear()
    assert begun(people.payment(shop, FIFTY)).connection == second


def test_a_method_without_any_connection_that_answers_is_left_out_while_there_is_another(
    shop: Merchant, first: Connection, bank: Bank
) -> None:
    bank.faults["s3cret"] = SILENCE
    for _ in range(3):
        begun(people.payment(shop, FIFTY))
    yuan = Money(5000, "CNY")
    found = queries.survey(shop.pk, yuan, device=Device.DESKTOP)
    assert [each.method for each in found.offers] == ["alipay"]
    assert [(each.method, each.why) for each in found.misfits] == [("card", "unwell")]
    last = queries.survey(shop.pk, FIFTY, device=Device.DESKTOP)
    assert [each.method for each in last.offers] == ["card"]


def _knock_out(shop: Merchant, bank: Bank) -> None:
    bank.faults["s3cret"] = SILENCE
    for _ in range(3):
        begun(people.payment(shop, FIFTY))


def test_clicks_at_the_same_moment_begin_one_chain(committed_db: str, bank: Bank) -> None:
    shop = people.merchant()
    first = shop.connections.get()
    _costs(first, "0.01")
    second = people.till(shop, secret="spare")
    bank.faults["s3cret"] = SILENCE
    payment = people.payment(shop, FIFTY)
    barrier = threading.Barrier(6)

    def click() -> int:
        choice = offer(shop)
        barrier.wait()
        try:
            return payments.begin(payment, choice, Visitor()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        futures = [pool.submit(click) for _ in range(6)]
        found = {future.result() for future in futures}
    assert tries(payment) == [(first.pk, "failed"), (second.pk, "requires_action")]
    assert found <= {each.pk for each in payment.attempts.all()}
    assert bank.count("start") == 2
