"""The second person, limits, and the clock of 24 hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.queries import verify
from sleek.merchants.models import Merchant, User
from sleek.refunds import actions as refunds
from sleek.refunds import queries, tasks
from sleek.refunds.models import Refund
from sleek.refunds.rules import Limits, RefundReason
from tests.refunds.conftest import FIFTY, books, colleague, paid

ASKED = RefundReason.REQUESTED
TEN = Money(1000, "USD")


def rule(shop: Merchant, lin: User, **limits: int) -> None:
    for role in ("owner", "finance"):
        refunds.set_rule(shop, "USD", role, Limits(**limits), by=lin)


@pytest.fixture
def in_review(shop, bank, lin, wang) -> Refund:
    """Wang wants to give all of it back, which is so much that Lin has to look."""
    rule(shop, lin, review_from=5000)
    [refund] = refunds.promise(paid(shop, bank), FIFTY, reason=ASKED, by=wang)
    return refund


def test_below_the_amount_nobody_else_is_needed(shop, bank, lin, wang):
    rule(shop, lin, review_from=5000)
    [refund] = refunds.promise(paid(shop, bank), Money(4999, "USD"), reason=ASKED, by=wang)
    assert refund.status == "pending"


def test_parts_of_one_payment_count_together(shop, bank, lin, wang):
    rule(shop, lin, review_from=3000)
    payment = paid(shop, bank)
    parts = [
        refunds.promise(payment, Money(minor, "USD"), reason=ASKED, by=wang)[0].status
        for minor in (1500, 1499, 1)
    ]
    assert parts == ["pending", "pending", "in_review"]


def test_in_review_the_money_is_out_of_reach_and_nothing_is_sent(shop, bank, in_review):
    assert (in_review.status, in_review.check_at) == ("in_review", None)
    assert in_review.review_by == clock.now() + timedelta(hours=24)
    refunds.check(in_review)
    assert bank.count("refund") == bank.count("fetch_refund") == 0
    assert books(shop) == (0, 0, 5000, -5000)


def test_an_approved_refund_goes(shop, lin, in_review):
    refunds.approve(in_review, by=lin)
    tasks.check_due(0)
    in_review.refresh_from_db()
    assert (in_review.status, in_review.reviewed_by) == ("succeeded", lin)
    assert books(shop) == (0, 0, 0, 0)


def test_a_declined_refund_is_the_merchants_money_again(shop, bank, lin, in_review):
    refunds.decline(in_review, why="They kept the goods", by=lin)
    tasks.check_due(0)
    in_review.refresh_from_db()
    payment = in_review.attempt.payment
    payment.refresh_from_db()
    assert (in_review.status, in_review.failure_code) == ("failed", "declined")
    assert in_review.answer == "They kept the goods"
    assert (payment.amount_refunded, books(shop)) == (0, (5000, 0, 0, -5000))
    assert bank.count("refund") == 0
    assert verify() == []


def test_whoever_asked_never_decides(shop, in_review, wang):
    with pytest.raises(refunds.NotReviewable):
        refunds.approve(in_review, by=wang)
    with pytest.raises(refunds.NotReviewable):
        refunds.decline(in_review, why="-", by=wang)
    in_review.refresh_from_db()
    assert in_review.status == "in_review"


def test_not_even_the_database_lets_one_person_do_both(in_review, wang):
    with pytest.raises(IntegrityError, match="nobody_reviews"), transaction.atomic():
        Refund.objects.update(reviewed_by=wang)


def test_a_decision_is_made_once(lin, in_review):
    refunds.approve(in_review, by=lin)
    with pytest.raises(refunds.NotReviewable):
        refunds.decline(in_review, why="Too late", by=lin)
    in_review.refresh_from_db()
    assert in_review.status == "pending"


def test_without_a_second_person_nothing_is_promised(shop, bank, lin):
    rule(shop, lin, review_from=1)
    payment = paid(shop, bank)
    with pytest.raises(refunds.NotRefundable, match="second person"):
        refunds.promise(payment, TEN, reason=ASKED, by=lin)
    assert books(shop) == (5000, 0, 0, -5000)


@pytest.mark.parametrize(("role", "may"), [("finance", True), ("reviewer", True), ("sales", False)])
def test_who_may_look(shop, lin, role, may):
    user = colleague(shop, role, "x@example.com")
    assert (user in queries.reviewers(shop, but=lin)) is may


def test_more_than_a_role_may_at_once_is_refused(shop, bank, lin, wang):
    refunds.set_rule(shop, "USD", "finance", Limits(most_once=1000), by=lin)
    payment = paid(shop, bank)
    with pytest.raises(refunds.NotRefundable, match=r"10\.00"):
        refunds.promise(payment, Money(1001, "USD"), reason=ASKED, by=wang)
    refunds.promise(payment, TEN, reason=ASKED, by=wang)
    refunds.promise(payment, Money(4000, "USD"), reason=ASKED, by=lin)
    assert books(shop) == (0, 0, 5000, -5000)


def test_a_days_limit_counts_by_person_and_by_the_shops_own_day(
    shop, bank, lin, wang, frozen_clock
):
    refunds.set_rule(shop, "USD", "finance", Limits(most_daily=1500), by=lin)
    payment = paid(shop, bank)
    refunds.promise(payment, TEN, reason=ASKED, by=wang)
    with pytest.raises(refunds.NotRefundable, match=r"15\.00"):
        refunds.promise(payment, TEN, reason=ASKED, by=wang)
    frozen_clock.advance(hours=7)  # midnight in Shanghai
    refunds.promise(payment, TEN, reason=ASKED, by=wang)
    assert Refund.objects.count() == 2


def test_what_failed_does_not_count_for_the_day(shop, bank, lin, wang):
    refunds.set_rule(shop, "USD", "finance", Limits(most_daily=1000), by=lin)
    payment = paid(shop, bank)
    [refund] = refunds.promise(payment, TEN, reason=ASKED, by=wang)
    refunds.call_off(refund, by=wang)
    refunds.promise(payment, TEN, reason=ASKED, by=wang)
    assert books(shop) == (4000, 0, 1000, -5000)


def test_reviewers_are_reminded_and_owners_told_and_nothing_is_approved(in_review, frozen_clock):
    def told() -> list[str]:
        tasks.watch_clocks(0)
        kinds = ["refund.review_due", "refund.review_overdue"]
        found = Event.objects.filter(kind__in=kinds).order_by("pk")
        return list(found.values_list("kind", flat=True))

    assert told() == []
    frozen_clock.advance(hours=20)
    assert told() == told() == ["refund.review_due"]
    frozen_clock.advance(hours=4)
    assert told() == told() == ["refund.review_due", "refund.review_overdue"]
    frozen_clock.advance(days=30)
    assert len(told()) == 2
    in_review.refresh_from_db()
    assert in_review.status == "in_review"


def test_a_refund_in_review_can_be_called_off_by_whoever_asked(shop, in_review, wang):
    refunds.call_off(in_review, by=wang)
    in_review.refresh_from_db()
    assert (in_review.status, in_review.failure_code) == ("failed", "called_off")
    assert books(shop) == (5000, 0, 0, -5000)
