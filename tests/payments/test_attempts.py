"""Trying to pay: begin, ask, close, expire."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.db import connection

from sleek.channels.base import Device, Failure
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.payments import actions as payments
from sleek.payments import queries, rules, tasks
from sleek.payments.actions import Visit
from sleek.payments.models import Attempt, Payment
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")


@pytest.fixture
def payment(db: None, bank: Bank, frozen_clock: FrozenClock) -> Payment:
    return people.payment(people.merchant(), FIFTY)


def again(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_related("payment", "connection").get(pk=attempt.pk)


def test_beginning_brings_the_payer_to_the_provider(payment: Payment, bank: Bank) -> None:
    attempt = people.attempt(payment)
    order = bank.orders[attempt.public_id]
    assert attempt.next_url == f"https://till.example/{attempt.public_id}"
    assert (order.amount, order.description) == (FIFTY, payment.description)
    assert order.return_url.endswith(f"/pay/{payment.public_id}/return/")
    payment.refresh_from_db()
    assert (attempt.status, payment.status) == ("requires_action", "processing")


def test_a_double_click_is_one_attempt(payment: Payment, bank: Bank) -> None:
    first, second = people.attempt(payment), people.attempt(payment)
    assert first.pk == second.pk
    assert bank.count("start") == 1


def test_a_channel_that_does_not_answer_costs_nothing_and_another_is_offered(
    payment: Payment, bank: Bank
) -> None:
    spare = people.till(None)
    bank.is_down = True
    attempt = people.attempt(payment)
    payment.refresh_from_db()
    assert (attempt.status, attempt.failure) == ("failed", Failure.PROVIDER)
    assert payment.status == "failed"
    offers = queries.offers(payment.merchant_id, FIFTY, device=Device.DESKTOP)
    assert [offer.connection.pk for offer in offers] == [spare.pk]


def test_a_refusal_is_kept_with_the_providers_code(payment: Payment, bank: Bank) -> None:
    bank.refuses = True
    assert people.attempt(payment).failure_code == "till_says_no"


def test_only_methods_that_can_take_the_currency_are_offered(payment: Payment) -> None:
    shop = payment.merchant
    dollars = queries.offers(shop.pk, FIFTY, device=Device.DESKTOP)
    yuan = queries.offers(shop.pk, Money(5000, "CNY"), device=Device.PHONE)
    assert [offer.method for offer in dollars] == ["card"]
    assert [(offer.method, offer.flow) for offer in yuan] == [
        ("alipay", "mobile"),
        ("card", "redirect"),
    ]


def test_nothing_begins_on_a_payment_that_is_over(payment: Payment, bank: Bank) -> None:
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    with pytest.raises(payments.NotPayable):
        people.attempt(payment, people.qr(payment.merchant))
    assert bank.count("start") == 1


def test_the_janitor_learns_what_no_notice_told(
    payment: Payment, bank: Bank, frozen_clock: FrozenClock
) -> None:
    attempt = people.attempt(payment)
    bank.pay(attempt.public_id, fee=Money(175, "USD"))
    tasks.check_due(0)
    assert bank.count("fetch") == 0
    frozen_clock.advance(seconds=15)
    tasks.check_due(0)
    assert again(attempt).payment.status == "succeeded"
    assert again(attempt).check_at is None


def test_the_janitor_goes_on_by_the_schedule_then_calls_a_person(
    payment: Payment, bank: Bank, frozen_clock: FrozenClock
) -> None:
    attempt = people.attempt(payment)
    start = frozen_clock.now
    bank.is_down = True
    asked = []
    while (due := again(attempt).check_at) is not None:
        asked.append(due - start)
        frozen_clock.now = due
        tasks.check_due(0)
    assert asked == list(rules.CHECKS)
    assert again(attempt).status == "unknown"
    assert Event.objects.filter(kind="attempt.stuck").count() == 1


def test_past_its_end_an_attempt_is_closed_at_the_provider(
    payment: Payment, bank: Bank, frozen_clock: FrozenClock
) -> None:
    attempt = people.attempt(payment)
    frozen_clock.advance(minutes=31)
    tasks.check_due(0)
    assert (bank.count("cancel"), again(attempt).status) == (1, "canceled")
    assert again(attempt).payment.status == "pending"


def test_a_single_use_link_is_one_payment_for_everybody(db: None, bank: Bank) -> None:
    link = people.link(people.merchant(), FIFTY)
    first = payments.open_for_link(link, Visit(language="en"))
    assert payments.open_for_link(link, Visit(language="zh-hans")).pk == first.pk
    shared = people.link(link.merchant, FIFTY, is_reusable=True)
    mine, yours = (payments.open_for_link(shared, Visit(language="en")) for _ in range(2))
    assert mine.pk != yours.pk


def test_first_visitors_at_once_make_one_payment(committed_db: str, bank: Bank) -> None:
    link = people.link(people.merchant(), FIFTY)
    seen: list[int] = []

    def visit() -> None:
        seen.append(payments.open_for_link(link, Visit(language="en")).pk)
        connection.close()

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1


def test_when_it_is_paid_other_tries_are_closed(payment: Payment, bank: Bank) -> None:
    card, qr = people.attempt(payment), people.attempt(payment, people.qr(payment.merchant))
    payments.apply_reports([bank.pay(card.public_id)])
    payments.close_others(payment)
    assert again(qr).status == "canceled"
    assert again(qr).payment.status == "succeeded"


def test_expiry_closes_the_open_try_first(db: None, bank: Bank, frozen_clock: FrozenClock) -> None:
    payment = people.payment(people.merchant(), FIFTY, days=1)
    attempt = people.attempt(payment)
    frozen_clock.advance(days=1)
    tasks.expire_due(0)
    assert (again(attempt).status, again(attempt).payment.status) == ("canceled", "expired")


def test_a_provider_that_does_not_close_is_not_asked_at_every_round(
    db: None, bank: Bank, frozen_clock: FrozenClock
) -> None:
    payment = people.payment(people.merchant(), FIFTY, days=1)
    people.attempt(payment)
    frozen_clock.advance(days=2)
    bank.is_down = True
    for _ in range(24):  # two minutes
        payments.expire(payment)
        frozen_clock.advance(seconds=5)
    assert bank.count("cancel") == 2
    bank.is_down = False
    frozen_clock.advance(minutes=1)
    payments.expire(payment)
    payment.refresh_from_db()
    assert (bank.count("cancel"), payment.status) == (3, "expired")


def test_money_found_while_expiring_pays(db: None, bank: Bank, frozen_clock: FrozenClock) -> None:
    payment = people.payment(people.merchant(), FIFTY, days=1)
    attempt = people.attempt(payment)
    frozen_clock.advance(days=1)
    bank.pay(attempt.public_id)
    tasks.expire_due(0)
    assert again(attempt).payment.status == "succeeded"


def test_a_payment_whose_outcome_is_unknown_does_not_expire(
    db: None, bank: Bank, frozen_clock: FrozenClock
) -> None:
    payment = people.payment(people.merchant(), FIFTY, days=1)
    attempt = people.attempt(payment)
    frozen_clock.advance(days=1)
    bank.is_down = True
    tasks.expire_due(0)
    assert again(attempt).payment.status == "processing"


def test_one_attempt_that_stumbles_does_not_keep_the_others_waiting(
    payment: Payment, bank: Bank, frozen_clock: FrozenClock
) -> None:
    odd = people.attempt(payment)
    good = people.attempt(people.payment(payment.merchant, FIFTY))
    bank.pay(odd.public_id, Money(1, "XAF"))
    bank.reports[odd.public_id] = replace(bank.reports[odd.public_id], amount="a lot")  # type: ignore[arg-type]
    bank.pay(good.public_id)
    frozen_clock.advance(seconds=15)
    tasks.check_due(0)
    assert again(good).payment.status == "succeeded"
    assert again(odd).check_at == frozen_clock.now + (rules.CHECKS[1] - rules.CHECKS[0])


def test_a_refusal_of_one_order_does_not_make_its_channel_sick(
    payment: Payment, bank: Bank
) -> None:
    own = people.attempt(payment).connection_id
    people.till(None)
    bank.refuses = True
    people.attempt(payment, people.qr(payment.merchant))
    offers = queries.offers(payment.merchant_id, FIFTY, device=Device.DESKTOP)
    assert [offer.connection.pk for offer in offers] == [own]


def test_what_a_dead_process_left_unsent_is_sent_with_the_same_key(
    payment: Payment, bank: Bank, frozen_clock: FrozenClock
) -> None:
    attempt = people.attempt(payment)
    Attempt.objects.update(status="started", next_url="")
    assert people.attempt(payment).next_url == ""
    frozen_clock.advance(seconds=30)
    assert people.attempt(payment).next_url == attempt.next_url
    assert [key for verb, key in bank.calls if verb == "start"] == [attempt.public_id] * 2


def test_asking_out_of_turn_leaves_the_schedule_alone(payment: Payment, bank: Bank) -> None:
    attempt = people.attempt(payment)
    for _ in range(40):
        payments.check(attempt)
    assert again(attempt).check_count == 0


def test_coming_back_to_an_open_try_makes_it_the_current_one(
    payment: Payment, bank: Bank, frozen_clock: FrozenClock
) -> None:
    code = people.attempt(payment, people.qr(payment.merchant))
    frozen_clock.advance(seconds=10)
    card = people.attempt(payment)
    frozen_clock.advance(seconds=10)
    assert people.attempt(payment, people.qr(payment.merchant)).pk == code.pk
    assert again(code).chosen_at > again(card).chosen_at
