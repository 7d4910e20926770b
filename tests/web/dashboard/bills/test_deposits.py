"""Deposits as Lin asks for them, keeps them, and gives them back."""

from __future__ import annotations

import pytest

from sleek.core.money import Money
from sleek.invoices.models import Entitlement, Invoice
from sleek.invoices.rules import Nature, deduction
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Payment
from sleek.refunds.models import Refund
from tests import billing, people
from tests.fakes.channel import Bank
from tests.web.dashboard import office
from tests.web.dashboard.bills import desk


@pytest.fixture
def shop(db: None, frozen_clock: object) -> Merchant:
    return people.merchant()


@pytest.fixture
def deposit(shop: Merchant, bank: Bank) -> Invoice:
    """Of 500 USD, and paid."""
    policy = deduction.deposit(Money(0, "USD"), "USD")
    said = {"nature": Nature.DEPOSIT, "policy": policy}
    bill = billing.issued(shop, billing.line("500", item="Booking"), **said)
    attempt = people.attempt(billing.payment(*billing.whole(bill)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    billing.work()
    return Invoice.objects.get(pk=bill.pk)


def promise() -> tuple[str, int, int]:
    each = Entitlement.objects.get()
    return each.status, each.left.minor, each.forfeited.minor


def test_one_tick_makes_it_a_deposit(shop: Merchant) -> None:
    said = desk.typed(nature="deposit", policy_final="on", policy_days="", keeps="on")
    office.at_work(shop).post("/bills/new", said)
    bill = Invoice.objects.get()
    assert (bill.policy_amount, bill.policy_threshold, bill.policy_is_once) == (5000, 1, False)
    page = office.at_work(shop).read(f"/bills/{bill.public_id}/edit")
    assert 'name="policy_final" ' in page
    assert Invoice.objects.get().policy_valid_days is None


def test_without_the_tick_it_promises_nothing(shop: Merchant) -> None:
    office.at_work(shop).post("/bills/new", desk.typed(nature="deposit"))
    assert Invoice.objects.get().policy_amount is None


def test_a_customer_is_asked_for_one(shop: Merchant) -> None:
    customer = desk.customer(shop)
    visitor = office.at_work(shop)
    asked = f"/bills/new?customer={customer.public_id}&amp;nature=deposit"
    assert asked in visitor.read(f"/customers/{customer.public_id}")
    page = visitor.read(asked.replace("&amp;", "&"))
    assert '<option value="deposit" selected' in page
    assert desk.BERG in page


def test_the_next_bill_says_that_it_deducts_it(shop: Merchant, deposit: Invoice) -> None:
    customer = shop.customers.get()
    page = office.at_work(shop).read(f"/bills/new?customer={customer.public_id}")
    said = f"USD of {deposit.number} are deducted from the final bill."
    assert said in " ".join(page.split())
    assert "0.01" not in page


def test_it_is_kept_with_a_reason_and_a_proof(shop: Merchant, deposit: Invoice) -> None:
    visitor, url = office.at_work(shop), f"/bills/{deposit.public_id}/forfeit"
    visitor.post(url, {"reason": "cancelled too late"})
    assert promise() == ("available", 50000, 0)
    office.prove(visitor)
    assert visitor.post(url, {"reason": ""}).status_code == 422
    visitor.post(url, {"reason": "cancelled too late"})
    assert promise() == ("forfeited", 0, 50000)
    assert "cancelled too late" in visitor.read(f"/bills/{deposit.public_id}")


def test_its_page_leads_to_giving_it_back(shop: Merchant, deposit: Invoice) -> None:
    payment = Payment.objects.get()
    billing.issued(shop, billing.line("200"), billing.line("100"))
    page = office.at_work(shop).read(f"/bills/{deposit.public_id}")
    assert f"/payments/{payment.public_id}/refund?amount=20000&amp;reason=" in page
    assert "given back as well, it would be given twice" in page


def test_what_a_bill_deducts_goes_back_only_knowingly(shop: Merchant, deposit: Invoice) -> None:
    payment = Payment.objects.get()
    final = billing.issued(shop, billing.line("200"), billing.line("100"))
    visitor = office.at_work(shop)
    office.prove(visitor)
    url = f"/payments/{payment.public_id}/refund"
    assert f"deducted from bill {final.number}" in " ".join(visitor.read(url).split())
    said = {"amount": "200.01", "reason": "goodwill"}
    answer = visitor.post(url, said)
    assert "they are given twice" in " ".join(answer.content.decode().split())
    assert not Refund.objects.exists()
    visitor.post(url, said | {"is_twice": "on"})
    assert Refund.objects.get().amount == 20001
    assert Entitlement.objects.get().given_twice.minor == 1


def test_a_viewer_is_offered_neither(shop: Merchant, deposit: Invoice) -> None:
    page = office.colleague(shop, "viewer").read(f"/bills/{deposit.public_id}")
    assert "Keep the deposit" not in page
    assert "of the deposit</a>" not in page
