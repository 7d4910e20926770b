"""Whatever happens to a payment's refunds, in whatever order: no more goes back than was paid, the
books are whole, and what is counted is what is so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sleek.channels.base import Outcome, RefundReport
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.ledger import queries as ledger
from sleek.ledger.models import Account
from sleek.merchants.models import Membership, User
from sleek.payments.models import Payment
from sleek.reconciliation import actions as reconciliation
from sleek.refunds import actions as refunds
from sleek.refunds import queries
from sleek.refunds.models import BankAccount, Refund
from sleek.refunds.rules import Limits, RefundReason
from tests import banks, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.refunds.conftest import FIFTY, paid

ACTS = (
    "promise",
    "approve",
    "decline",
    "call_off",
    "send",
    "succeed",
    "fail",
    "reroute",
    "fill",
    "pay",
    "take",
    "come_back",
    "renew",
    "settle",
    "short",
    "answer",
)
ANNA = BankAccount("Anna Berg", "DE", "DE89370400440532013000")


@dataclass(frozen=True)
class World:
    payment: Payment
    bank: Bank
    lin: User
    wang: User
    anna: Membership


step = st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(1, 5500))


TAKEN = ["promise", "short", "send", "reroute", "take", "settle", "take", "come_back", "fail"]


@pytest.fixture
def world(db: None, frozen_clock: FrozenClock, bank: Bank) -> World:
    """Made once: each sequence begins here, and is undone."""
    shop = people.merchant()
    lin = shop.memberships.get().user
    wang = User.objects.create_user("wang@example.com")
    shop.memberships.create(user=wang, role="finance")
    refunds.set_rule(shop, "USD", "finance", Limits(review_from=2000), by=lin)
    anna = people.merchant("Anna Tea", "anna@example.com").memberships.get()
    banks.wallets()
    return World(paid(shop, bank, FIFTY), bank, lin, wang, anna)


@example(steps=[(act, 0, 5000) for act in TAKEN])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, min_size=3, max_size=25))
def test_any_sequence_keeps_the_sums(world, steps):
    with transaction.atomic():
        world.bank.is_short = world.bank.refuses = False
        world.bank.refunds.clear()
        payment = Payment.objects.get(pk=world.payment.pk)
        fresh = replace(world, payment=payment)
        for act, which, minor in steps:
            try:
                with transaction.atomic():
                    _do(act, which, Money(minor, "USD"), fresh)
            except SleekError:
                pass
            _check(payment.merchant, payment, world.anna.merchant)
        transaction.set_rollback(True)


def _do(act: str, which: int, amount: Money, world: World) -> None:
    payment, bank, lin, wang = world.payment, world.bank, world.lin, world.wang
    if act == "promise":
        by = lin if which == 0 else wang
        refunds.promise(payment, amount, reason=RefundReason.OTHER, by=by)
        return
    if act == "settle":
        place = payment.merchant.memberships.get(role="owner")
        reconciliation.record_settlement(place, "till", amount, arrived_on=clock.now().date())
        return
    if act in ("short", "answer"):
        bank.is_short = act == "short"
        return
    known = list(Refund.objects.filter(attempt__payment=payment).order_by("pk"))
    if not known:
        return
    refund = known[which % len(known)]
    done = RefundReport(refund.public_id, Outcome.SUCCEEDED, refund.money, reference="R")
    claim = queries.live_claim(refund)
    acts = {
        "approve": lambda: refunds.approve(refund, by=lin),
        "decline": lambda: refunds.decline(refund, why="-", by=lin),
        "call_off": lambda: refunds.call_off(refund, by=wang),
        "send": lambda: refunds.check(refund),
        "succeed": lambda: refunds.apply_report(done),
        "fail": lambda: refunds.apply_report(RefundReport(refund.public_id, Outcome.FAILED)),
        "reroute": lambda: refunds.reroute(refund, by=wang),
        "fill": lambda: claim and refunds.fill_claim(claim, ANNA),
        "take": lambda: claim and refunds.take_to_wallet(claim, by=world.anna),
        "pay": lambda: refunds.pay_claim(refund, reference="B", by=wang),
        "come_back": lambda: refunds.return_by_bank(refund, by=wang),
        "renew": lambda: refunds.renew_claim(refund, by=wang),
    }
    acts[act]()


def _check(shop, payment, elsewhere):
    payment = Payment.objects.get(pk=payment.pk)
    known = list(Refund.objects.filter(attempt__payment=payment))
    live = sum(refund.amount for refund in known if refund.status != "failed")
    in_flight = sum(r.amount for r in known if r.status in ("in_review", "pending"))
    assert payment.amount_refunded == live <= payment.amount_paid == 5000
    held = _held()
    assert held[shop.pk, "refunds:in_flight"] == in_flight
    own = sum(held[shop.pk, code] for code in ("in_transit", "available"))
    assert own == 5000 - live
    in_wallet = sum(r.amount for r in known if r.route == "balance")
    assert held[elsewhere.pk, "available"] == in_wallet
    # Only what the bank had can be in a wallet: by transfer a merchant may pay out of other money.
    by_bank = sum(r.amount for r in known if (r.route, r.status) == ("bank", "succeeded"))
    assert in_wallet + held[shop.pk, "available"] <= by_bank - held[shop.pk, "bank"]
    assert ledger.verify() == []


def _held() -> Counter[tuple[int, str]]:
    """What is on all accounts, in minor units."""
    accounts = Account.objects.filter(currency="USD").values_list("merchant_id", "code", "balance")
    return Counter({(merchant, code): balance for merchant, code, balance in accounts})
