"""What channels pay out becomes available, and never more than they hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sleek.audit.models import Record
from sleek.core import clock
from sleek.core.money import Money
from sleek.ledger import actions as ledger
from sleek.ledger import recipes
from sleek.ledger.actions import Entry
from sleek.ledger.queries import verify
from sleek.merchants.models import Membership
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation.models import Settlement
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

TODAY = date(2026, 3, 2)


@pytest.fixture
def owner(db: None, bank: Bank, frozen_clock: FrozenClock) -> Membership:
    """Lin, to whom the till owes 50 dollars less its fee of 1.75."""
    shop = people.merchant()
    attempt = people.attempt(people.payment(shop, Money(5000, "USD")))
    payments.apply_reports([bank.pay(attempt.public_id, fee=Money(175, "USD"))])
    return shop.memberships.get()


def balances(owner: Membership) -> tuple[int, ...]:
    codes = ("in_transit", "available", "clearing:till", "bank")
    return tuple(people.held(owner.merchant, code) for code in codes)


def test_what_arrives_at_the_bank_becomes_available(owner: Membership) -> None:
    assert balances(owner) == (4825, 0, -4825, 0)
    reconciliation.record_settlement(owner, "till", Money(4000, "USD"), arrived_on=TODAY)
    assert balances(owner) == (825, 4000, -825, -4000)
    assert Record.objects.filter(action="settlement.recorded").count() == 1
    assert verify() == []


def test_a_form_sent_twice_records_one_arrival(owner: Membership) -> None:
    for _ in range(2):
        reconciliation.record_settlement(
            owner, "till", Money(1000, "USD"), arrived_on=TODAY, public_id="set_1"
        )
    assert Settlement.objects.count() == 1
    assert balances(owner) == (3825, 1000, -3825, -1000)


@pytest.mark.parametrize(
    "amount", [Money(4826, "USD"), Money(0, "USD"), Money(-1, "USD"), Money(1, "EUR")]
)
def test_no_more_arrives_than_the_channel_holds(owner: Membership, amount: Money) -> None:
    with pytest.raises(reconciliation.NotInTransit):
        reconciliation.record_settlement(owner, "till", amount, arrived_on=TODAY)
    assert balances(owner) == (4825, 0, -4825, 0)
    assert Settlement.objects.count() == 0


def test_nothing_arrives_tomorrow_or_from_another_channel(owner: Membership) -> None:
    for channel, day in (("till", TODAY + timedelta(days=1)), ("alipay", TODAY)):
        with pytest.raises(reconciliation.NotInTransit):
            reconciliation.record_settlement(owner, channel, Money(1, "USD"), arrived_on=day)


def test_what_another_wallet_paid_is_there_already(owner: Membership) -> None:
    """And recording it as an arrival would make one wallet's money out of nothing."""
    received = recipes.share_received(Money(1000, "USD"))
    ledger.post([Entry(owner.merchant_id, "share_received", "prt_1", received, clock.now())])
    with pytest.raises(reconciliation.NotInTransit):
        reconciliation.record_settlement(owner, "balance", Money(1000, "USD"), arrived_on=TODAY)
    assert people.held(owner.merchant, "clearing:balance") == -1000


def test_frozen_money_arrives_and_stays_frozen(owner: Membership, bank: Bank) -> None:
    payment = owner.merchant.payments.get()
    payments.apply_reports([bank.pay(_another(payment).public_id, Money(5000, "USD"))])
    reconciliation.record_settlement(owner, "till", Money(9000, "USD"), arrived_on=TODAY)
    assert balances(owner) == (0, 4825, -825, -9000)
    assert people.held(owner.merchant, "frozen") == 5000
    assert verify() == []


def test_a_fee_told_after_the_money_left_is_owed_and_paid_out_of_the_next_arrival(
    owner: Membership, bank: Bank
) -> None:
    shop = owner.merchant
    late = people.attempt(people.payment(shop, Money(5000, "USD")))
    payments.apply_reports([bank.pay(late.public_id)])
    gone = recipes.refund_promised("in_transit", Money(9825, "USD"))
    ledger.post([Entry(shop.pk, "refund_promised", "ref_1", gone, clock.now())])
    payments.apply_reports([bank.pay(late.public_id, fee=Money(175, "USD"))])
    assert people.held(shop, "debts") == -175
    assert Attempt.objects.get(pk=late.pk).fee == 175

    back = recipes.refund_failed("in_transit", Money(9825, "USD"))
    ledger.post([Entry(shop.pk, "refund_failed", "ref_1", back, clock.now())])
    reconciliation.record_settlement(owner, "till", Money(9650, "USD"), arrived_on=TODAY)
    assert balances(owner) == (0, 9650, 0, -9650)
    assert people.held(shop, "debts") == 0
    assert verify() == []


def _another(payment: Payment) -> Attempt:
    """A try that was open in a second tab when the first one paid."""
    first = payment.attempts.get()
    first.pk, first.public_id = None, "att_second"
    first.status, first.surplus, first.amount_received, first.fee = (
        "requires_action",
        "",
        None,
        None,
    )
    first.save()
    return first
