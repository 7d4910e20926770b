"""News about payments, whatever order it comes in."""

from __future__ import annotations

import random
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from sleek.channels.base import Failure, Outcome, Report
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.queries import verify
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from tests import people
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")


@pytest.fixture
def paying(db: None, bank: Bank) -> Attempt:
    """Somebody is at the card page of a 50 dollar link."""
    return people.attempt(people.payment(people.merchant(), FIFTY))


def again(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_related("payment__merchant").get(pk=attempt.pk)


def kinds(payment: Payment) -> list[str]:
    return list(
        Event.objects.filter(subject=payment.public_id)
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def test_a_success_moves_the_money_once_however_often_it_is_told(
    paying: Attempt, bank: Bank
) -> None:
    report = bank.pay(paying.public_id)
    for _ in range(3):
        payments.apply_reports([report, report])

    attempt = again(paying)
    shop = attempt.payment.merchant
    assert (attempt.status, attempt.payment.status) == ("succeeded", "succeeded")
    assert (people.held(shop, "in_transit"), people.held(shop, "clearing:till")) == (5000, -5000)
    assert kinds(attempt.payment).count("payment.succeeded") == 1
    assert verify() == []


def test_the_fee_is_posted_when_a_report_first_carries_it(paying: Attempt, bank: Bank) -> None:
    payments.apply_reports([bank.pay(paying.public_id)])
    assert again(paying).check_at is not None
    told = bank.pay(paying.public_id, fee=Money(175, "USD"))
    payments.apply_reports([told])
    payments.apply_reports([told])

    attempt = again(paying)
    assert (attempt.fee, attempt.check_at) == (175, None)
    assert people.held(attempt.payment.merchant, "in_transit") == 4825


def test_a_decline_lets_the_payer_try_again_on_the_same_payment(
    paying: Attempt, bank: Bank
) -> None:
    declined = Report(
        paying.public_id, Outcome.FAILED, failure=Failure.INSUFFICIENT_FUNDS, failure_code="51"
    )
    payments.apply_reports([declined])
    payment = again(paying).payment
    assert (payment.status, again(paying).failure_code) == ("failed", "51")

    second = people.attempt(payment)
    payments.apply_reports([bank.pay(second.public_id)])
    payment.refresh_from_db()
    assert payment.status == "succeeded"
    assert people.held(payment.merchant, "in_transit") == 5000


def test_success_after_failure_is_believed(paying: Attempt, bank: Bank) -> None:
    payments.apply_reports([Report(paying.public_id, Outcome.FAILED)])
    payments.apply_reports([bank.pay(paying.public_id)])
    assert again(paying).payment.status == "succeeded"


@pytest.mark.parametrize(
    ("received", "surplus"), [(Money(4900, "USD"), "amount"), (Money(5000, "CNY"), "currency")]
)
def test_wrong_money_never_pays(paying: Attempt, bank: Bank, received: Money, surplus: str) -> None:
    payments.apply_reports([bank.pay(paying.public_id, received)])
    attempt = again(paying)
    shop = attempt.payment.merchant
    assert (attempt.surplus, attempt.payment.status) == (surplus, "processing")
    assert people.held(shop, "in_transit") == 0
    assert people.held(shop, "frozen", received.currency) == received.minor
    with pytest.raises(payments.OutcomeUnknown):
        people.attempt(attempt.payment)


def test_a_second_payment_is_kept_apart(paying: Attempt, bank: Bank) -> None:
    other = people.attempt(paying.payment, people.qr(paying.payment.merchant))
    reports = [bank.pay(paying.public_id), bank.pay(other.public_id)]
    payments.apply_reports(reports)
    shop = paying.payment.merchant
    assert {again(paying).surplus, again(other).surplus} == {"", "duplicate"}
    assert (people.held(shop, "in_transit"), people.held(shop, "frozen")) == (5000, 5000)


def test_reports_on_attempts_that_are_not_ours_change_nothing(paying: Attempt) -> None:
    payments.apply_reports([Report("att_foreign", Outcome.SUCCEEDED, FIFTY)])
    assert again(paying).payment.status == "processing"


def test_any_order_of_the_same_news_ends_in_the_same_books(
    db: None, bank: Bank, chance: random.Random
) -> None:
    shop = people.merchant()
    for _ in range(12):
        first = people.attempt(people.payment(shop, FIFTY))
        second = people.attempt(first.payment, people.qr(shop))
        news = [
            Report(first.public_id, Outcome.FAILED, failure=Failure.DECLINED),
            bank.pay(first.public_id),
            bank.pay(second.public_id, fee=Money(90, "USD")),
            Report(second.public_id, Outcome.CANCELED),
        ]
        chance.shuffle(news)
        for report in [*news, *news[:2]]:
            payments.apply_reports([report])
    charged = Attempt.objects.filter(status="succeeded", surplus="", fee=90).count()
    assert people.held(shop, "in_transit") == 12 * 5000 - 90 * charged
    assert people.held(shop, "frozen") == 12 * 5000
    assert verify() == []


def test_the_database_refuses_two_attempts_that_pay(paying: Attempt, bank: Bank) -> None:
    other = people.attempt(paying.payment, people.qr(paying.payment.merchant))
    payments.apply_reports([bank.pay(paying.public_id)])
    with (
        pytest.raises(IntegrityError, match="payment_is_paid_by_one_attempt"),
        transaction.atomic(),
    ):
        Attempt.objects.filter(pk=other.pk).update(
            status="succeeded", amount_received=5000, currency_received="USD"
        )


def test_racing_reporters_pay_once(committed_db: str, bank: Bank) -> None:
    shop = people.merchant()
    payment = people.payment(shop, FIFTY)
    attempts = [people.attempt(payment), people.attempt(payment, people.qr(shop))]
    reports = [bank.pay(attempt.public_id) for attempt in attempts] * 4

    def tell(report: Report) -> None:
        payments.apply_reports([report])
        connection.close()

    threads = [threading.Thread(target=tell, args=[report]) for report in reports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (people.held(shop, "in_transit"), people.held(shop, "frozen")) == (5000, 5000)
    assert verify() == []


def test_a_fee_in_the_providers_own_currency_is_kept_but_not_booked(
    paying: Attempt, bank: Bank
) -> None:
    payments.apply_reports([bank.pay(paying.public_id, fee=Money(161, "EUR"))])
    attempt = again(paying)
    assert (attempt.fee, attempt.fee_currency) == (161, "EUR")
    assert people.held(attempt.payment.merchant, "in_transit") == 5000


def test_what_is_still_open_when_another_try_pays_is_told_of(paying: Attempt, bank: Bank) -> None:
    other = people.attempt(paying.payment, people.qr(paying.payment.merchant))
    payments.apply_reports([bank.pay(paying.public_id)])
    told = Event.objects.get(kind="attempt.superseded")
    assert (told.subject, told.data["attempt"]) == (paying.payment.public_id, other.public_id)
