"""Money for a void bill pays nothing and waits for a person; and a bill that got money is not made
void, even before it has heard of it.
"""

from __future__ import annotations

import pytest

from sleek.channels.base import Outcome, Report
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.ledger.queries import verify
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments import queries
from sleek.payments.models import Attempt, Payment
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation.models import Anomaly
from sleek.refunds.models import Refund
from tests import banks, billing, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def void(bill: Invoice) -> Invoice:
    return invoices.void(bill, "typo", by=billing.owner(bill.merchant).user)


def fresh(bill: Invoice) -> Invoice:
    return Invoice.objects.get(pk=bill.pk)


def paid_after_void(shop: Merchant, bank: Bank, received: Money = FIFTY) -> tuple[Invoice, Attempt]:
    """The bill is void, and nobody has ended its payment yet."""
    bill = billing.issued(shop)
    attempt = people.attempt(billing.payment(*billing.whole(bill)))
    void(bill)
    payments.apply_reports([bank.pay(attempt.public_id, received)])
    attempt.refresh_from_db()
    billing.work()
    return fresh(bill), attempt


def replaced(shop: Merchant, bank: Bank, price: str = "50") -> tuple[Invoice, Attempt]:
    """The same, with a bill in its place."""
    owner = billing.owner(shop)
    first = billing.issued(shop)
    attempt = people.attempt(billing.payment(*billing.whole(first)))
    heir = invoices.replacement(first, by=owner.user)
    said = billing.draft(shop.customers.get(), billing.line(price))
    heir = invoices.rewrite(heir, said, revision=heir.revision, by=owner.user)
    heir = invoices.issue(heir, by=owner)
    payments.apply_reports([bank.pay(attempt.public_id)])
    billing.work()
    attempt.refresh_from_db()
    return heir, attempt


@pytest.mark.parametrize("minor", [5000, 4900, 5100])
def test_money_between_voiding_and_closing_pays_nothing(
    shop: Merchant, bank: Bank, minor: int
) -> None:
    bill, attempt = paid_after_void(shop, bank, Money(minor, "USD"))
    assert (bill.status, bill.amount_paid) == ("void", 0)
    assert (attempt.status, attempt.surplus) == ("succeeded", "void")
    assert Payment.objects.get().status == "pending"
    assert people.held(shop, "frozen") == minor
    assert people.held(shop, "in_transit") == 0
    assert verify() == []


def test_it_waits_for_a_person_in_the_list(shop: Merchant, bank: Bank) -> None:
    _bill, attempt = paid_after_void(shop, bank)
    assert not Refund.objects.exists()
    row = Anomaly.objects.get()
    assert (row.flag, row.amount, row.needs_person) == ("late", 5000, True)
    refund = reconciliation.give_back(attempt, by=billing.owner(shop).user)
    assert (refund.money, people.held(shop, "frozen")) == (FIFTY, 0)
    assert Anomaly.objects.get().ending == "returned"


