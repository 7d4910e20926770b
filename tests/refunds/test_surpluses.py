"""Money that pays nothing is on its way back, and more of it comes meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sleek.channels import registry
from sleek.core.money import Money
from sleek.ledger.queries import verify
from sleek.merchants.models import Merchant, User
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.reconciliation import actions as reconciliation
from sleek.refunds import actions as refunds
from sleek.refunds.models import Refund
from tests import people
from tests.fakes.channel import Bank
from tests.refunds.conftest import FIFTY

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def part(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> Attempt:
    """Twenty of fifty have come."""
    monkeypatch.setitem(registry._CHANNELS, "till", "tests.fakes.channel:PartsTill")
    attempt = people.attempt(people.payment(shop, FIFTY))
    return arrived(attempt, 2000)


def arrived(attempt: Attempt, minor: int) -> Attempt:
    amount = Money(minor, "USD")
    return payments.arrive(attempt, amount, reference=f"line {minor}", payer="Chidi", at=NOON)


def books(shop: Merchant) -> dict[str, int]:
    assert verify() == []
    codes = ("in_transit", "frozen", "refunds:in_flight")
    return {code: people.held(shop, code) for code in codes if people.held(shop, code)}


def test_a_part_on_its_way_back_is_not_counted_with_the_next_one(
    shop: Merchant, lin: User, part: Attempt
) -> None:
    refunds.promise_surplus(part, by=lin)
    arrived(part, 3000)
    assert Payment.objects.get().status == "processing"
    assert books(shop) == {"frozen": 3000, "refunds:in_flight": 2000}


def test_who_accepts_the_rest_does_not_accept_what_leaves(
    shop: Merchant, lin: User, part: Attempt
) -> None:
    refunds.promise_surplus(part, by=lin)
    rest = arrived(part, 2500)
    reconciliation.accept(rest, by=lin)
    payment = Payment.objects.get()
    assert (payment.status, payment.amount_paid) == ("succeeded", 2500)
    assert books(shop) == {"in_transit": 2500, "refunds:in_flight": 2000}


def test_what_leaves_is_not_kept_for_its_payer(shop: Merchant, lin: User, part: Attempt) -> None:
    refunds.promise_surplus(part, by=lin)
    with pytest.raises(payments.NotCreditable):
        payments.credit(part)
    assert books(shop) == {"refunds:in_flight": 2000}


def test_a_part_that_did_not_reach_its_payer_is_counted_again(
    shop: Merchant, lin: User, part: Attempt, bank: Bank
) -> None:
    refund = refunds.promise_surplus(part, by=lin)
    bank.refuses = True
    refunds.check(refund)
    bank.refuses = False
    assert Refund.objects.get().status == "failed"
    arrived(part, 3000)
    payment = Payment.objects.get()
    assert (payment.status, payment.amount_paid) == ("succeeded", 5000)
    assert books(shop) == {"in_transit": 5000}
