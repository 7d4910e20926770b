"""The office's page of a payment that was for bills."""

from __future__ import annotations

import pytest

from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Payment
from tests import billing, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.web.dashboard import office


@pytest.fixture
def payment(db: None, bank: Bank, frozen_clock: FrozenClock) -> Payment:
    bill = billing.issued(people.merchant())
    attempt = people.attempt(billing.payment(*billing.whole(bill)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    billing.work()
    return attempt.payment


def page(shop: Merchant, payment: Payment, role: str = "owner") -> str:
    visitor = office.at_work(shop) if role == "owner" else office.colleague(shop, role)
    return visitor.get(f"/payments/{payment.public_id}").content.decode()


def test_it_names_the_bill_and_the_receipt(payment):
    said = page(payment.merchant, payment)
    assert ">SK-2026-00001</a>" in said
    assert f'href="/pay/{payment.public_id}/receipt.pdf" download>SJ-2026-00001 (PDF)</a>' in said
    assert "Receipt SJ-2026-00001 was issued" in said
    assert "The payer began to pay the bill" in said


def test_who_may_not_see_the_payer_reads_the_number_alone(payment):
    said = page(payment.merchant, payment, "viewer")
    assert "SJ-2026-00001" in said
    assert "receipt.pdf" not in said
