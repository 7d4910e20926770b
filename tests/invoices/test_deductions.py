"""A sample fee that is deducted from a later, larger bill: promised, available, reserved, used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from sleek.core import clock
from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.actions import Standing
from sleek.invoices.models import Entitlement, Invoice
from sleek.invoices.rules import Policy
from sleek.merchants.models import Merchant
from tests import billing, people
from tests.conftest import FrozenClock

POLICY = Policy(Money(50000, "USD"), Money(2000000, "USD"), valid_days=90)


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def sample_fee(shop: Merchant, policy: Policy = POLICY) -> Invoice:
    return billing.issued(shop, billing.line("500"), policy=policy)


def settle(bill: Invoice, *, paid: int | None = None, refunded: int = 0) -> Invoice:
    stage = bill.instalments.get()
    amount = stage.amount if paid is None else paid
    return invoices.settle(bill, Standing({stage.pk: amount}, refunded, clock.now()))


def entitlement() -> tuple[str, int, int, int]:
    each = Entitlement.objects.get()
    return each.status, each.amount_reserved, each.amount_used, each.amount_lost


def test_it_is_promised_available_reserved_and_used(shop: Merchant) -> None:
    fee = sample_fee(shop)
    assert entitlement() == ("promised", 0, 0, 0)
    settle(fee)
    assert entitlement() == ("available", 0, 0, 0)
    order = billing.issued(shop, billing.line("20000"))
    assert entitlement() == ("reserved", 50000, 0, 0)
    assert (order.amount, order.amount_deducted, order.asked.minor) == (2000000, 50000, 1950000)
    settle(order)
    assert entitlement() == ("used", 0, 50000, 0)
    assert order.deductions.get().status == "used"


@pytest.mark.parametrize(
    ("price", "deducted"), [("19999.99", 0), ("20000.00", 50000), ("20000.01", 50000)]
)
def test_the_threshold_to_the_cent(shop: Merchant, price: str, deducted: int) -> None:
    settle(sample_fee(shop))
    assert billing.issued(shop, billing.line(price)).amount_deducted == deducted


def test_nothing_is_deducted_before_the_sample_fee_is_paid(shop: Merchant) -> None:
    fee = sample_fee(shop)
    settle(fee, paid=49999)
    assert entitlement()[0] == "promised"
    assert billing.issued(shop, billing.line("20000")).amount_deducted == 0


def test_it_is_the_customers_own(shop: Merchant) -> None:
    settle(sample_fee(shop))
    other = billing.customer(shop, "Somebody else")
    draft = billing.draft(other, billing.line("20000"))
    bill = invoices.create(shop, draft, by=billing.owner(shop).user)
    assert bill.amount_deducted == 0
    nobody = replace(draft, customer=None)
    assert invoices.create(shop, nobody, by=billing.owner(shop).user).amount_deducted == 0


@pytest.mark.parametrize(("counts", "deducted"), [(False, 0), (True, 50000)])
def test_courier_costs_count_where_the_policy_says_so(
    shop: Merchant, counts: bool, deducted: int
) -> None:
    settle(sample_fee(shop, replace(POLICY, counts_courier=counts)))
    courier = replace(billing.line("100", item="DHL"), is_courier=True)
    assert billing.issued(shop, billing.line("19900"), courier).amount_deducted == deducted


def test_it_expires_after_its_last_day(shop: Merchant, frozen_clock: FrozenClock) -> None:
    settle(sample_fee(shop))
    draft = billing.drafted(shop, billing.line("20000"))
    assert draft.amount_deducted == 50000
    frozen_clock.advance(days=90)
    assert billing.drafted(shop, billing.line("20000")).amount_deducted == 50000
    frozen_clock.advance(days=1)
    assert billing.drafted(shop, billing.line("20000")).amount_deducted == 0
    with pytest.raises(invoices.DeductionGone):
        invoices.issue(draft, by=billing.owner(shop))
    assert invoices.expire_entitlements() == 1
    assert entitlement()[0] == "expired"
    assert invoices.expire_entitlements() == 0


def test_once_means_that_the_rest_is_lost(shop: Merchant) -> None:
    settle(sample_fee(shop, Policy(Money(50000, "USD"), Money(50000, "USD"))))
    first = billing.issued(shop, billing.line("500"), billing.line("-0.01"))
    assert first.amount_deducted == 0
    assert billing.issued(shop, billing.line("1000")).amount_deducted == 50000
    assert billing.issued(shop, billing.line("1000")).amount_deducted == 0


def test_several_bills_share_what_may_be_used_in_parts(shop: Merchant) -> None:
    policy = Policy(Money(50000, "USD"), Money(50000, "USD"), is_once=False)
    settle(sample_fee(shop, policy))
    one = billing.issued(shop, billing.line("700"))
    assert one.amount_deducted == 50000
    invoices.void(one, "typo", by=billing.owner(shop).user)
    assert entitlement() == ("available", 0, 0, 0)


def test_a_voided_bill_gives_it_back(shop: Merchant) -> None:
    settle(sample_fee(shop))
    order = billing.issued(shop, billing.line("20000"))
    invoices.void(order, "typo", by=billing.owner(shop).user)
    assert entitlement() == ("available", 0, 0, 0)
    assert billing.issued(shop, billing.line("20000")).amount_deducted == 50000


def test_a_refund_of_the_order_gives_it_back(shop: Merchant) -> None:
    settle(sample_fee(shop))
    order = billing.issued(shop, billing.line("20000"))
    settle(order)
    settle(order, refunded=1949999)
    assert entitlement() == ("used", 0, 50000, 0)
    settle(order, refunded=1950000)
    assert entitlement() == ("available", 0, 0, 0)


def test_a_refund_of_the_order_that_fails_uses_it_again(shop: Merchant) -> None:
    settle(sample_fee(shop))
    order = billing.issued(shop, billing.line("20000"))
    settle(order)
    settle(order, refunded=1950000)
    for _again in range(2):
        settle(order, refunded=0)
        assert entitlement() == ("used", 0, 50000, 0)
    assert order.deductions.get().status == "used"
    assert billing.issued(shop, billing.line("20000")).amount_deducted == 0


def test_a_bill_that_still_asks_keeps_what_it_deducts(shop: Merchant) -> None:
    settle(sample_fee(shop))
    order = billing.issued(shop, billing.line("20000"))
    settle(order, paid=100000)
    settle(order, paid=100000, refunded=100000)
    assert entitlement() == ("reserved", 50000, 0, 0)
    settle(order, paid=1950000, refunded=100000)
    assert entitlement() == ("used", 0, 50000, 0)


def test_what_another_bill_has_by_then_stays_with_that_one(shop: Merchant) -> None:
    settle(sample_fee(shop))
    order = billing.issued(shop, billing.line("20000"))
    settle(order)
    settle(order, refunded=1950000)
    other = billing.issued(shop, billing.line("20000"))
    settle(order, refunded=0)
    assert entitlement() == ("reserved", 50000, 0, 0)
    assert [each.deductions.get().status for each in (order, other)] == ["released", "reserved"]


def test_a_replacement_deducts_what_the_old_bill_did(shop: Merchant) -> None:
    owner = billing.owner(shop)
    settle(sample_fee(shop))
    first = billing.issued(shop, billing.line("20000"))
    heir = invoices.replacement(first, by=owner.user)
    assert heir.amount_deducted == 50000
    heir = invoices.issue(heir, by=owner)
    assert (heir.asked.minor, entitlement()) == (1950000, ("reserved", 50000, 0, 0))
    assert first.deductions.get().status == "released"
    assert heir.deductions.get().status == "reserved"


def test_a_corrected_replacement_deducts_it_once(shop: Merchant) -> None:
    owner = billing.owner(shop)
    policy = Policy(Money(50000, "USD"), Money(50000, "USD"), is_once=False)
    settle(sample_fee(shop, policy))
    first = billing.issued(shop, billing.line("20000"))
    heir = invoices.replacement(first, by=owner.user)
    said = billing.draft(shop.customers.get(), billing.line("20001"))
    heir = invoices.rewrite(heir, said, revision=heir.revision, by=owner.user)
    assert heir.amount_deducted == 50000
    assert billing.drafted(shop, billing.line("20000")).amount_deducted == 0
    invoices.issue(heir, by=owner)
    assert entitlement() == ("reserved", 50000, 0, 0)


def test_a_bill_whose_money_went_back_cannot_be_replaced(shop: Merchant) -> None:
    """It stays paid, and the refund stands beside it: the replacement could never be issued."""
    bill = billing.issued(shop, billing.line("500"))
    settle(bill)
    settle(bill, refunded=50000)
    with pytest.raises(invoices.NotVoidable):
        invoices.replacement(bill, by=billing.owner(shop).user)
    assert Invoice.objects.count() == 1


def test_a_refund_of_the_sample_fee_takes_it_away(shop: Merchant) -> None:
    fee = sample_fee(shop)
    settle(fee)
    settle(fee, refunded=20000)
    assert entitlement() == ("available", 0, 0, 20000)
    draft = billing.drafted(shop, billing.line("20000"))
    assert draft.amount_deducted == 30000
    settle(fee, refunded=50000)
    assert entitlement() == ("void", 0, 0, 50000)
    with pytest.raises(invoices.DeductionGone):
        invoices.issue(draft, by=billing.owner(shop))
    settle(fee, refunded=0)  # the refund failed
    assert entitlement() == ("available", 0, 0, 0)


def test_in_another_currency_by_the_rate_of_the_day(shop: Merchant) -> None:
    settle(sample_fee(shop, replace(POLICY, threshold=Money(10000000, "CNY"))))
    each = Entitlement.objects.get()
    assert each.rate is not None
    worth = int(each.rate * 50000)
    order = billing.drafted(shop, billing.line("100000"), currency="CNY")
    assert order.amount_deducted == worth
    small = billing.drafted(shop, billing.line("99999.99"), currency="CNY")
    assert small.amount_deducted == 0
    other = billing.drafted(shop, billing.line("9999999"), currency="JPY")
    assert other.amount_deducted == 0
    same = billing.drafted(shop, billing.line(str(Decimal(100000) / each.rate + 1)[:12]))
    assert same.amount_deducted == 50000


def test_of_two_bills_that_want_it_one_gets_it(committed_db: str) -> None:
    shop = people.merchant()
    settle(sample_fee(shop, replace(POLICY, valid_days=None)))
    drafts = [billing.drafted(shop, billing.line("20000")) for _ in range(4)]

    def issue(bill: Invoice) -> str:
        try:
            return str(invoices.issue(bill, by=billing.owner(shop)).status)
        except invoices.DeductionGone as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        ends = sorted(pool.map(issue, drafts))
    assert ends == ["deduction_gone", "deduction_gone", "deduction_gone", "open"]
    assert entitlement() == ("reserved", 50000, 0, 0)


@pytest.mark.parametrize(("total", "takes"), [(989, 0), (990, 100)])
def test_a_rate_that_divides_evenly_moves_no_threshold(total: int, takes: int) -> None:
    """6.93 at 0.7 are 9.90 exactly, though 1 / 0.7 has no end."""
    each = Entitlement(
        amount=100,
        currency="EUR",
        threshold=693,
        threshold_currency="USD",
        rate=Decimal("0.7"),
    )
    claim = bills.plan(each, (Money(total, "EUR"),) * 2, Money(total, "EUR"))
    assert (claim.amount if claim else 0) == takes


@given(left=st.integers(0, 10**7), threshold=st.integers(1, 10**7), total=st.integers(1, 10**7))
def test_no_bill_takes_more_than_there_is_or_than_it_asks(left, threshold, total):
    each = Entitlement(amount=left, currency="USD", threshold=threshold, threshold_currency="USD")
    claim = bills.plan(each, (Money(total, "USD"),) * 2, Money(total, "USD"))
    taken = claim.amount if claim else 0
    assert taken == (min(left, total) if total >= threshold else 0)