def test_it_comes_to_the_same_after_the_payment_was_ended(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    bill = billing.issued(shop)
    attempt = people.attempt(billing.payment(*billing.whole(bill)))
    void(bill)
    billing.work()
    frozen_clock.advance(minutes=2)
    payments.apply_reports([Report(attempt.public_id, Outcome.FAILED)])
    payments.expire(Payment.objects.get())
    payments.apply_reports([bank.pay(attempt.public_id)])
    billing.work()
    attempt.refresh_from_db()
    assert (attempt.surplus, Payment.objects.get().status) == ("void", "expired")
    assert Anomaly.objects.get().needs_person


def test_a_wrong_sum_that_waited_is_not_accepted_for_a_bill_made_void(
    shop: Merchant, bank: Bank
) -> None:
    bill = billing.issued(shop)
    attempt = people.attempt(billing.payment(*billing.whole(bill)))
    payments.apply_reports([bank.pay(attempt.public_id, Money(4900, "USD"))])
    void(bill)
    with pytest.raises(payments.NotAcceptable):
        payments.accept(attempt.payment)
    with pytest.raises(reconciliation.NotDecidable):
        reconciliation.accept(attempt, by=billing.owner(shop).user)
    assert (fresh(bill).amount_paid, people.held(shop, "frozen")) == (0, 4900)


def test_kept_money_does_not_pay_a_void_bill(shop: Merchant, bank: Bank) -> None:
    _bill, late = paid_after_void(shop, bank)
    other = billing.issued(shop)
    asked = billing.payment(*billing.whole(other))
    void(other)
    with pytest.raises(payments.NotCreditable):
        reconciliation.apply_to(late, asked, by=billing.owner(shop).user)
    assert people.held(shop, "frozen") == 5000


def test_the_bill_in_its_place_takes_the_money(shop: Merchant, bank: Bank) -> None:
    heir, attempt = replaced(shop, bank)
    assert queries.heirs_of(attempt.payment) == [heir]
    applied = reconciliation.apply_to_bill(attempt, heir, by=billing.owner(shop).user)
    billing.work()
    assert applied.payment.status == "succeeded"
    assert (fresh(heir).status, fresh(heir).amount_paid) == ("paid", 5000)
    assert (people.held(shop, "frozen"), people.held(shop, "in_transit")) == (0, 5000)
    assert Anomaly.objects.get().ending == "applied"
    assert verify() == []


def test_a_dearer_one_is_paid_in_part_and_a_cheaper_one_leaves_a_credit(
    shop: Merchant, bank: Bank
) -> None:
    by = billing.owner(shop).user
    dearer, attempt = replaced(shop, bank, "80")
    reconciliation.apply_to_bill(attempt, dearer, by=by)
    cheaper, attempt = replaced(shop, bank, "30")
    reconciliation.apply_to_bill(attempt, cheaper, by=by)
    billing.work()
    assert (fresh(dearer).status, fresh(dearer).due.minor) == ("open", 3000)
    assert (fresh(cheaper).status, people.held(shop, "credits")) == ("paid", 2000)


def test_a_paid_bill_takes_no_more(shop: Merchant, bank: Bank) -> None:
    heir, attempt = replaced(shop, bank)
    payments.apply_reports(
        [bank.pay(people.attempt(billing.payment(*billing.whole(heir))).public_id)]
    )
    billing.work()
    with pytest.raises(payments.NotPayable):
        reconciliation.apply_to_bill(attempt, fresh(heir), by=billing.owner(shop).user)
    assert people.held(shop, "frozen") == 5000


def test_another_merchants_bill_takes_nothing(shop: Merchant, bank: Bank) -> None:
    _bill, attempt = paid_after_void(shop, bank)
    foreign = billing.issued(people.merchant("Wei Tea", "wei@example.com"))
    with pytest.raises(reconciliation.NotDecidable):
        reconciliation.apply_to_bill(attempt, foreign, by=billing.owner(shop).user)
    assert people.held(shop, "frozen") == 5000


def test_a_bill_is_not_made_void_before_it_hears_of_its_money(shop: Merchant, bank: Bank) -> None:
    """The worker has not come round yet."""
    bill = billing.issued(shop)
    attempt = people.attempt(billing.payment(*billing.whole(bill)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    assert fresh(bill).amount_paid == 0
    with pytest.raises(invoices.NotVoidable):
        void(bill)
    assert fresh(bill).status == "open"
    assert not Event.objects.filter(kind="invoice.voided").exists()
    billing.work()
    assert fresh(bill).status == "paid"


def test_nor_is_it_replaced_then(shop: Merchant, bank: Bank) -> None:
    owner = billing.owner(shop)
    bill = billing.issued(shop)
    attempt = people.attempt(billing.payment(*billing.whole(bill)))
    heir = invoices.replacement(bill, by=owner.user)
    payments.apply_reports([bank.pay(attempt.public_id)])
    with pytest.raises(invoices.NotVoidable):
        invoices.issue(heir, by=owner)
    assert (fresh(heir).number, fresh(bill).status) == ("", "open")


def test_once_all_of_it_is_given_back_it_may_be_void(shop: Merchant, bank: Bank) -> None:
    bill = billing.issued(shop)
    attempt = people.attempt(billing.payment(*billing.whole(bill)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    Payment.objects.update(amount_refunded=5000)
    assert void(bill).status == "void"


def test_a_bill_that_got_nothing_of_a_payment_for_two_may_be_void(shop: Merchant) -> None:
    one, two = billing.issued(shop), billing.issued(shop)
    payment = billing.payment(*billing.whole(one), *billing.whole(two))
    attempt = banks.transfer(payment, banks.account(shop))
    payments.arrive(attempt, FIFTY, reference="B1", payer="Ada", at=clock.now())
    assert void(two).status == "void"
    with pytest.raises(invoices.NotVoidable):
        void(one)


def test_a_transfer_for_two_bills_pays_the_one_that_stands(shop: Merchant) -> None:
    one, two = billing.issued(shop), billing.issued(shop, billing.line("70"))
    payment = billing.payment(*billing.whole(one), *billing.whole(two))
    attempt = banks.transfer(payment, banks.account(shop))
    void(one)
    payments.arrive(attempt, Money(7000, "USD"), reference="B1", payer="Ada", at=clock.now())
    billing.work()
    assert [(fresh(bill).status, fresh(bill).amount_paid) for bill in (one, two)] == [
        ("void", 0),
        ("paid", 7000),
    ]
