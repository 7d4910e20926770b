"""The life of a payment, and what reports mean for it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.channels.base import Failure, Outcome, Report
from sleek.core.money import Money
from sleek.payments import rules
from sleek.payments.rules import AttemptStatus, PaymentStatus, Situation, Surplus

LIFECYCLE = """
            pending  processing  succeeded  failed  expired  canceled
pending        .         x           x         .       x        x
processing     x         .           x         x       x        x
succeeded      .         .           .         .       .        .
failed         .         x           x         .       x        x
expired        .         .           .         .       .        .
canceled       .         .           .         .       .        .
"""

ASKED = Money(5000, "USD")


def situation(
    payment: PaymentStatus = PaymentStatus.PROCESSING,
    attempt: AttemptStatus = AttemptStatus.REQUIRES_ACTION,
    *,
    knows_fee: bool = False,
    has_other_held: bool = False,
) -> Situation:
    return Situation(payment, attempt, ASKED, knows_fee, has_other_held)


def success(amount: Money | None = ASKED, fee: Money | None = None) -> Report:
    return Report("att_1", Outcome.SUCCEEDED, amount, fee=fee)


def test_the_lifecycle_is_the_picture() -> None:
    header, *rows = LIFECYCLE.strip().splitlines()
    for row in rows:
        now, *marks = row.split()
        for then, mark in zip(header.split(), marks, strict=True):
            assert rules.may_become(PaymentStatus(now), PaymentStatus(then)) == (mark == "x")


def test_a_debit_on_its_way_holds_the_payment_until_the_bank_has_spoken() -> None:
    under_way = Report("att_1", Outcome.PROCESSING)
    verdict = rules.judge(situation(), under_way)
    assert (verdict.payment, verdict.attempt) == ("processing", "processing")
    assert rules.judge(situation(attempt=AttemptStatus.FAILED), under_way).attempt == "failed"
    assert rules.judge(situation(PaymentStatus.EXPIRED), under_way).payment == "expired"
    for outcome, ended in ((Outcome.FAILED, "failed"), (Outcome.PENDING, "processing")):
        now = situation(attempt=AttemptStatus.PROCESSING)
        assert rules.judge(now, Report("att_1", outcome)).attempt == ended


@pytest.mark.parametrize(
    "before", [PaymentStatus.PENDING, PaymentStatus.PROCESSING, PaymentStatus.FAILED]
)
def test_exact_money_pays(before: PaymentStatus) -> None:
    verdict = rules.judge(situation(before), success())
    assert verdict.pays
    assert verdict.payment == PaymentStatus.SUCCEEDED
    assert verdict.received == ASKED


@pytest.mark.parametrize(
    ("payment", "received", "surplus"),
    [
        (PaymentStatus.SUCCEEDED, ASKED, Surplus.DUPLICATE),
        (PaymentStatus.EXPIRED, ASKED, Surplus.LATE),
        (PaymentStatus.CANCELED, ASKED, Surplus.LATE),
        (PaymentStatus.PROCESSING, Money(4999, "USD"), Surplus.AMOUNT),
        (PaymentStatus.PROCESSING, Money(5001, "USD"), Surplus.AMOUNT),
        (PaymentStatus.PROCESSING, Money(5000, "CNY"), Surplus.CURRENCY),
        (PaymentStatus.EXPIRED, Money(1, "USD"), Surplus.AMOUNT),
    ],
)
def test_all_other_money_is_a_surplus(
    payment: PaymentStatus, received: Money, surplus: Surplus
) -> None:
    verdict = rules.judge(situation(payment), success(received))
    assert not verdict.pays
    assert (verdict.payment, verdict.surplus, verdict.received) == (payment, surplus, received)


def test_wrong_money_holds_a_payment_that_had_failed() -> None:
    verdict = rules.judge(situation(PaymentStatus.FAILED), success(Money(1, "USD")))
    assert verdict.payment == PaymentStatus.PROCESSING


@pytest.mark.parametrize("amount", [None, Money(0, "USD"), Money(-5000, "USD")])
def test_a_success_that_brings_no_money_is_no_success(amount: Money | None) -> None:
    verdict = rules.judge(situation(), success(amount))
    assert verdict.attempt == AttemptStatus.REQUIRES_ACTION
    assert verdict.received is None


def test_the_same_success_again_brings_only_the_fee() -> None:
    now = situation(PaymentStatus.SUCCEEDED, AttemptStatus.SUCCEEDED)
    verdict = rules.judge(now, success(fee=Money(175, "USD")))
    assert (verdict.received, verdict.fee) == (None, Money(175, "USD"))
    known = situation(PaymentStatus.SUCCEEDED, AttemptStatus.SUCCEEDED, knows_fee=True)
    assert rules.judge(known, success(fee=Money(175, "USD"))).fee is None


@pytest.mark.parametrize(
    ("outcome", "has_other_held", "payment", "attempt"),
    [
        (Outcome.FAILED, False, PaymentStatus.FAILED, AttemptStatus.FAILED),
        (Outcome.FAILED, True, PaymentStatus.PROCESSING, AttemptStatus.FAILED),
        (Outcome.CANCELED, False, PaymentStatus.PENDING, AttemptStatus.CANCELED),
        (Outcome.CANCELED, True, PaymentStatus.PROCESSING, AttemptStatus.CANCELED),
        (Outcome.PENDING, False, PaymentStatus.PROCESSING, AttemptStatus.REQUIRES_ACTION),
    ],
)
def test_a_try_that_ends_leaves_the_payment_to_the_others(
    outcome: Outcome, has_other_held: bool, payment: PaymentStatus, attempt: AttemptStatus
) -> None:
    report = Report("att_1", outcome, failure=Failure.DECLINED)
    verdict = rules.judge(situation(has_other_held=has_other_held), report)
    assert (verdict.payment, verdict.attempt, verdict.received) == (payment, attempt, None)


def test_money_that_came_is_never_taken_back_by_a_report() -> None:
    for outcome in (Outcome.FAILED, Outcome.CANCELED, Outcome.PENDING):
        now = situation(PaymentStatus.SUCCEEDED, AttemptStatus.SUCCEEDED)
        verdict = rules.judge(now, Report("att_1", outcome))
        assert (verdict.payment, verdict.attempt) == (now.payment, now.attempt)


def test_every_verdict_is_a_legal_move() -> None:
    reports = [success(), success(Money(1, "USD")), *(Report("a", o) for o in Outcome)]
    for payment, attempt, held, report in itertools.product(
        PaymentStatus, AttemptStatus, (False, True), reports
    ):
        verdict = rules.judge(situation(payment, attempt, has_other_held=held), report)
        assert verdict.payment == payment or rules.may_become(payment, verdict.payment)


@given(st.integers(0, 40))
def test_checks_follow_the_schedule_and_end(made: int) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    due = rules.next_check(start, made)
    if made >= 27:
        assert due is None
    else:
        assert due is not None
        assert timedelta(seconds=15) <= due - start <= timedelta(hours=24)


def test_the_schedule_is_the_one_we_promise() -> None:
    minutes = [moment.total_seconds() / 60 for moment in rules.CHECKS]
    assert minutes[:5] == [0.25, 1, 5, 30, 120]
    assert minutes[5:] == [60 * hour for hour in range(3, 25)]
