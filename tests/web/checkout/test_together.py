"""Several bills of one payee behind one address, paid with one press."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import NotPayable
from sleek.payments.models import Attempt, Payment
from sleek.web.ui import joint
from tests import billing, people
from tests.fakes.channel import Bank
from tests.web.checkout.conftest import Browser, card, words


@pytest.fixture
def two(shop: Merchant) -> list[Invoice]:
    return [billing.issued(shop, billing.line(price)) for price in ("50", "70.50")]


def address(bills: list[Invoice]) -> str:
    return f"/b/{joint.SEPARATOR.join(bill.token for bill in bills)}/together/"


def what(page: str) -> str:
    found = re.search(r'name="what" value="([^"]+)"', page)
    assert found
    return found[1]


def succeed(bank: Bank, payment: Payment) -> None:
    attempt = Attempt.objects.get(payment=payment)
    payments.apply_reports([bank.pay(attempt.public_id)])
    billing.work()


def test_each_bill_is_paid_by_one_press(
    shop: Merchant, payer: Browser, bank: Bank, two: list[Invoice]
) -> None:
    page = payer.get(address(two))
    said = words(page)
    assert all(bill.number in said for bill in two)
    assert "120.50" in said
    sent = payer.choose(address(two), card(shop), what=what(page.content.decode()))
    assert sent.status_code == 303
    payment = Payment.objects.get()
    assert payment.money == Money(12050, "USD")
    succeed(bank, payment)
    assert [(bill.status, bill.amount_paid) for bill in Invoice.objects.order_by("pk")] == [
        ("paid", 5000),
        ("paid", 7050),
    ]
    over = words(payer.get(address(two)))
    assert "Paid" in over
    assert "Pay 120.50" not in over


def test_what_was_paid_meanwhile_drops_out(
    shop: Merchant, payer: Browser, bank: Bank, two: list[Invoice]
) -> None:
    stale = what(payer.get(address(two)).content.decode())
    third = billing.issued(shop, billing.line("10"))
    paid = billing.payment(*billing.whole(two[0]))
    people.attempt(paid)
    succeed(bank, paid)
    assert payer.get(address(two)).headers["Location"] == f"/b/{two[1].token}/"
    page = payer.get(address([*two, third]))
    assert "80.50" in words(page)
    refused = payer.choose(address([*two, third]), card(shop), what=stale)
    assert refused.status_code == 422
    assert Payment.objects.exclude(pk=paid.pk).count() == 0


def test_bills_in_two_currencies_or_of_two_payees_share_no_address(
    shop: Merchant, payer: Browser, two: list[Invoice]
) -> None:
    euros = billing.issued(shop, billing.line("50"), currency="EUR")
    assert payer.get(address([*two, euros])).status_code == 404
    draft = billing.drafted(shop, billing.line("50"))
    assert payer.get(address([*two, draft])).status_code == 404


def test_too_long_an_address_is_none(shop: Merchant, payer: Browser) -> None:
    many = [billing.issued(shop, billing.line("5")) for _ in range(joint.MOST + 1)]
    assert payer.get(address(many[:-1])).status_code == 200
    assert payer.get(address(many)).status_code == 404


def test_bills_without_a_common_way_to_pay_are_not_paid_together(
    shop: Merchant, payer: Browser
) -> None:
    bills = [
        billing.issued(shop, billing.line("50"), methods=(method,)) for method in ("card", "alipay")
    ]
    shares = [share for bill in bills for share in billing.whole(bill)]
    with translation.override("en"), pytest.raises(NotPayable, match="no common way to pay"):
        payments.open_for_bills(shares, language="en")
    assert not Payment.objects.exists()
    assert payer.get(address(bills)).status_code == 404


def test_a_void_bill_is_told_and_not_paid(
    shop: Merchant, payer: Browser, two: list[Invoice]
) -> None:
    third = billing.issued(shop, billing.line("10"))
    invoices.void(third, "Ordered twice", by=billing.owner(shop).user)
    page = words(payer.get(address([*two, third])))
    assert "This bill is void" in page
    assert "120.50" in page
