"""What payers find after the stages of their bill were changed, and of the deposit they paid."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sleek.core import clock
from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.models import Entitlement, Instalment, Invoice
from sleek.invoices.rules import Nature, Stage, deduction
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments import queries
from sleek.payments.actions import billing as payments_billing
from tests import billing, people
from tests.fakes.channel import Bank
from tests.web.checkout.conftest import Browser, words


@pytest.fixture
def bill(shop: Merchant) -> Invoice:
    """Of 100 USD, at first in two stages, then asked for at once."""
    day = clock.now().date() + timedelta(days=9)
    parts = (("First", 4000), ("Second", 6000))
    stages = [Stage(name, amount=Money(minor, "USD"), due_on=day) for name, minor in parts]
    bill = billing.issued(shop, billing.line("100"), stages=tuple(stages))
    whole = [Stage("All of it", amount=Money(10000, "USD"), due_on=day + timedelta(days=30))]
    seen = queries.plan_seen(bill)
    return payments_billing.divide(bill, whole, seen=seen, by=billing.owner(shop))


def test_the_link_of_a_stage_that_is_gone_leads_to_the_bill(bill: Invoice, payer: Browser) -> None:
    gone = Instalment.ever.exclude(dropped_at=None).get()
    answer = payer.get(f"/i/{gone.token}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/b/{bill.token}/")


def test_the_link_of_a_stage_that_goes_on_asks_for_what_it_asks_now(
    bill: Invoice, payer: Browser
) -> None:
    said = words(payer.get(f"/i/{bill.instalments.get().token}/"))
    assert "All of it" in said
    assert "100.00" in said


def test_an_older_paper_names_the_newer(bill: Invoice, payer: Browser) -> None:
    first, second = bill.merchant.papers.order_by("pk")
    page = payer.get(f"/v/{first.code}").content.decode()
    assert "A newer version of this bill" in page
    assert f'href="/v/{second.code}"' in page
    assert "A newer version" not in payer.get(f"/v/{second.code}").content.decode()


def test_a_payer_reads_what_became_of_their_deposit(
    shop: Merchant, bank: Bank, payer: Browser
) -> None:
    policy = deduction.deposit(Money(0, "USD"), "USD")
    deposit = billing.issued(shop, nature=Nature.DEPOSIT, policy=policy)
    url = f"/b/{deposit.token}/"
    assert "is deducted from the final bill" in words(payer.get(url))
    attempt = people.attempt(billing.payment(*billing.whole(deposit)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    billing.work()
    assert "Left for the final bill" in words(payer.get(url))
    final = billing.issued(shop, billing.line("20"))
    assert f"Deducted from bill {final.number}" in words(payer.get(url))
    assert (final.status, "Paid" in words(payer.get(f"/b/{final.token}/"))) == ("paid", True)
    invoices.forfeit(Entitlement.objects.get(), "cancelled", by=billing.owner(shop).user)
    said = words(payer.get(url))
    assert "Kept by Lin Ceramics" in said
    assert "Left for the final bill" not in said
