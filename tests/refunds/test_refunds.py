"""Money on its way back: promised, sent, learnt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sleek.channels.base import Outcome, RefundReport
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.models import Event
from sleek.ledger.queries import verify
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt
from sleek.refunds import actions as refunds
from sleek.refunds import tasks
from sleek.refunds.models import Refund
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")


@pytest.fixture
def shop(db: None, bank: Bank, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def paid_twice(shop: Merchant, bank: Bank) -> Attempt:
    payment = people.payment(shop, FIFTY)
    attempts = [people.attempt(payment), people.attempt(payment, people.qr(shop))]
    for attempt in attempts:
        payments.apply_reports([bank.pay(attempt.public_id)])
    return payment.attempts.get(surplus="duplicate")


def read_the_news() -> None:
    refunds.follow(list(Event.objects.order_by("pk")))


def books(shop: Merchant) -> tuple[int, int, int, int]:
    accounts = ("in_transit", "frozen", "refunds:in_flight", "clearing:till")
    return tuple(people.held(shop, code) for code in accounts)  # type: ignore[return-value]


def test_a_second_payment_goes_back_by_itself(shop: Merchant, bank: Bank) -> None:
    second = paid_twice(shop, bank)
    assert books(shop) == (5000, 5000, 0, -10000)
    read_the_news()
    assert books(shop) == (5000, 0, 5000, -10000)
    tasks.check_due(0)
    assert books(shop) == (5000, 0, 0, -5000)

    refund = second.refunds.get()
    assert (refund.status, refund.reason, refund.amount) == ("succeeded", "duplicate", 5000)
    assert bank.count("refund") == 1
    assert verify() == []


def test_reading_the_same_news_again_promises_nothing_more(shop: Merchant, bank: Bank) -> None:
    paid_twice(shop, bank)
    for _ in range(3):
        read_the_news()
        tasks.check_due(0)
    assert Refund.objects.count() == 1
    assert books(shop) == (5000, 0, 0, -5000)


def test_late_money_goes_back_and_the_payment_stays_expired(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    payment = people.payment(shop, FIFTY, days=1)
    attempt = people.attempt(payment)
    frozen_clock.advance(days=1)
    payments.expire(payment)
    payments.apply_reports([bank.pay(attempt.public_id)])
    read_the_news()
    tasks.check_due(0)
    payment.refresh_from_db()
    assert payment.status == "expired"
    assert attempt.refunds.get().reason == "late"
    assert books(shop) == (0, 0, 0, 0)


def test_a_provider_that_does_not_answer_is_asked_again_with_the_same_key(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    paid_twice(shop, bank)
    read_the_news()
    bank.is_down = True
    tasks.check_due(0)
    assert books(shop) == (5000, 0, 5000, -10000)
    bank.is_down = False
    frozen_clock.advance(seconds=15)
    tasks.check_due(0)
    assert len({key for verb, key in bank.calls if verb == "refund"}) == 1
    assert books(shop) == (5000, 0, 0, -5000)


def test_a_failed_refund_gives_the_money_back_once(shop: Merchant, bank: Bank) -> None:
    paid_twice(shop, bank)
    read_the_news()
    bank.refuses = True
    tasks.check_due(0)
    refund = Refund.objects.get()
    for _ in range(3):
        refunds.apply_report(RefundReport(refund.public_id, Outcome.FAILED))
    assert (Refund.objects.get().status, Refund.objects.get().failure_code) == (
        "failed",
        "till_says_no",
    )
    assert books(shop) == (5000, 5000, 0, -10000)
    assert Event.objects.filter(kind="refund.failed").count() == 1


def test_a_refund_that_bounces_weeks_later_is_frozen_again(shop: Merchant, bank: Bank) -> None:
    paid_twice(shop, bank)
    read_the_news()
    tasks.check_due(0)
    refund = Refund.objects.get()
    refunds.apply_report(
        RefundReport(refund.public_id, Outcome.FAILED, failure_code="account_closed")
    )
    assert books(shop) == (5000, 5000, 0, -10000)
    assert verify() == []


def test_a_refund_of_another_amount_is_not_believed(shop: Merchant, bank: Bank) -> None:
    paid_twice(shop, bank)
    read_the_news()
    refund = Refund.objects.get()
    done = RefundReport(refund.public_id, Outcome.SUCCEEDED, Money(1, "USD"), reference="R-1")
    assert refunds.apply_report(done).status == "pending"
    assert refunds.apply_report(replace(done, amount=FIFTY)).status == "succeeded"


def test_wrong_money_goes_back_by_a_persons_decision(shop: Merchant, bank: Bank) -> None:
    attempt = people.attempt(people.payment(shop, FIFTY))
    payments.apply_reports([bank.pay(attempt.public_id, Money(4900, "USD"))])
    read_the_news()
    assert Refund.objects.count() == 0

    owner = shop.memberships.get().user
    refunds.promise_surplus(attempt, by=owner)
    with pytest.raises(refunds.NotRefundable):
        refunds.promise_surplus(attempt, by=owner)
    tasks.check_due(0)
    attempt.payment.refresh_from_db()
    assert attempt.payment.status == "pending"
    assert books(shop) == (0, 0, 0, 0)


def test_a_notice_on_a_refund_makes_us_ask_at_once(shop: Merchant, bank: Bank) -> None:
    paid_twice(shop, bank)
    read_the_news()
    refund = Refund.objects.get()
    Refund.objects.update(check_at=None)
    events.record([events.Fact("refund.reported", refund.public_id, None)])
    read_the_news()
    assert Refund.objects.get().check_at is not None
