"""The inbox: kept once, applied in batches, one bad notice alone with its trouble."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from sleek.channels.base import Notice as Message
from sleek.channels.base import Outcome, Report
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.queries import verify
from sleek.payments import actions as payments
from sleek.payments.actions import Kept
from sleek.payments.models import Attempt, Notice
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")


def kept(attempt: Attempt, report: Report | None, notice_id: str = "n1") -> Kept:
    message = Message(notice_id, "till.news", report=report, key=attempt.public_id)
    return Kept("till", attempt.connection_id, message, b"{}", clock.now())


@pytest.fixture
def attempt(db: None, bank: Bank, frozen_clock: FrozenClock) -> Attempt:
    return people.attempt(people.payment(people.merchant(), FIFTY))


def test_a_notice_is_kept_once_and_applied_once(attempt: Attempt, bank: Bank) -> None:
    notice = kept(attempt, bank.pay(attempt.public_id))
    payments.keep([notice, notice])
    payments.keep([notice])
    assert Notice.objects.count() == 1
    assert payments.apply_waiting() == 1
    assert payments.apply_waiting() == 0
    assert people.held(attempt.payment.merchant, "in_transit") == 5000


def test_a_report_survives_the_inbox_whole(attempt: Attempt) -> None:
    report = Report(
        attempt.public_id,
        Outcome.SUCCEEDED,
        FIFTY,
        reference="T-1",
        fee=Money(0, "USD"),
        payer="Visa •4242",
        event_at=clock.now(),
    )
    payments.keep([kept(attempt, report)])
    payments.apply_waiting()
    attempt.refresh_from_db()
    assert (attempt.payer, attempt.fee, attempt.payment.merchant_id) == (
        "Visa •4242",
        0,
        attempt.payment.merchant_id,
    )


def test_a_notice_without_a_report_makes_us_ask(attempt: Attempt, bank: Bank) -> None:
    payments.keep([kept(attempt, None)])
    payments.apply_waiting()
    attempt.refresh_from_db()
    assert attempt.check_at == clock.now()


def test_a_notice_about_a_refund_is_passed_on(attempt: Attempt) -> None:
    message = Message("n1", "till.refund", key="ref_1")
    payments.keep([Kept("till", attempt.connection_id, message, b"", clock.now())])
    payments.apply_waiting()
    assert Event.objects.filter(kind="refund.reported", subject="ref_1").count() == 1


def test_what_another_merchants_connection_says_pays_nothing_and_makes_us_ask(
    attempt: Attempt, bank: Bank
) -> None:
    """Its merchant knows its secret, so its signature proves nothing about this attempt."""
    stranger = people.merchant("Mallory", "mallory@example.com").connections.get()
    forged = bank.pay(attempt.public_id)
    bank.reports.clear()
    message = Message("n1", "till.news", report=forged, key=attempt.public_id)
    payments.keep([Kept("till", stranger.pk, message, b"{}", clock.now())])
    assert payments.apply_waiting() == 1
    attempt.refresh_from_db()
    assert (attempt.status, attempt.payment.status) == ("requires_action", "processing")
    assert people.held(attempt.payment.merchant, "in_transit") == 0
    assert attempt.check_at == clock.now()


def test_one_bad_notice_does_not_fail_its_neighbours(
    attempt: Attempt, bank: Bank, frozen_clock: FrozenClock
) -> None:
    payments.keep([kept(attempt, bank.pay(attempt.public_id), "good"), kept(attempt, None, "bad")])
    Notice.objects.filter(notice_id="bad").update(report={"key": "att_x"})
    assert payments.apply_waiting() == 2

    bad = Notice.objects.get(notice_id="bad")
    assert Notice.objects.get(notice_id="good").status == "applied"
    assert (bad.status, bad.waiting.tries) == ("waiting", 1)
    assert "KeyError" in bad.error
    for _ in range(7):
        frozen_clock.advance(hours=1)
        payments.apply_waiting()
    assert Notice.objects.get(notice_id="bad").status == "failed"


def test_workers_share_the_inbox(committed_db: str, bank: Bank) -> None:
    shop = people.merchant()
    attempts = [people.attempt(people.payment(shop, FIFTY)) for _ in range(40)]
    payments.keep([kept(a, bank.pay(a.public_id), a.public_id) for a in attempts])

    def work() -> None:
        while payments.apply_waiting(limit=7):
            pass
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert people.held(shop, "in_transit") == 40 * 5000
    assert verify() == []
