"""Giving back what was paid: whole, in parts, and never more than came."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from sleek.audit.models import Record
from sleek.channels.base import Outcome, RefundReport
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger import actions as ledger
from sleek.ledger.queries import verify
from sleek.merchants.actions import NotPermitted
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.reconciliation import actions as reconciliation
from sleek.refunds import actions as refunds
from sleek.refunds import queries, tasks
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundReason, Route
from tests import people
from tests.refunds.conftest import FIFTY, books, colleague, paid

TWENTY = Money(2000, "USD")
ASKED = RefundReason.REQUESTED


def settle(shop, minor: int) -> None:
    reconciliation.record_settlement(
        shop.memberships.get(role="owner"),
        "till",
        Money(minor, "USD"),
        arrived_on=clock.now().date(),
    )


def test_a_whole_payment_goes_back(shop, bank, lin):
    payment = paid(shop, bank)
    [refund] = refunds.promise(payment, FIFTY, reason=ASKED, note="Sorry", by=lin)
    assert books(shop) == (0, 0, 5000, -5000)
    assert (refund.status, refund.taken) == ("pending", {"in_transit": 5000})
    assert (refund.lands_from, refund.lands_by) == (date(2026, 3, 9), date(2026, 3, 23))

    tasks.check_due(0)

    refund.refresh_from_db()
    payment.refresh_from_db()
    assert (refund.status, refund.reference) == ("succeeded", f"R-{refund.public_id}")
    assert (payment.status, payment.amount_refunded) == ("succeeded", 5000)
    assert books(shop) == (0, 0, 0, 0)
    assert verify() == []


def test_what_is_pressed_twice_goes_back_once(shop, bank, lin):
    payment = paid(shop, bank)
    wish = refunds.Wish(ASKED, by=lin, seen=FIFTY)
    refunds.promise_wished(payment, TWENTY, wish)
    with pytest.raises(refunds.NotRefundable, match="Meanwhile"):
        refunds.promise_wished(payment, TWENTY, wish)
    assert (Refund.objects.count(), books(shop)) == (1, (3000, 0, 2000, -5000))


def test_parts_go_back_until_nothing_is_left(shop, bank, lin):
    payment = paid(shop, bank)
    for _ in range(2):
        refunds.promise(payment, TWENTY, reason=ASKED, by=lin)
    with pytest.raises(refunds.NotRefundable, match=r"At most 10\.00"):
        refunds.promise(payment, TWENTY, reason=ASKED, by=lin)
    assert books(shop) == (1000, 0, 4000, -5000)

    refunds.promise(payment, Money(1000, "USD"), reason=ASKED, by=lin)
    with pytest.raises(refunds.NotRefundable, match="All of this payment went back"):
        refunds.promise(payment, Money(1, "USD"), reason=ASKED, by=lin)
    assert Refund.objects.count() == 3


@pytest.mark.parametrize("amount", [Money(0, "USD"), Money(-1, "USD"), Money(100, "EUR")])
def test_an_amount_that_is_none_moves_nothing(shop, bank, lin, amount):
    payment = paid(shop, bank)
    with pytest.raises(refunds.NotRefundable):
        refunds.promise(payment, amount, reason=ASKED, by=lin)
    assert books(shop) == (5000, 0, 0, -5000)


def test_what_was_not_paid_cannot_go_back(shop, bank, lin):
    payment = people.payment(shop, FIFTY)
    with pytest.raises(refunds.NotRefundable, match="Only a payment that was paid"):
        refunds.promise(payment, FIFTY, reason=ASKED, by=lin)


def test_a_failed_refund_can_be_given_back_again(shop, bank, lin):
    payment = paid(shop, bank)
    bank.refuses = True
    [first] = refunds.promise(payment, FIFTY, reason=ASKED, by=lin)
    tasks.check_due(0)
    first.refresh_from_db()
    payment.refresh_from_db()
    assert (first.status, first.failure_code) == ("failed", "till_says_no")
    assert (payment.amount_refunded, books(shop)) == (0, (5000, 0, 0, -5000))

    bank.refuses = False
    refunds.promise(payment, FIFTY, reason=ASKED, by=lin)
    tasks.check_due(0)
    payment.refresh_from_db()
    assert (payment.amount_refunded, books(shop)) == (5000, (0, 0, 0, 0))


def test_what_has_arrived_pays_where_nothing_is_in_transit(shop, bank, lin):
    payment = paid(shop, bank)
    settle(shop, 3000)
    assert books(shop) == (2000, 3000, 0, -2000)
    [refund] = refunds.promise(payment, FIFTY, reason=ASKED, by=lin)
    assert refund.taken == {"in_transit": 2000, "available": 3000}
    assert books(shop) == (0, 0, 5000, -2000)

    refunds.apply_report(RefundReport(refund.public_id, Outcome.FAILED))

    assert books(shop) == (2000, 3000, 0, -2000)
    assert verify() == []


def test_a_refund_that_fails_after_the_money_arrived_returns_to_available(shop, bank, lin):
    payment = paid(shop, bank)
    [refund] = refunds.promise(payment, FIFTY, reason=ASKED, by=lin)
    settle(shop, 5000)
    assert books(shop) == (0, 0, 5000, 0)

    refunds.apply_report(RefundReport(refund.public_id, Outcome.FAILED))

    assert books(shop) == (0, 5000, 0, 0)
    assert verify() == []


def test_a_refund_that_bounces_is_with_the_channel_again(shop, bank, lin):
    payment = paid(shop, bank)
    [refund] = refunds.promise(payment, TWENTY, reason=ASKED, by=lin)
    tasks.check_due(0)
    assert books(shop) == (3000, 0, 0, -3000)

    refunds.apply_report(RefundReport(refund.public_id, Outcome.FAILED, failure_code="closed"))

    payment.refresh_from_db()
    assert (payment.amount_refunded, books(shop)) == (0, (5000, 0, 0, -5000))
    assert verify() == []


def test_a_balance_that_does_not_cover_it_says_how_much_is_there(shop, bank, lin):
    payment = paid(shop, bank)
    other = paid(shop, bank)
    settle(shop, 10000)
    payout = [("available", -Money(7000, "USD")), ("payouts:in_flight", Money(7000, "USD"))]
    ledger.post([ledger.Entry(shop.pk, "payout_requested", "po_1", payout, clock.now())])
    with pytest.raises(refunds.NotRefundable, match=r"30\.00"):
        refunds.promise(payment, FIFTY, reason=ASKED, by=lin)
    other.refresh_from_db()
    assert (other.amount_refunded, Refund.objects.count()) == (0, 0)
    assert books(shop) == (0, 3000, 0, 0)


def test_a_part_payment_goes_back_by_the_ways_it_came(shop, bank, lin):
    """Two tries brought it; each gives back at most what it brought."""
    payment = people.payment(shop, FIFTY)
    first, second = people.attempt(payment), people.attempt(payment, people.qr(shop))
    for attempt, minor in ((first, 3000), (second, 1500)):
        payments.apply_reports([bank.pay(attempt.public_id, Money(minor, "USD"))])
    payments.accept(payment)
    payment = Payment.objects.get(pk=payment.pk)
    assert payment.amount_paid == 4500

    made = refunds.promise(payment, Money(4000, "USD"), reason=ASKED, by=lin)

    assert [(r.attempt_id, r.amount) for r in made] == [(first.pk, 3000), (second.pk, 1000)]
    assert books(shop) == (500, 0, 4000, -4500)
    with pytest.raises(refunds.NotRefundable, match=r"At most 5\.00"):
        refunds.promise(payment, Money(501, "USD"), reason=ASKED, by=lin)


def test_money_paid_by_a_credit_goes_back_to_where_it_came_from(shop, bank, lin):
    late = people.payment(shop, FIFTY)
    attempt = people.attempt(late)
    payments.apply_reports([bank.pay(attempt.public_id, Money(6000, "USD"))])
    credit = payments.credit(Attempt.objects.get(pk=attempt.pk))
    payment = people.payment(shop, FIFTY)
    payments.apply_credit(credit, payment)
    payment.refresh_from_db()

    [refund] = refunds.promise(payment, FIFTY, reason=ASKED, by=lin)
    tasks.check_due(0)

    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert bank.refund_orders[-1].payment_key == attempt.public_id
    assert bank.refund_orders[-1].total == Money(6000, "USD")


def test_what_is_left_of_a_credit_goes_back_and_cannot_pay_any_more(shop, bank, lin):
    attempt = people.attempt(people.payment(shop, FIFTY))
    payments.apply_reports([bank.pay(attempt.public_id, Money(6000, "USD"))])
    credit = payments.credit(Attempt.objects.get(pk=attempt.pk))

    refund = refunds.promise_credit(credit, by=lin)

    assert (refund.amount, people.held(shop, "credits")) == (6000, 0)
    with pytest.raises(payments.NotCreditable):
        payments.apply_credit(Attempt.objects.get(pk=credit.pk), people.payment(shop, FIFTY))
    with pytest.raises(refunds.NotRefundable):
        refunds.promise_credit(credit, by=lin)

    refunds.apply_report(RefundReport(refund.public_id, Outcome.FAILED))
    assert people.held(shop, "credits") == 6000
    assert Attempt.objects.get(pk=credit.pk).credit == Money(6000, "USD")


def test_a_surplus_that_was_accepted_or_kept_does_not_go_back(shop, bank, lin):
    attempt = people.attempt(people.payment(shop, FIFTY))
    payments.apply_reports([bank.pay(attempt.public_id, Money(6000, "USD"))])
    payments.credit(Attempt.objects.get(pk=attempt.pk))
    with pytest.raises(refunds.NotRefundable):
        refunds.promise_surplus(attempt, by=lin)
    assert not queries.is_going_back(attempt)
    assert people.held(shop, "credits") == 6000


@pytest.mark.parametrize("role", ["sales", "reviewer", "support", "viewer"])
def test_only_owner_and_finance_give_money_back(shop, bank, role):
    payment = paid(shop, bank)
    with pytest.raises(NotPermitted):
        refunds.promise(payment, FIFTY, reason=ASKED, by=colleague(shop, role, "x@example.com"))
    assert books(shop) == (5000, 0, 0, -5000)


def test_somebody_of_another_shop_gives_nothing_back(shop, bank, lin):
    payment = paid(shop, bank)
    other = people.merchant("Chen Tea", "chen@example.com")
    with pytest.raises(NotPermitted):
        refunds.promise(payment, FIFTY, reason=ASKED, by=other.memberships.get().user)
    assert not Refund.objects.exists()


def test_elsewhere_only_when_the_way_it_came_has_failed(shop, bank, lin):
    payment = paid(shop, bank)
    with pytest.raises(refunds.NotRefundable, match="the way it was paid"):
        refunds.promise(payment, FIFTY, reason=ASKED, by=lin, route=Route.BANK)
    assert books(shop) == (5000, 0, 0, -5000)


def test_the_act_is_recorded_with_who_did_it(shop, bank, lin):
    payment = paid(shop, bank)
    [refund] = refunds.promise(payment, TWENTY, reason=ASKED, by=lin)
    record = Record.objects.get(action="refund.promised")
    assert (record.actor, record.subject) == (lin.public_id, refund.public_id)
    event = Event.objects.get(kind="refund.promised")
    assert (event.subject, event.data["amount"]) == (payment.public_id, 2000)


def test_the_database_refuses_more_than_was_paid(shop, bank):
    payment = paid(shop, bank)
    with pytest.raises(IntegrityError, match="refunds_never_exceed"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(amount_refunded=5001)
