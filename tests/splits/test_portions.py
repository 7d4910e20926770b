"""Portions of payments: held, released, shared with another wallet, and taken back by refunds."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sleek.audit.models import Record
from sleek.core import ids
from sleek.core.money import Money
from sleek.ledger import actions as ledger
from sleek.ledger.queries import verify
from sleek.merchants.models import Membership, Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Payment
from sleek.splits import actions as splits
from sleek.splits import rules
from sleek.splits.models import Portion, Share
from sleek.splits.rules import PlanFlaw, ShareWish
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

HUNDRED = Money(10_000, "USD")
DAYS = 7


@pytest.fixture
def owner(db: None, bank: Bank, frozen_clock: FrozenClock) -> Membership:
    return people.merchant().memberships.get()


@pytest.fixture
def carrier(owner: Membership) -> Membership:
    """Who ships Lin's tea sets, and gets a tenth."""
    return people.merchant("Carrier", "carrier@example.com").memberships.get()


def shared(
    owner: Membership, bank: Bank, wishes: list[ShareWish], paid: Money = HUNDRED
) -> Payment:
    payment = people.payment(owner.merchant, paid)
    assert payment.link
    splits.attach(payment.link, splits.create_plan(owner, "Tea", wishes), owner)
    for share in Share.objects.filter(beneficiary__isnull=False, accepted_at=None):
        assert share.beneficiary
        splits.accept(share, share.beneficiary.memberships.get())
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    splits.hold(payment)
    return Payment.objects.get(pk=payment.pk)


def held(shop: Merchant) -> dict[str, int]:
    assert verify() == []
    codes = ("in_transit", "available", "frozen", "clearing:balance")
    return {code: people.held(shop, code) for code in codes if people.held(shop, code)}


def refunded(payment: Payment, minor: int) -> None:
    """As refunds do: so much of the payment is promised to its payer, all in all."""
    payment.amount_refunded = minor
    payment.save(update_fields=["amount_refunded"])
    ledger.post(splits.give_up(payment))
    splits.settle_up(payment)


def test_a_part_is_held_until_its_day_has_come(
    owner: Membership, bank: Bank, frozen_clock: FrozenClock
) -> None:
    payment = shared(owner, bank, [ShareWish(300_000, release_after_days=DAYS)])
    splits.hold(payment)
    assert held(owner.merchant) == {"in_transit": 7000, "frozen": 3000}
    portion = payment.portions.get()
    splits.release_now(portion)
    assert held(owner.merchant) == {"in_transit": 7000, "frozen": 3000}
    frozen_clock.advance(days=DAYS)
    for _ in range(2):
        splits.release_now(portion)
    assert held(owner.merchant) == {"in_transit": 10_000}


def test_what_is_held_by_hand_waits_for_a_word(owner: Membership, bank: Bank) -> None:
    portion = shared(owner, bank, [ShareWish(1_000_000)]).portions.get()
    splits.release_now(portion)
    assert held(owner.merchant) == {"frozen": 10_000}
    splits.release(portion, owner)
    splits.release_now(portion)
    assert held(owner.merchant) == {"in_transit": 10_000}
    with pytest.raises(splits.NotReleasable):
        splits.release(portion, owner)


def test_a_share_goes_to_the_other_wallet_that_agreed(
    owner: Membership, carrier: Membership, bank: Bank
) -> None:
    wish = ShareWish(100_000, carrier.merchant_id, release_after_days=0)
    payment = shared(owner, bank, [wish])
    splits.release_now(payment.portions.get())
    assert held(owner.merchant) == {"in_transit": 9000, "clearing:balance": 1000}
    assert held(carrier.merchant) == {"available": 1000, "clearing:balance": -1000}


def test_who_changed_by_which_plan_a_link_is_shared_out_is_written_down(
    owner: Membership,
) -> None:
    link = people.link(owner.merchant, HUNDRED)
    plan = splits.create_plan(owner, "Tea", [ShareWish(100_000)])
    for chosen in (plan, None):
        splits.attach(link, chosen, owner)
    splits.archive(plan, owner)
    plan.refresh_from_db()
    with pytest.raises(splits.PlanRefused):
        splits.attach(link, plan, owner)
    told = Record.objects.filter(action="link.shared_out").order_by("pk")
    assert [(each.subject, each.actor, each.data) for each in told] == [
        (link.public_id, owner.user.public_id, {"plan": plan.public_id}),
        (link.public_id, owner.user.public_id, {"plan": ""}),
    ]


def test_without_its_word_nothing_is_shared(
    owner: Membership, carrier: Membership, bank: Bank
) -> None:
    payment = people.payment(owner.merchant, HUNDRED)
    assert payment.link
    plan = splits.create_plan(owner, "Tea", [ShareWish(100_000, carrier.merchant_id)])
    splits.attach(payment.link, plan, owner)
    share = plan.shares.get()
    splits.accept(share, carrier)
    splits.decline(share, carrier)
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    splits.hold(payment)
    assert held(owner.merchant) == {"in_transit": 10_000}
    with pytest.raises(Share.DoesNotExist):
        splits.accept(share, owner)


