"""Issuing: numbered, said in words, kept on paper; or refused whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from sleek.core.money import Money
from sleek.fx import queries as fx
from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.models import Invoice
from sleek.invoices.rules import Stage
from sleek.invoices.rules.content import BillFlaw
from sleek.merchants.models import Merchant
from sleek.papers.models import Number, Paper
from tests import billing, people
from tests.conftest import FrozenClock

D = Decimal


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def test_an_issued_bill_has_a_number_a_day_and_a_paper(shop: Merchant) -> None:
    bill = billing.issued(shop, due_days=14)
    assert (bill.status, bill.issued_on, bill.due_on) == (
        "open",
        date(2026, 3, 2),
        date(2026, 3, 16),
    )
    assert bill.number == "SK-2026-00001"
    paper = Paper.objects.get(subject=bill.public_id)
    assert paper.number == bill.number
    assert bytes(paper.content).startswith(b"%PDF-")
    assert paper.sheet["in_words"][0][1] == "美元伍拾元整"
    assert paper.sheet["payer"]["name"] == "Okafor Imports Ltd"
    assert paper.sheet["pay"]["url"].endswith(f"/b/{bill.token}/")


def test_the_second_gets_the_next_number(shop: Merchant) -> None:
    assert [billing.issued(shop).number for _ in range(3)] == [
        "SK-2026-00001",
        "SK-2026-00002",
        "SK-2026-00003",
    ]


def test_what_is_refused_takes_no_number(shop: Merchant) -> None:
    empty = invoices.create(shop, billing.draft(None, lines=()), by=billing.owner(shop).user)
    with pytest.raises(invoices.InvalidInvoice) as refusal:
        invoices.issue(empty, by=billing.owner(shop))
    assert refusal.value.flaws == [BillFlaw.NO_LINES, BillFlaw.NO_PAYER]
    late = billing.drafted(shop, due_on=date(2026, 3, 1))
    with pytest.raises(invoices.InvalidInvoice) as refusal:
        invoices.issue(late, by=billing.owner(shop))
    assert refusal.value.flaws == [BillFlaw.DUE_BEFORE_ISSUE]
    assert not Number.objects.exists()
    assert not Paper.objects.exists()
    assert {bill.status for bill in Invoice.objects.all()} == {"draft"}


def test_nobody_issues_what_they_have_not_read(shop: Merchant) -> None:
    """A colleague saved the draft while its page stood open."""
    owner = billing.owner(shop)
    bill = billing.drafted(shop)
    seen = bill.content_hash
    said = replace(bills.draft_of(bill), lines=(billing.line("5000"),))
    bill = invoices.rewrite(bill, said, revision=bill.revision, by=owner.user)
    with pytest.raises(invoices.ContentChanged):
        invoices.issue(bill, by=owner, seen_hash=seen)
    assert (Invoice.objects.get().status, Number.objects.count()) == ("draft", 0)
    assert invoices.issue(bill, by=owner, seen_hash=bill.content_hash).number == "SK-2026-00001"


def test_a_bill_is_issued_once(shop: Merchant) -> None:
    bill = billing.issued(shop)
    with pytest.raises(invoices.NotIssuable):
        invoices.issue(bill, by=billing.owner(shop))
    assert Number.objects.count() == Paper.objects.count() == 1


def test_a_divided_bill_is_due_with_its_last_stage(shop: Merchant) -> None:
    first = Stage("Design", percent=D(30), due_on=date(2026, 4, 1))
    bill = billing.issued(shop, stages=(first, Stage("Rest", percent=D(70))), due_days=60)
    assert [(row.amount, row.due_on) for row in bill.instalments.all()] == [
        (1500, date(2026, 4, 1)),
        (3500, date(2026, 5, 1)),
    ]
    assert bill.due_on == date(2026, 5, 1)


def test_the_rate_at_home_is_kept(shop: Merchant) -> None:
    Merchant.objects.filter(pk=shop.pk).update(default_currency="CNY")
    quote = fx.convert(Money(100, "USD"), "CNY")
    assert quote is not None
    bill = billing.issued(shop)
    assert (bill.home_currency, bill.home_rate) == ("CNY", quote.rate)


def test_issued_together_they_have_all_numbers_and_no_other(committed_db: str) -> None:
    shop = people.merchant()
    drafts = [billing.drafted(shop) for _ in range(12)]

    def issue(bill: Invoice) -> str:
        try:
            return invoices.issue(bill, by=billing.owner(shop)).number
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        numbers = list(pool.map(issue, drafts))
    assert sorted(numbers) == [f"SK-2026-{place:05}" for place in range(1, 13)]


def test_a_replacement_makes_the_first_one_void(shop: Merchant) -> None:
    owner = billing.owner(shop)
    first = billing.issued(shop)
    fresh = invoices.replacement(first, by=owner.user)
    assert invoices.replacement(first, by=owner.user) == fresh
    first.refresh_from_db()
    assert first.status == "open"
    said = replace(bills.draft_of(fresh), lines=(billing.line("60"),))
    fresh = invoices.rewrite(fresh, said, revision=fresh.revision, by=owner.user)
    fresh = invoices.issue(fresh, by=owner)
    first.refresh_from_db()
    assert (first.status, first.number, first.replacement) == ("void", "SK-2026-00001", fresh)
    assert (fresh.number, fresh.amount) == ("SK-2026-00002", 6000)


def test_a_void_bill_keeps_its_number(shop: Merchant) -> None:
    bill = invoices.void(billing.issued(shop), "wrong price", by=billing.owner(shop).user)
    assert (bill.status, bill.end_reason) == ("void", "wrong price")
    assert Number.objects.get().text == bill.number
    assert billing.issued(shop).number == "SK-2026-00002"
    with pytest.raises(invoices.NotVoidable):
        invoices.void(bill, "again", by=billing.owner(shop).user)
