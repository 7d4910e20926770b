"""What a payer is written whose deposit is kept."""

from __future__ import annotations

import pytest

from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.models import Entitlement, Invoice
from sleek.invoices.rules import Nature, deduction
from sleek.merchants.models import Merchant
from sleek.notifications.models import Message
from sleek.payments import actions as payments
from tests import billing, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def kept(shop: Merchant, bank: Bank, language: str = "en") -> Invoice:
    policy = deduction.deposit(Money(0, "USD"), "USD")
    said = {"nature": Nature.DEPOSIT, "policy": policy, "language": language}
    bill = billing.issued(shop, billing.line("500"), **said)
    attempt = people.attempt(billing.payment(*billing.whole(bill)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    billing.work()
    by = billing.owner(shop).user
    invoices.forfeit(Entitlement.objects.get(), "The booking was cancelled late.", by=by)
    billing.work()
    return bill


def test_the_payer_is_told_once_what_is_kept_and_why(shop: Merchant, bank: Bank) -> None:
    bill = kept(shop, bank)
    letter = Message.objects.get(template="deposit_forfeited")
    assert letter.recipient == "ada@example.com"
    assert letter.subject == f"[Lin Ceramics] Your deposit of bill {bill.number} is kept"
    said = letter.text.replace("\xa0", " ")
    assert f"keeps 500.00 USD of your deposit (bill {bill.number})" in said
    assert "They write: The booking was cancelled late." in said


def test_in_their_language(shop: Merchant, bank: Bank) -> None:
    kept(shop, bank, "de")
    assert "Anzahlung" in Message.objects.get(template="deposit_forfeited").text
