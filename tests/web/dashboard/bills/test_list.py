"""The list of bills: found by anything they say, owed by age, acted on several at once."""

from __future__ import annotations

import io

import openpyxl
import pytest

from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.merchants.models import Merchant
from tests import people
from tests.web.dashboard import office
from tests.web.dashboard.bills import desk
from tests.web.dashboard.bills.desk import typed


@pytest.fixture
def shop(db: None, frozen_clock: object) -> Merchant:
    return people.merchant()


def shown(visitor, **query: str) -> list[str]:
    page = visitor.get("/bills", query)
    return [row.invoice.payer_name for row in page.context["rows"]]


def test_an_empty_list_teaches_the_first_step(shop):
    assert "Write the first bill" in office.at_work(shop).read("/bills")


@pytest.mark.parametrize(
    "text", ["SK-2026-00001", "berg", "Vase no", "SO-77", "Bowl", "fragile", "spring", "123.45"]
)
def test_a_bill_is_found_by_anything_it_says(shop, text):
    visitor = office.at_work(shop)
    more = {
        "line-0-item": "Bowl",
        "line-0-quantity": "1",
        "line-0-price": "123.45",
        "remarks": "Fragile!",
        "tag_list": "spring",
        "document-count": "1",
        "document-0-kind": "sales_order",
        "document-0-number": "SO-77",
    }
    visitor.post("/bills/new", typed(do="finish", **more))
    desk.issued(shop, payer="Other Ltd")
    assert shown(visitor, q=text) == [desk.BERG]


def test_who_may_not_see_personal_data_cannot_spell_a_name_out(shop):
    desk.issued(shop, payer="Anna Berg")
    viewer = office.colleague(shop, "viewer")
    assert shown(viewer, q="Ann") == []
    assert shown(viewer, q="anna berg") == ["Anna Berg"]
    assert "Anna Berg" not in viewer.read("/bills")


def test_filters_and_ages(shop, frozen_clock):
    desk.issued(shop, payer="Old")
    frozen_clock.advance(days=50)
    desk.issued(shop, Money(700, "USD"), payer="New")
    desk.draft(shop, payer="Draft")
    visitor = office.at_work(shop)
    assert shown(visitor, status="overdue") == ["Old"]
    assert shown(visitor, status="draft") == ["Draft"]
    assert shown(visitor, order="due") == ["Old", "New", "Draft"]
    assert shown(visitor, order="amount", status="open") == ["Old", "New"]
    [aged] = visitor.get("/bills").context["aged"]
    assert [money.minor for money in aged.columns] == [700, 0, 5000, 0, 0]
    assert "Overdue by 36 days" in visitor.read("/bills")


def test_several_drafts_are_issued_and_one_that_is_refused_keeps_no_other(shop):
    good, bad = desk.draft(shop), desk.draft(shop, payer="")
    visitor = office.at_work(shop)
    page = visitor.post(
        "/bills/issue", {"pick": [bad.public_id, good.public_id]}, follow=True
    ).content.decode()
    assert "1 bill is issued." in page
    assert "Say who is to pay: the full name as registered." in page
    assert [bill.status for bill in Invoice.objects.order_by("pk")] == ["open", "draft"]


def test_several_are_voided_with_a_reason_and_a_proof(shop):
    bills = [desk.issued(shop), desk.issued(shop)]
    picked = {"pick": [bill.public_id for bill in bills]}
    visitor = office.at_work(shop)
    visitor.post("/bills/void", picked | {"reason": "Test"})
    assert not Invoice.objects.filter(status="void").exists()
    office.prove(visitor)
    assert "Say why" in visitor.post("/bills/void", picked, follow=True).content.decode()
    assert not Invoice.objects.filter(status="void").exists()
    visitor.post("/bills/void", picked | {"reason": "Test"})
    assert Invoice.objects.filter(status="void", end_reason="Test").count() == 2


def test_nobody_acts_on_another_merchants_bills(shop):
    foreign = desk.draft(people.merchant("Chen Tea", "chen@example.com"))
    office.at_work(shop).post("/bills/issue", {"pick": foreign.public_id})
    foreign.refresh_from_db()
    assert foreign.status == "draft"


def test_going_back_never_leads_away(shop):
    answer = office.at_work(shop).post("/bills/issue", {"next": "//evil.example/bills"})
    assert answer["Location"] == "/bills"


def test_the_files_hold_the_filtered_list_and_nothing_that_runs(shop):
    desk.issued(shop, payer="=cmd()")
    desk.draft(shop, payer="Draft")
    visitor = office.at_work(shop)
    text = b"".join(visitor.get("/bills.csv?status=open")).decode()
    assert "'=cmd()" in text
    assert "Draft" not in text
    book = openpyxl.load_workbook(io.BytesIO(visitor.get("/bills.xlsx").content))
    rows = list(book.active.values)
    assert [row[6] for row in rows[1:]] == ["Draft", "=cmd()"]
    assert rows[2][11] == 50
    picked = Invoice.objects.get(payer_name="Draft").public_id
    assert "=cmd()" not in b"".join(visitor.get(f"/bills.csv?pick={picked}")).decode()


def test_an_overview_names_what_waits(shop, frozen_clock):
    bill = desk.issued(shop)
    invoices.mark_sent(bill, by=desk.owner(shop).user)
    visitor = office.at_work(shop)
    assert "Ask after 1 bill" not in visitor.read("/overview")
    frozen_clock.advance(days=1)
    assert "Ask after 1 bill" in visitor.read("/overview")
    assert shown(visitor, status="to_ask") == [desk.BERG]
    frozen_clock.advance(days=20)
    assert "1 bill is overdue" in visitor.read("/overview")
