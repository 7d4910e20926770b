"""Paying bills: in whole, in parts, several together, twice at once, and too late."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from sleek.channels.base import Outcome, Report
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.invoices.rules import Stage, spread
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import Share
from sleek.payments.actions import billing as payments_billing
from sleek.payments.models import Payment
from tests import banks, billing, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

D = Decimal
HALVES = (Stage("First", percent=D(50)), Stage("Second", percent=D(50)))


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def pay(bank: Bank, payment: Payment, amount: Money | None = None) -> Payment:
    attempt = people.attempt(payment)
    payments.apply_reports([bank.pay(attempt.public_id, amount)])
    hear()
    payment.refresh_from_db()
    return payment


def hear() -> None:
    """The worker reads all news; it has read some of it before."""
    payments_billing.follow(list(Event.objects.filter(kind__in=payments_billing.FOLLOWED)))


def half_of(bill: Invoice) -> list[Share]:
    return billing.part(bill.instalments.get(), bill.asked.minor // 2)


def fresh(bill: Invoice) -> Invoice:
    return Invoice.objects.get(pk=bill.pk)


def test_a_bill_is_paid(shop: Merchant, bank: Bank) -> None:
    bill = billing.issued(shop)
    payment = pay(bank, billing.payment(*billing.whole(bill)))
    assert (payment.status, payment.description) == ("succeeded", "SK-2026-00001 · Sample fee")
    bill = fresh(bill)
    assert (bill.status, bill.amount_paid, bill.paid_at) == ("paid", 5000, payment.succeeded_at)
    assert Event.objects.filter(kind="invoice.paid").count() == 1
    hear()
    assert Event.objects.filter(kind="invoice.paid").count() == 1


def test_whoever_comes_for_the_same_pays_the_same(shop: Merchant) -> None:
    bill = billing.issued(shop)
    first = billing.payment(*billing.whole(bill))
    assert billing.payment(*billing.whole(bill)) == first
    assert first.payer.email == "ada@example.com"


def test_the_second_try_after_it_is_paid_finds_nothing_to_pay(shop: Merchant, bank: Bank) -> None:
    bill = billing.issued(shop)
    shares = billing.whole(bill)
    pay(bank, billing.payment(*shares))
    with pytest.raises(payments.NotPayable):
        billing.payment(*shares)


@pytest.mark.parametrize("minor", [0, -1, 5001])
def test_no_more_than_is_owed(shop: Merchant, minor: int) -> None:
    bill = billing.issued(shop)
    with pytest.raises(payments.NotPayable):
        billing.payment(*billing.part(bill.instalments.get(), minor))
    assert not Payment.objects.exists()


def test_drafts_and_void_bills_take_nothing(shop: Merchant) -> None:
    draft, bill = billing.drafted(shop), billing.issued(shop)
    invoices.void(bill, "typo", by=billing.owner(shop).user)
    for each in (draft, bill):
        with pytest.raises(payments.NotPayable):
            billing.payment(*billing.whole(each))


def test_part_by_part(shop: Merchant, bank: Bank) -> None:
    bill = billing.issued(shop)
    stage = bill.instalments.get()
    pay(bank, billing.payment(*billing.part(stage, 2000)))
    assert (fresh(bill).status, fresh(bill).due.minor) == ("open", 3000)
    with pytest.raises(payments.NotPayable):
        billing.payment(*billing.part(stage, 3001))
    pay(bank, billing.payment(*billing.part(stage, 3000)))
    assert (fresh(bill).status, fresh(bill).due.minor) == ("paid", 0)
    kinds = Event.objects.filter(kind__startswith="invoice.").order_by("pk")
    assert [event.kind for event in kinds][-2:] == ["invoice.part_paid", "invoice.paid"]


def test_stage_by_stage(shop: Merchant, bank: Bank) -> None:
    bill = billing.issued(shop, stages=HALVES)
    first, second = bill.instalments.all()
    pay(bank, billing.payment(Share(second, second.due)))
    assert [row.amount_paid for row in bill.instalments.all()] == [0, 2500]
    assert bill.instalments.get(pk=second.pk).paid_at == clock.now()
    pay(bank, billing.payment(Share(first, first.due)))
    assert fresh(bill).status == "paid"


def test_several_bills_with_one_payment(shop: Merchant, bank: Bank) -> None:
    one, two = billing.issued(shop), billing.issued(shop, billing.line("70"))
    payment = pay(bank, billing.payment(*billing.whole(one), *billing.whole(two)))
    assert (payment.amount, payment.description) == (12000, "SK-2026-00001, SK-2026-00002")
    assert [(fresh(bill).status, fresh(bill).amount_paid) for bill in (one, two)] == [
        ("paid", 5000),
        ("paid", 7000),
    ]


def test_bills_of_two_currencies_are_not_paid_together(shop: Merchant) -> None:
    one, two = billing.issued(shop), billing.issued(shop, currency="EUR")
    with pytest.raises(payments.NotPayable):
        billing.payment(*billing.whole(one), *billing.whole(two))


def test_a_wrong_amount_by_card_pays_nothing(shop: Merchant, bank: Bank) -> None:
    bill = billing.issued(shop)
    payment = pay(bank, billing.payment(*billing.whole(bill)), Money(4999, "USD"))
    assert payment.status == "processing"
    assert fresh(bill).amount_paid == 0


def arrive(shop: Merchant, payment: Payment, minor: int) -> None:
    account = shop.connections.filter(channel="banktransfer").first() or banks.account(shop)
    known = payment.attempts.order_by("pk").first() or banks.transfer(payment, account)
    payments.arrive(known, Money(minor, "USD"), reference="B1", payer="Okafor", at=clock.now())
    hear()


def test_a_transfer_of_a_part_pays_a_part_and_the_next_one_the_rest(shop: Merchant) -> None:
    """The payer writes the same reference on both."""
    bill = billing.issued(shop)
    payment = billing.payment(*billing.whole(bill))
    arrive(shop, payment, 2000)
    assert (fresh(bill).status, fresh(bill).amount_paid) == ("open", 2000)
    arrive(shop, payment, 2500)
    arrive(shop, payment, 500)
    assert (fresh(bill).status, fresh(bill).amount_paid) == ("paid", 5000)
    assert people.held(shop, "available") == 5000
    assert people.held(shop, "frozen") == 0


def test_a_transfer_of_too_much_pays_the_bill_and_says_so(shop: Merchant) -> None:
    bill = billing.issued(shop)
    arrive(shop, billing.payment(*billing.whole(bill)), 6000)
    bill = fresh(bill)
    assert (bill.status, bill.amount_paid, bill.overpaid.minor) == ("paid", 6000, 1000)


def test_too_much_is_told_though_it_came_with_what_was_asked(shop: Merchant, bank: Bank) -> None:
    """Two payments, and the worker hears of both at once."""
    bill = billing.issued(shop)
    parts = [billing.payment(*share) for share in ([*billing.whole(bill)], half_of(bill))]
    payments.apply_reports([bank.pay(people.attempt(each).public_id) for each in parts])
    hear()
    told = Event.objects.filter(subject=bill.public_id, kind__startswith="invoice.")
    assert fresh(bill).overpaid == Money(2500, "USD")
    kinds = list(told.order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == ["invoice.paid", "invoice.overpaid"]


def test_a_transfer_after_the_bill_is_paid_is_a_surplus(shop: Merchant) -> None:
    bill = billing.issued(shop)
    payment = billing.payment(*billing.whole(bill))
    arrive(shop, payment, 5000)
    arrive(shop, payment, 700)
    assert (fresh(bill).amount_paid, people.held(shop, "frozen")) == (5000, 700)


def test_a_late_transfer_still_pays_what_is_owed(shop: Merchant, frozen_clock: FrozenClock) -> None:
    bill = billing.issued(shop)
    payment = billing.payment(*billing.whole(bill))
    attempt = banks.transfer(payment, banks.account(shop))
    frozen_clock.advance(days=90)
    payments.expire(payment)
    Payment.objects.filter(pk=payment.pk).update(status="expired")
    payments.arrive(attempt, Money(5000, "USD"), reference="B1", payer="Ada", at=clock.now())
    hear()
    assert fresh(bill).status == "paid"
    assert people.held(shop, "frozen") == 0


def test_what_asks_too_much_after_a_payment_is_ended(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    bill = billing.issued(shop)
    stage = bill.instalments.get()
    all_of_it = billing.payment(*billing.whole(bill))
    pay(bank, billing.payment(*billing.part(stage, 2000)))
    all_of_it.refresh_from_db()
    assert all_of_it.expires_at == clock.now()
    payments.expire(all_of_it)
    all_of_it.refresh_from_db()
    assert all_of_it.status == "expired"


def test_voiding_ends_the_payment_and_late_money_is_none_of_the_bills(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    bill = billing.issued(shop)
    payment = billing.payment(*billing.whole(bill))
    attempt = people.attempt(payment)
    invoices.void(bill, "typo", by=billing.owner(shop).user)
    hear()
    frozen_clock.advance(minutes=2)
    payment.refresh_from_db()
    payments.expire(payment)
    payment.refresh_from_db()
    assert payment.status == "expired"
    payments.apply_reports(
        [Report(attempt.public_id, Outcome.SUCCEEDED, Money(5000, "USD"), reference="T1")]
    )
    hear()
    attempt.refresh_from_db()
    assert (attempt.surplus, fresh(bill).amount_paid, fresh(bill).status) == ("void", 0, "void")


def test_a_refund_is_told_in_proportion(shop: Merchant, bank: Bank) -> None:
    one, two = billing.issued(shop), billing.issued(shop, billing.line("150"))
    payment = pay(bank, billing.payment(*billing.whole(one), *billing.whole(two)))
    Payment.objects.filter(pk=payment.pk).update(amount_refunded=4000)
    hear()
    assert [fresh(bill).amount_refunded for bill in (one, two)] == [1000, 3000]
    assert [fresh(bill).status for bill in (one, two)] == ["paid", "paid"]


def test_a_credit_note_leaves_less_to_pay(shop: Merchant, bank: Bank) -> None:
    bill = billing.issued(shop)
    by = billing.owner(shop).user
    payment = billing.payment(*billing.whole(bill))
    note = invoices.credit(bill, Money(1000, "USD"), "one broke", by=by)
    hear()
    payment.refresh_from_db()
    assert (note.number, payment.expires_at) == ("HC-2026-00001", clock.now())
    bill = fresh(bill)
    assert bill.due.minor == 4000
    pay(bank, billing.payment(*billing.part(bill.instalments.get(), 4000)))
    assert fresh(bill).status == "paid"
    with pytest.raises(invoices.NotCreditableBill):
        invoices.credit(fresh(bill), Money(1, "USD"), "more", by=by)


def test_no_credit_note_takes_back_what_was_just_paid(shop: Merchant, bank: Bank) -> None:
    """The bill has not heard of its money yet."""
    bill = billing.issued(shop)
    attempt = people.attempt(billing.payment(*billing.whole(bill)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    assert fresh(bill).due.minor == 5000
    by = billing.owner(shop).user
    with pytest.raises(invoices.NotCreditableBill):
        payments_billing.credit(bill, Money(1000, "USD"), "one broke", by=by)
    assert fresh(bill).amount_credited == 0
    hear()
    assert (fresh(bill).status, fresh(bill).overpaid.minor) == ("paid", 0)


def test_a_credit_note_that_is_pressed_twice_is_issued_once(shop: Merchant) -> None:
    bill, by = billing.issued(shop), billing.owner(shop).user
    amount, seen = Money(1000, "USD"), Money(5000, "USD")
    payments_billing.credit(bill, amount, "one broke", by=by, seen=seen)
    with pytest.raises(invoices.ChangedMeanwhile):
        payments_billing.credit(bill, amount, "one broke", by=by, seen=seen)
    assert (fresh(bill).amount_credited, bill.credit_notes.count()) == (1000, 1)


def test_a_late_transfer_pays_what_a_credit_note_left(shop: Merchant) -> None:
    """Both stages ask for more together than the bill still does."""
    bill = billing.issued(shop, stages=HALVES)
    first, _second = bill.instalments.all()
    payment = billing.payment(Share(first, first.due))
    arrive(shop, payment, 2500)
    invoices.credit(fresh(bill), Money(1000, "USD"), "one broke", by=billing.owner(shop).user)
    arrive(shop, payment, 1500)
    assert (fresh(bill).status, fresh(bill).amount_paid) == ("paid", 4000)
    assert people.held(shop, "frozen") == 0


def test_opened_at_once_it_is_one_payment(committed_db: str) -> None:
    bill = billing.issued(people.merchant())

    def visit(_number: int) -> str:
        try:
            return billing.payment(*billing.whole(bill)).public_id
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        assert len(set(pool.map(visit, range(6)))) == 1
    assert Payment.objects.count() == 1


@settings(max_examples=60)
@given(wishes=st.lists(st.integers(1, 1000), min_size=1, max_size=6), received=st.integers(0, 9000))
def test_what_is_spread_is_all_that_came(wishes, received):
    parts = spread(Money(received, "USD"), [Money(wish, "USD") for wish in wishes])
    assert sum(part.minor for part in parts) == received
    for part, wish in zip(parts[:-1], wishes[:-1], strict=True):
        assert 0 <= part.minor <= wish
