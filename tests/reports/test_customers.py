"""What bills say of their customers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sleek.core.money import Money
from sleek.customers.models import Customer
from sleek.fx import queries as fx
from sleek.fx.models import Rate
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.invoices.rules import Answer
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.reports.queries import bills as reports
from sleek.reports.queries.bills import How
from tests import billing, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Iterator[Merchant]:
    """A euro is two dollars there, and so many yen that they are nearly nothing."""
    Rate.objects.all().delete()
    for currency, per_euro in (("USD", 2), ("JPY", 1000)):
        Rate.objects.create(on=date(2026, 3, 2), currency=currency, per_euro=per_euro)
    fx.forget()
    yield people.merchant()
    fx.forget()


def bill(payer: Customer, price: str, currency: str = "USD", **more: object) -> Invoice:
    said = billing.draft(payer, billing.line(price), currency=currency, **more)
    by = billing.owner(payer.merchant)
    return invoices.issue(invoices.create(payer.merchant, said, by=by.user), by=by)


def pay(invoice: Invoice, bank: Bank) -> None:
    payment = billing.payment(*billing.whole(invoice))
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    billing.work()


def test_what_is_owed_stands_by_currency(shop: Merchant, bank: Bank) -> None:
    okafor, berg = billing.customer(shop), billing.customer(shop, "Berg Keramik GmbH")
    by = billing.owner(shop).user
    bill(okafor, "50")
    credited = bill(okafor, "70")
    invoices.credit(credited, Money(2000, "USD"), "one broke", by=by)
    bill(okafor, "30", "EUR")
    pay(bill(okafor, "900"), bank)
    invoices.void(bill(okafor, "900"), "typo", by=by)
    invoices.write_off(bill(okafor, "900"), "bankrupt", by=by)
    billing.drafted(shop, billing.line("900"))
    assert reports.owed([okafor, berg]) == {
        okafor.pk: [Money(10000, "USD"), Money(3000, "EUR")],
    }


def test_who_owes_most_is_in_front_whatever_the_currency(shop: Merchant) -> None:
    names = ("Dollars", "Euros", "Yen", "Nothing")
    dollars, euros, yen, _none = (billing.customer(shop, name) for name in names)
    bill(dollars, "100")
    bill(euros, "60", "EUR")
    bill(yen, "9000", "JPY")
    found = reports.by_owed(shop.customers.all(), Invoice.objects.filter(merchant=shop), "USD")
    assert [each.name for each in found] == ["Euros", "Dollars", "Yen", "Nothing"]


def test_bills_of_other_merchants_count_for_nobody(shop: Merchant) -> None:
    okafor = billing.customer(shop)
    foreign = billing.customer(people.merchant("Wei Tea", "wei@example.com"))
    bill(foreign, "50")
    assert reports.owed([okafor]) == {}
    assert reports.habit(okafor) is None
    assert reports.newest(okafor) == []


def test_days_to_pay_run_from_issue_and_lateness_from_the_day(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    okafor = billing.customer(shop)
    assert reports.habit(okafor) is None
    early, late = bill(okafor, "50", due_days=7), bill(okafor, "70", due_days=7)
    bill(okafor, "90", due_days=7)
    frozen_clock.advance(days=3)
    pay(early, bank)
    frozen_clock.advance(days=9)
    pay(late, bank)
    found = reports.habit(okafor)
    assert found is not None
    # 3 and 12 days; in time, and 5 days late.
    assert (found.bills, found.days, found.late_bills, found.late_days) == (2, 8, 1, 3)


def test_the_last_word_is_the_newest_of_all(shop: Merchant, frozen_clock: FrozenClock) -> None:
    okafor, by = billing.customer(shop), billing.owner(shop).user
    assert reports.last_contact(okafor) is None
    one, two = bill(okafor, "50"), bill(okafor, "70")
    invoices.mark_sent(one, by=by)
    found = reports.last_contact(okafor)
    assert (found and found.how, found and found.invoice) == (How.HANDED_OVER, one)
    frozen_clock.advance(days=1)
    invoices.send(two, "ada@example.com", by=by)
    found = reports.last_contact(okafor)
    assert (found and found.how, found and found.invoice) == (How.MAILED, two)
    frozen_clock.advance(days=1)
    invoices.answer(one, Answer.RECEIVED, by=by)
    found = reports.last_contact(okafor)
    assert found is not None
    assert (found.how, found.invoice, found.outcome) == (How.ASKED, one, "received")


def test_a_page_of_customers_asks_once(shop: Merchant) -> None:
    some = [billing.customer(shop, f"No. {number}") for number in range(4)]
    for each in some:
        bill(each, "50")
    with CaptureQueriesContext(connection) as asked:
        assert len(reports.owed(some)) == 4
    assert len(asked) == 1
