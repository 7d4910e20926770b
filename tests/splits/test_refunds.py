"""Refunds of payments that are shared out."""

from __future__ import annotations

import pytest

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.queries import verify
from sleek.merchants.models import Membership
from sleek.payments import actions as payments
from sleek.payments.models import Payment
from sleek.refunds import actions as refunds
from sleek.splits import actions as splits
from sleek.splits import tasks
from sleek.splits.models import Share
from sleek.splits.rules import ShareWish
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

HUNDRED = Money(10_000, "USD")


@pytest.fixture
def owner(db: None, bank: Bank, frozen_clock: FrozenClock) -> Membership:
    return people.merchant().memberships.get()


@pytest.fixture
def held(owner: Membership, bank: Bank) -> Payment:
    """A hundred dollars, all of them held."""
    payment = people.payment(owner.merchant, HUNDRED)
    assert payment.link
    splits.attach(payment.link, splits.create_plan(owner, "Escrow", [ShareWish(1_000_000)]), owner)
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    splits.hold(payment)
    return Payment.objects.get(pk=payment.pk)


def balances(owner: Membership) -> tuple[int, ...]:
    assert verify() == []
    codes = ("in_transit", "frozen", "refunds:in_flight")
    return tuple(people.held(owner.merchant, code) for code in codes)


def test_money_that_is_all_held_can_be_given_back(owner: Membership, held: Payment) -> None:
    assert balances(owner) == (0, 10_000, 0)
    [refund] = refunds.promise(held, Money(4000, "USD"), reason="other", by=owner.user)
    assert balances(owner) == (0, 6000, 4000)
    refunds.check(refund)
    assert balances(owner) == (0, 6000, 0)
    assert held.portions.get().left == Money(6000, "USD")


def test_a_refund_that_fails_leaves_the_portion_as_it_was(
    owner: Membership, held: Payment, bank: Bank
) -> None:
    [refund] = refunds.promise(held, HUNDRED, reason="other", by=owner.user)
    assert (held.portions.get().status, balances(owner)) == ("returned", (0, 0, 10_000))
    bank.refuses = True
    refunds.check(refund)
    assert balances(owner) == (10_000, 0, 0)
    splits.settle_up(held)
    assert (held.portions.get().status, balances(owner)) == ("held", (0, 10_000, 0))


def test_a_refusal_moves_nothing(owner: Membership, held: Payment) -> None:
    with pytest.raises(refunds.NotRefundable):
        refunds.promise(held, Money(10_001, "USD"), reason="other", by=owner.user)
    assert balances(owner) == (0, 10_000, 0)


def test_the_worker_hears_of_what_it_has_to_do(
    owner: Membership, held: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    for job in (tasks.hold, tasks.settle_up):
        monkeypatch.setattr(job, "defer", lambda payment_id: asked.append(payment_id))
    refunds.promise(held, HUNDRED, reason="other", by=owner.user)
    tasks.follow(list(Event.objects.filter(kind__in=tasks.FOLLOWED).order_by("pk")))
    assert asked == [held.pk, held.pk]


def test_what_went_back_before_it_was_shared_out_is_never_shared(
    owner: Membership, bank: Bank
) -> None:
    """The worker was away when the payment came, and its money is another one's by now."""
    carrier = people.merchant("Carrier", "carrier@example.com").memberships.get()
    payment = people.payment(owner.merchant, HUNDRED)
    assert payment.link
    wishes = [
        ShareWish(300_000, release_after_days=0),
        ShareWish(100_000, carrier.merchant_id, "Carrier", 0),
    ]
    splits.attach(payment.link, splits.create_plan(owner, "Tea", wishes), owner)
    splits.accept(Share.objects.get(beneficiary=carrier.merchant), carrier)
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    refunds.promise(
        Payment.objects.get(pk=payment.pk), Money(5000, "USD"), reason="other", by=owner.user
    )
    splits.hold(payment)
    assert [portion.left.minor for portion in payment.portions.order_by("pk")] == [1500, 500]
    assert balances(owner) == (3000, 2000, 5000)


def test_nothing_is_held_of_a_payment_that_went_back_whole(owner: Membership, bank: Bank) -> None:
    payment = people.payment(owner.merchant, HUNDRED)
    assert payment.link
    splits.attach(payment.link, splits.create_plan(owner, "Escrow", [ShareWish(1_000_000)]), owner)
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    [refund] = refunds.promise(
        Payment.objects.get(pk=payment.pk), HUNDRED, reason="other", by=owner.user
    )
    refunds.check(refund)
    other = people.payment(owner.merchant, HUNDRED)
    payments.apply_reports([bank.pay(people.attempt(other).public_id)])
    splits.hold(payment)
    assert payment.portions.get().status == "returned"
    assert balances(owner) == (10_000, 0, 0)