def test_a_refund_takes_back_in_proportion_from_what_is_held_and_what_was_shared(
    owner: Membership, carrier: Membership, bank: Bank
) -> None:
    wishes = [ShareWish(100_000, carrier.merchant_id, release_after_days=0), ShareWish(300_000)]
    payment = shared(owner, bank, wishes)
    splits.release_now(payment.portions.get(beneficiary=carrier.merchant))
    refunded(payment, 5000)
    assert held(owner.merchant)["frozen"] == 1500
    assert held(carrier.merchant) == {"available": 500, "clearing:balance": -500}
    refunded(payment, 0)
    assert held(owner.merchant)["frozen"] == 3000
    assert held(carrier.merchant) == {"available": 1000, "clearing:balance": -1000}
    refunded(payment, 10_000)
    assert held(carrier.merchant) == {}
    assert held(owner.merchant) == {"in_transit": 9000, "available": 1000}


def test_a_wallet_that_spent_its_share_gives_it_back_when_it_can(
    owner: Membership, carrier: Membership, bank: Bank
) -> None:
    wish = ShareWish(100_000, carrier.merchant_id, release_after_days=0)
    payment = shared(owner, bank, [wish])
    splits.release_now(payment.portions.get())
    spent = [("available", Money(-1000, "USD")), ("payouts:in_flight", Money(1000, "USD"))]
    entry = ledger.Entry(carrier.merchant_id, "payout_requested", "po_1", spent, payment.created_at)
    ledger.post([entry])
    refunded(payment, 10_000)
    portion = Portion.objects.get()
    assert (portion.is_settled, portion.amount_returned) == (False, 0)
    earned = [("clearing:till", Money(-5000, "USD")), ("available", Money(5000, "USD"))]
    ledger.post([ledger.Entry(carrier.merchant_id, "gift", "x", earned, payment.created_at)])
    splits.settle_up(payment)
    portion.refresh_from_db()
    assert (portion.is_settled, portion.amount_returned) == (True, 1000)
    assert people.held(carrier.merchant, "clearing:balance") == 0


@pytest.mark.parametrize(
    ("flaw", "name", "wishes"),
    [
        (PlanFlaw.NAME_MISSING, " ", [ShareWish(1)]),
        (PlanFlaw.NO_SHARE, "Tea", []),
        (PlanFlaw.TOO_MANY, "Tea", [ShareWish(1)] * 11),
        (PlanFlaw.SHARE_WRONG, "Tea", [ShareWish(0)]),
        (PlanFlaw.MORE_THAN_ALL, "Tea", [ShareWish(600_000), ShareWish(400_001, 7)]),
        (PlanFlaw.DAYS_WRONG, "Tea", [ShareWish(1, release_after_days=181)]),
        (PlanFlaw.OWN_WALLET, "Tea", [ShareWish(1, 1)]),
        (PlanFlaw.WALLET_TWICE, "Tea", [ShareWish(1, 7), ShareWish(1, 7)]),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(
    flaw: PlanFlaw, name: str, wishes: list[ShareWish]
) -> None:
    assert rules.flaw_of(name, 1, wishes) == flaw


@given(st.integers(1, 10**9), st.lists(st.integers(1, 250_000), min_size=1, max_size=4))
def test_portions_never_add_up_to_more_than_was_paid(minor: int, shares: list[int]) -> None:
    parts = [rules.portion(Money(minor, "USD"), share).minor for share in shares]
    assert 0 <= sum(parts) <= minor


@pytest.mark.usefixtures("db")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    shares=st.lists(st.integers(1, 330_000), min_size=1, max_size=3),
    story=st.lists(st.integers(0, 10_000), max_size=5),
)
def test_however_refunds_go_back_and_forth_the_books_hold_what_is_due(
    bank: Bank, shares: list[int], story: list[int]
) -> None:
    shop = people.merchant(email=f"{ids.new('lin')}@example.com")
    payment = people.payment(shop, HUNDRED)
    assert payment.link
    owner = shop.memberships.get()
    first, *others = shares
    wishes = [ShareWish(first)] + [
        ShareWish(share, people.merchant(email=f"{ids.new('x')}@example.com").pk, "", 0)
        for share in others
    ]
    splits.attach(payment.link, splits.create_plan(owner, "Tea", wishes), owner)
    for share in Share.objects.filter(plan__merchant=shop, beneficiary__isnull=False):
        assert share.beneficiary
        splits.accept(share, share.beneficiary.memberships.get())
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    splits.hold(payment)
    payment = Payment.objects.get(pk=payment.pk)
    for portion in payment.portions.all():
        splits.release_now(portion)
    for minor in story:
        refunded(payment, minor)
    for portion in payment.portions.all():
        back = rules.taken_back(
            portion.money, refunded=Money(payment.amount_refunded, "USD"), paid=HUNDRED
        )
        assert portion.amount_returned == back.minor
        if portion.beneficiary:
            assert people.held(portion.beneficiary, "available") == portion.left.minor
        else:
            assert people.held(shop, "frozen") == portion.left.minor
    assert verify() == []
