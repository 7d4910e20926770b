"""Planted bugs: mistakes that somebody could make, or has made elsewhere. Each must be found.

A lock that is missing shows itself only where two connections meet, which one process never does:
`tests/races/locks.py` has those, each with the race that finds it. The lock of the ledger's books
is within `ledger_post`; `tests/ledger/test_concurrency.py` fails without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any, TypeAlias

import pytest

from sleek.channels.base import Outcome, RefundReport, Report
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.ledger import actions as ledger
from sleek.payments import rules as payment_rules
from sleek.payments.actions import attempts
from sleek.payments.actions.reports import door, parts
from sleek.payments.models import Attempt
from sleek.payments.rules import life
from sleek.refunds import rules as refund_rules
from sleek.refunds.actions import news, sending
from sleek.refunds.models import Refund
from sleek.stock import actions as stock

Plant: TypeAlias = Callable[[pytest.MonkeyPatch], None]
BUGS: dict[str, Plant] = {}


def named(bugs: dict[str, Plant]) -> Callable[[Plant], Plant]:
    """Plants are kept there by their name, in words."""

    def keep(plant: Plant) -> Plant:
        bugs[plant.__name__.replace("_", " ")] = plant
        return plant

    return keep


bug = named(BUGS)


@bug
def any_amount_pays(patch: pytest.MonkeyPatch) -> None:
    right = life.surplus_of

    def wrong(payment: Any, asked: Money, received: Money) -> Any:
        return right(payment, asked, asked if asked.currency == received.currency else received)

    patch.setattr(life, "surplus_of", wrong)


@bug
def any_currency_pays(patch: pytest.MonkeyPatch) -> None:
    right = life.surplus_of

    def wrong(payment: Any, asked: Money, received: Money) -> Any:
        return right(payment, asked, Money(received.minor, asked.currency))

    patch.setattr(life, "surplus_of", wrong)


@bug
def a_second_payment_is_kept(patch: pytest.MonkeyPatch) -> None:
    kept = life.RETURNED_BY_ITSELF - {life.Surplus.DUPLICATE}
    patch.setattr(news, "RETURNED_BY_ITSELF", kept)


@bug
def the_key_for_the_provider_is_new_each_time(patch: pytest.MonkeyPatch) -> None:
    right, numbers = attempts.order_of, count()

    def wrong(attempt: Attempt) -> Any:
        return replace(right(attempt), key=f"{attempt.public_id}-{next(numbers)}")

    patch.setattr(attempts, "order_of", wrong)


@bug
def called_off_is_believed_for_ever(patch: pytest.MonkeyPatch) -> None:
    right = payment_rules.judge

    def wrong(now: Any, report: Report) -> Any:
        if now.attempt == life.AttemptStatus.CANCELED:
            return life.Verdict(now.payment, now.attempt)
        return right(now, report)

    patch.setattr(payment_rules, "judge", wrong)


@bug
def the_janitor_gives_up_after_a_minute(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(life, "CHECKS", life.CHECKS[:2])


@bug
def wrong_money_holds_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(payment_rules, "is_held", lambda status, *_: status in life.OPEN_ATTEMPTS)


@bug
def a_refund_is_sent_again_under_another_key(patch: pytest.MonkeyPatch) -> None:
    right, numbers = sending.order_of, count()

    def wrong(refund: Any) -> Any:
        return replace(right(refund), key=f"{refund.public_id}-{next(numbers)}")

    patch.setattr(sending, "order_of", wrong)
    patch.setattr(sending, "apply_report", _with_own_key(sending.apply_report))


def _with_own_key(apply: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda report: apply(replace(report, key=report.key.partition("-")[0]))


@bug
def stock_is_never_released(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stock, "release", lambda owner: 0)


@bug
def stock_is_sold_without_a_look(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stock, "take", lambda owner: True)


@bug
def a_failed_refund_gives_nothing_back(patch: pytest.MonkeyPatch) -> None:
    right = ledger.post

    def wrong(entries: Any) -> Any:
        return right([entry for entry in entries if entry.kind != "refund_failed"])

    patch.setattr(ledger, "post", wrong)


@bug
def no_answer_is_taken_for_a_no(patch: pytest.MonkeyPatch) -> None:
    """For a refund: it counts as failed, and may be given back a second time."""

    def wrong(order: Any, error: Any) -> None:
        sending.apply_report(RefundReport(order.key, Outcome.FAILED))

    patch.setattr(sending, "_not_answered", wrong)


@bug
def what_was_canceled_elsewhere_counts_as_unpaid(patch: pytest.MonkeyPatch) -> None:
    """A pending answer is taken for a failure: nobody asks again."""
    right = payment_rules.judge

    def wrong(now: Any, report: Report) -> Any:
        if report.outcome == Outcome.PENDING:
            report = replace(report, outcome=Outcome.FAILED)
        return right(now, report)

    patch.setattr(payment_rules, "judge", wrong)


@bug
def events_are_lost_when_their_consumer_stumbles(patch: pytest.MonkeyPatch) -> None:
    right = events.consume

    def wrong(consumer: str, handle: Any, **options: Any) -> int:
        def swallow(found: Any) -> None:
            if len(found) > 1:
                return
            handle(found)

        return right(consumer, swallow, **options)

    patch.setattr(events, "consume", wrong)


@bug
def a_double_click_is_two_tries(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(attempts, "_is_same_try", lambda *_: False)


@bug
def parts_pay_before_they_are_enough(patch: pytest.MonkeyPatch) -> None:
    right = door._apply

    def wrong(changes: Any, case: Any, report: Any) -> None:
        right(changes, case, report)
        waiting = parts.parts_of(case)
        if waiting and case.payment.status in life.PAYABLE:
            parts.accept_parts(changes, case, waiting)

    patch.setattr(door, "_apply", wrong)


@bug
def a_payment_ends_while_its_outcome_is_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Attempt, "is_held", False)


@bug
def a_credit_may_be_used_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Attempt, "credit", property(lambda self: self.money_received))


@bug
def a_refund_may_go_two_ways_at_once(patch: pytest.MonkeyPatch) -> None:
    is_pending = property(lambda self: self.status == "pending" and self.route == "channel")
    patch.setattr(Refund, "may_change_route", is_pending)


@bug
def a_no_is_believed_while_an_earlier_request_is_at_work(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(refund_rules, "is_settled", lambda now, unanswered_at: True)
