"""Races about money that comes as its bill is made void, or is told of another payment."""

from __future__ import annotations

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices.actions import drafting
from sleek.invoices.models import Entitlement, Invoice
from sleek.invoices.rules import Policy
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import billing as bills
from sleek.payments.actions.billing import following
from sleek.payments.actions.reports import cases
from sleek.payments.models import Attempt, Payment
from tests import billing, people
from tests.fakes.channel import Bank
from tests.races.locks import guarded_by, guarded_in_sql
from tests.races.turns import DONE, REFUSED, meet

FIFTY = 5000


def _asked(shop: Merchant) -> tuple[Invoice, Attempt]:
    bill = billing.issued(shop)
    return bill, people.attempt(billing.payment(*billing.whole(bill)))


def _void(bill: Invoice) -> None:
    invoices.void(bill, "typo", by=billing.owner(bill.merchant).user)


@guarded_in_sql(cases, "_BILLS", "FOR SHARE OF bill")
def a_bill_that_is_just_being_paid_is_not_made_void(shop: Merchant, bank: Bank) -> None:
    bill, attempt = _asked(shop)
    report = bank.pay(attempt.public_id)
    came = meet(lambda: payments.apply_reports([report]), lambda: _void(bill))
    assert came == (DONE, REFUSED)
    billing.work()
    bill.refresh_from_db()
    assert (bill.status, bill.amount_paid) == ("paid", FIFTY)


@guarded_by(drafting.lock)
def money_that_comes_as_a_bill_is_made_void_pays_nothing(shop: Merchant, bank: Bank) -> None:
    bill, attempt = _asked(shop)
    report = bank.pay(attempt.public_id)
    came = meet(lambda: _void(bill), lambda: payments.apply_reports([report]))
    assert came == (DONE, DONE)
    billing.work()
    bill.refresh_from_db()
    attempt.refresh_from_db()
    assert (bill.status, bill.amount_paid, attempt.surplus) == ("void", 0, "void")
    assert (people.held(shop, "in_transit"), people.held(shop, "frozen")) == (0, FIFTY)


@guarded_by(following.lock_payments)
def a_bill_hears_of_one_payment_while_another_is_paid(shop: Merchant, bank: Bank) -> None:
    """Both lock payments before bills, so neither waits for the other for ever."""
    bill, attempt = _asked(shop)
    part = billing.payment(*billing.part(bill.instalments.get(), 2000))
    payments.apply_reports([bank.pay(people.attempt(part).public_id)])
    report = bank.pay(attempt.public_id)
    came = meet(lambda: bills.tell(bill), lambda: payments.apply_reports([report]))
    assert came == (DONE, DONE)
    assert set(Payment.objects.values_list("status", flat=True)) == {"succeeded"}
    billing.work()
    bill.refresh_from_db()
    assert (bill.amount_paid, bill.overpaid.minor) == (7000, 2000)


@guarded_by(following._lock_bills)
def a_bill_is_made_void_while_what_it_deducts_hears_of_money(shop: Merchant, bank: Bank) -> None:
    """The worker has both bills in its hands, and the person one of them and what it deducts."""
    policy = Policy(Money(FIFTY, "USD"), Money(FIFTY, "USD"))
    fee = billing.issued(shop, policy=policy)
    whole = billing.payment(*billing.whole(fee))
    half = billing.payment(*billing.part(fee.instalments.get(), FIFTY // 2))
    first, again = people.attempt(whole), people.attempt(half)
    payments.apply_reports([bank.pay(first.public_id)])
    billing.work()
    order = billing.issued(shop, billing.line("500"))
    assert order.amount_deducted == FIFTY
    by = billing.owner(shop).user
    invoices.credit(order, Money(100, "USD"), "one broke", by=by)
    payments.apply_reports([bank.pay(again.public_id)])
    news = list(Event.objects.filter(kind__in=["payment.succeeded", "invoice.credited"]))
    came = meet(
        lambda: bills.follow(news),
        lambda: _void(order),
        before=r'(?s)SELECT.*"payments_payment"."status" IN',
    )
    assert came == (DONE, DONE)
    fee.refresh_from_db()
    assert (fee.amount_paid, Entitlement.objects.get().status) == (7500, "available")
