"""A refund fails after another bill took what its bill deducts: somebody is told, and decides."""

from __future__ import annotations

import pytest

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices.models import Entitlement, Invoice
from sleek.invoices.rules import Policy
from sleek.merchants.models import Membership, Merchant, User
from sleek.notifications.models import Message
from sleek.payments import actions as payments
from sleek.payments.models import Payment
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation.models import Anomaly
from sleek.refunds import actions as refunds
from sleek.refunds.models import Refund
from sleek.refunds.rules import Limits, RefundReason
from tests import billing, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

FEE = Policy(Money(50000, "USD"), Money(2000000, "USD"))
SHARED = Policy(Money(50000, "USD"), Money(50000, "USD"), is_once=False)


@pytest.fixture
def shop(db: None, bank: Bank, frozen_clock: FrozenClock) -> Merchant:
    """Where a second person looks at every refund."""
    shop = people.merchant()
    wang = User.objects.create_user("wang@example.com")
    Membership.objects.create(user=wang, merchant=shop, role="finance")
    User.objects.update(language="en")
    limits = Limits(review_from=1)
    refunds.set_rule(shop, "USD", "finance", limits, by=billing.owner(shop).user)
    return shop


def wang(shop: Merchant) -> User:
    return shop.memberships.get(role="finance").user


def pay(bill: Invoice, bank: Bank) -> Payment:
    payment = billing.payment(*billing.whole(bill))
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    billing.work()
    return Payment.objects.get(pk=payment.pk)


def in_review(payment: Payment, money: Money | None = None) -> Refund:
    """All of it gives back what its bill deducts."""
    whole = Money(payment.amount_paid, payment.currency)
    [refund] = refunds.promise(
        payment, money or whole, reason=RefundReason.REQUESTED, by=wang(payment.merchant)
    )
    billing.work()
    return refund


def decline(refund: Refund) -> None:
    lin = billing.owner(refund.merchant).user
    refunds.decline(refund, why="They kept the goods", by=lin)
    billing.work()


def deducted_twice(shop: Merchant, bank: Bank) -> tuple[Invoice, Invoice]:
    pay(billing.issued(shop, billing.line("500"), policy=FEE), bank)
    order = billing.issued(shop, billing.line("20000"))
    refund = in_review(pay(order, bank))
    other = billing.issued(shop, billing.line("20000"))
    assert [bill.amount_deducted for bill in (order, other)] == [50000, 50000]
    decline(refund)
    return order, other


def listed() -> list[tuple[str, str, str, str]]:
    rows = Anomaly.objects.order_by("pk")
    return [(one.flag, one.reference, str(one.money), one.ending or "open") for one in rows]


def deductions(*bills: Invoice) -> list[str]:
    return [bill.deductions.get().status for bill in bills]


def test_it_is_listed_with_the_amount_and_told_once(shop: Merchant, bank: Bank) -> None:
    order, other = deducted_twice(shop, bank)
    assert listed() == [("given_twice", order.number, "500.00 USD", "open")]
    assert deductions(order, other) == ["released", "reserved"]
    [event] = Event.objects.filter(kind="deduction.given_twice", subject=order.public_id)
    assert (event.data["amount"], event.data["currency"]) == (50000, "USD")
    letters = Message.objects.filter(template="anomaly")
    assert sorted(letters.values_list("recipient", flat=True)) == [
        "lin@example.com",
        "wang@example.com",
    ]
    assert {each.subject for each in letters} == {"500.00 USD: please look into it"}
    assert all(order.number in each.text for each in letters)


def test_before_the_refund_fails_there_is_nothing_to_tell(shop: Merchant, bank: Bank) -> None:
    pay(billing.issued(shop, billing.line("500"), policy=FEE), bank)
    order = billing.issued(shop, billing.line("20000"))
    refund = in_review(pay(order, bank))
    assert listed() == []
    decline(refund)
    assert (listed(), deductions(order)) == ([], ["used"])


def test_a_persons_word_closes_it_for_good(shop: Merchant, bank: Bank) -> None:
    order, _other = deducted_twice(shop, bank)
    reconciliation.look_at(Anomaly.objects.get(), "They may keep it", by=wang(shop))
    billing.work()
    assert listed() == [("given_twice", order.number, "500.00 USD", "looked_at")]
    assert Anomaly.objects.get().reason == "They may keep it"
    assert Message.objects.filter(template="anomaly").count() == 2


def test_a_voided_other_bill_settles_it_and_the_first_one_deducts_again(
    shop: Merchant, bank: Bank
) -> None:
    order, other = deducted_twice(shop, bank)
    invoices.void(other, "deducts too much", by=billing.owner(shop).user)
    billing.work()
    assert listed() == [("given_twice", order.number, "500.00 USD", "by_itself")]
    assert deductions(order, other) == ["used", "released"]
    each = Entitlement.objects.get()
    assert (each.status, each.amount_used, each.amount_reserved) == ("used", 50000, 0)
    assert billing.issued(shop, billing.line("20000")).amount_deducted == 0


def test_given_back_after_all_it_is_settled(shop: Merchant, bank: Bank) -> None:
    order, other = deducted_twice(shop, bank)
    payment = Payment.objects.get(allocations__instalment__invoice=order)
    refunds.approve(in_review(payment), by=billing.owner(shop).user)
    billing.work()
    assert listed() == [("given_twice", order.number, "500.00 USD", "by_itself")]
    assert deductions(order, other) == ["released", "reserved"]


def test_what_is_left_counts_until_a_third_bill_takes_it(shop: Merchant, bank: Bank) -> None:
    """While 100 of the fee were on their way back, too, the other bill could deduct no more than
    the rest.
    """
    fee = pay(billing.issued(shop, billing.line("500"), policy=SHARED), bank)
    order = billing.issued(shop, billing.line("20000"))
    whole, part = in_review(pay(order, bank)), in_review(fee, Money(10000, "USD"))
    other = billing.issued(shop, billing.line("20000"))
    assert [bill.amount_deducted for bill in (order, other)] == [50000, 40000]
    decline(part)
    decline(whole)
    assert listed() == [("given_twice", order.number, "400.00 USD", "open")]
    assert billing.issued(shop, billing.line("20000")).amount_deducted == 10000
    billing.work()
    assert listed() == [("given_twice", order.number, "500.00 USD", "open")]
    assert Entitlement.objects.get().left == Money(0, "USD")
