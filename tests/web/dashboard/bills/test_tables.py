"""A quotation becomes a bill, or comes to a draft; and where a bill differs from it is seen."""

from __future__ import annotations

import io
from html import unescape
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl.worksheet.worksheet import Worksheet

from sleek.core.money import Money
from sleek.customers.models import TableFile
from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.models import Invoice
from sleek.invoices.rules import Condition
from sleek.merchants.models import Merchant
from tests import people
from tests.web.dashboard import office
from tests.web.dashboard.bills import desk
from tests.web.dashboard.bills.desk import typed
from tests.web.dashboard.conftest import Visitor

TABLE = """Quotation No.: Q-7
Item,Spec,Qty,Unit,Unit price (USD),Tax rate,Amount
Bowl,blue,12,pcs,12.50,13%,150
<b>Lid</b>,,2,pcs,3,13%,6.00
Total,,,,,,156
"""
ADD = {"mode": "add", "currency": "USD", "tax": "with", "kind": "quotation", "number": "Q-7"}
REPLACE = ADD | {"mode": "replace"}


@pytest.fixture
def shop(db: None, frozen_clock: object) -> Merchant:
    return people.merchant()


@pytest.fixture
def lin(shop: Merchant) -> Visitor:
    return office.at_work(shop)


def text(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def uploaded(lin: Visitor, to: str, content: str | bytes = TABLE, name: str = "march.csv") -> str:
    """The address of its page."""
    packed = content.encode() if isinstance(content, str) else content
    answer = lin.post(to, {"table": SimpleUploadedFile(name, packed)})
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def taking(lin: Visitor, url: str, bill: Invoice | None = None, **more: str) -> Any:
    revision = {"revision": str(bill.revision)} if bill else {}
    return lin.post(url, REPLACE | {"do": "import"} | revision | more, follow=True)


def items(bill: Invoice) -> list[str]:
    return [line.item for line in bill.lines.all()]


def test_a_quotation_becomes_a_bill_once_it_was_looked_at(lin):
    url = uploaded(lin, "/bills/from-table")
    page = text(lin.get(url))
    for said in ("2 lines for a new bill", "156.00", "1 row is left out", "This is a total"):
        assert said in page
    assert "tax 13%" in page
    assert not Invoice.objects.exists()
    page = text(taking(lin, url))
    assert "2 lines are taken over." in page
    assert "Edit the draft" in page
    bill = Invoice.objects.get()
    assert (items(bill), bill.asked) == (["Bowl", "<b>Lid</b>"], Money(15600, "USD"))
    assert [(each.kind, each.number) for each in bill.documents.all()] == [("quotation", "Q-7")]
    imported = text(lin.get(url))
    assert "2 lines are taken over." in imported
    assert f"/bills/{bill.public_id}" in imported


def test_markup_in_a_quotation_stays_text(lin):
    url = uploaded(lin, "/bills/from-table")
    page = lin.get(url).content.decode()
    assert "<b>Lid" not in page
    assert "&lt;b&gt;Lid&lt;/b&gt;" in page


def test_the_editor_is_saved_before_lines_come_to_it(shop, lin):
    answer = lin.post("/bills/new", typed(do="table"))
    bill = Invoice.objects.get()
    assert answer["Location"] == f"/bills/{bill.public_id}/lines"
    url = uploaded(lin, answer["Location"])
    page = text(lin.get(url))
    assert "2 lines for the draft" in page
    assert "206.00" in page
    taking(lin, url, bill, **ADD)
    assert items(bill) == ["Vase", "Bowl", "<b>Lid</b>"]


def test_what_is_chosen_beside_the_table_is_seen_before_it_is_taken(shop, lin):
    bill = desk.draft(shop)
    url = uploaded(lin, f"/bills/{bill.public_id}/lines")
    page = text(lin.post(url, REPLACE | {"do": "look"}, follow=True))
    assert "156.00" in page
    assert "206.00" not in page
    assert items(bill) == ["Vase"]
    page = text(lin.post(url, ADD | {"do": "look", "tax": "without"}, follow=True))
    assert "The table's prices are without tax" in page
    page = text(lin.post(url, ADD | {"do": "look", "currency": "EUR"}, follow=True))
    assert "The table is in EUR" in page


def test_nothing_is_taken_over_another_persons_edit(shop, lin):
    bill = desk.draft(shop)
    url = uploaded(lin, f"/bills/{bill.public_id}/lines")
    by = desk.owner(shop).user
    invoices.rewrite(bill, bills.draft_of(bill), revision=bill.revision, by=by)
    page = text(taking(lin, url, bill))
    assert "Somebody saved the draft meanwhile, so nothing was taken over." in page
    assert items(bill) == ["Vase"]
    bill.refresh_from_db()
    taking(lin, url, bill)
    assert items(bill) == ["Bowl", "<b>Lid</b>"]


def test_an_issued_bill_takes_no_lines(shop, lin):
    bill = desk.draft(shop)
    url = uploaded(lin, f"/bills/{bill.public_id}/lines")
    invoices.issue(bill, by=desk.owner(shop))
    assert "This bill is issued." in text(taking(lin, url, bill))
    assert "This bill is issued." in text(lin.get(f"/bills/{bill.public_id}/lines", follow=True))
    assert items(bill) == ["Vase"]


def test_a_row_that_cannot_be_read_is_left_out_only_when_somebody_says_so(shop, lin):
    url = uploaded(lin, "/bills/from-table", f"{TABLE}Cup,,2,pcs,5,,11\n")
    page = text(lin.get(url))
    assert "Amount: The table says 11, but 2 × 5 = 10.00." in page
    assert "Some rows cannot be read." in text(taking(lin, url))
    assert not Invoice.objects.exists()
    taking(lin, url, leaves_out="1")
    assert items(Invoice.objects.get()) == ["Bowl", "<b>Lid</b>"]
    book = openpyxl.load_workbook(io.BytesIO(lin.get(f"{url}/left-out.xlsx").content)).active
    assert book
    assert [row[0] for row in book.iter_rows(values_only=True)] == ["Row", 5, 6]


def test_a_table_is_taken_over_once_however_often_it_is_sent(lin):
    url = uploaded(lin, "/bills/from-table")
    taking(lin, url)
    assert "Nothing was added twice." in text(taking(lin, url))
    assert Invoice.objects.count() == 1


def test_columns_are_named_by_hand_and_remembered(shop, lin):
    url = uploaded(lin, "/bills/from-table", "Was,Wieviel\nVase,5\n")
    data = {"head_row": "1", "column_item": "0", "column_price": "1", "decimal_mark": "."}
    lin.post(url, REPLACE | {"do": "look", "number": "A-1"})
    page = text(lin.post(f"{url}/columns", data, follow=True))
    assert "1 line for a new bill" in page
    assert 'value="A-1"' in page
    again = uploaded(lin, "/bills/from-table", "Was,Wieviel\nBowl,7\n")
    assert "1 line for a new bill" in text(lin.get(again))


def workbook() -> bytes:
    """As they come: a merged title, a merged note, a total, and numbers that are numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (
        ["景德镇瓷业报价单"],
        ["报价单号", "BJ-31"],
        ["序号", "产品名称", "规格型号", "数量", "单位", "不含税单价", "税率", "金额"],
        [1, "青花茶壶", "QH-01", 12, "件", 35.5, 0.13, 426],
        [2, "设计", "", "2项", "", "￥100", "6%", 200],
        ["合计", "", "", "", "", "", "", 626],
        ["以上报价有效期30天"],
    ):
        sheet.append(row)
    for cells in ("A1:H1", "A6:E6", "A7:H7"):
        sheet.merge_cells(cells)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def test_a_workbook_with_merged_titles_is_read(shop, lin):
    url = uploaded(lin, "/bills/from-table", workbook(), "报价.xlsx")
    page = text(lin.get(url))
    assert "2 lines for a new bill" in page
    assert "2 rows are left out" in page
    assert "tax 13%" in page
    assert 'value="BJ-31"' in page
    taking(lin, url, currency="CNY", tax="without", number="BJ-31")
    bill = Invoice.objects.get()
    assert (bill.is_tax_inclusive, bill.total) == (False, Money(69338, "CNY"))
    assert [line.unit for line in bill.lines.all()] == ["件", "项"]


def test_the_empty_table_is_one_that_comes_in(lin):
    content = lin.get("/bills/lines.xlsx").content
    page = text(lin.get(uploaded(lin, "/bills/from-table", content, "lines.xlsx")))
    assert "2 lines for a new bill" in page
    assert "left out" not in page


def test_what_is_no_table_says_why(lin):
    file = SimpleUploadedFile("q.pdf", b"%PDF-1.7")
    answer = lin.post("/bills/from-table", {"table": file})
    assert (answer.status_code, "This is no table." in text(answer)) == (422, True)
    assert lin.post("/bills/from-table").status_code == 422
    assert not TableFile.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"currency": "ZZZ"}, {"kind": "x"}, {"mode": "x"}, {"tax": ""}, {"number": "x" * 81}]
)
def test_a_choice_that_was_not_offered_takes_nothing_over(lin, wrong):
    url = uploaded(lin, "/bills/from-table")
    assert "that are offered" in text(taking(lin, url, **wrong))
    assert not Invoice.objects.exists()


def test_the_lines_of_another_merchants_bill_are_not_reached(shop, lin):
    other = people.merchant("Chen Tea", "chen@example.com")
    bill = desk.draft(other)
    assert lin.get(f"/bills/{bill.public_id}/lines").status_code == 404
    url = uploaded(lin, "/bills/from-table")
    TableFile.objects.update(subject=bill.public_id)
    assert lin.get(url).status_code == 404
    assert lin.post(url, REPLACE | {"do": "import"}).status_code == 404
    assert items(bill) == ["Vase"]


def test_a_documents_number_leads_to_all_bills_that_name_it(shop, lin):
    bill = quoted(shop, lin)
    other = invoices.copy(bill, by=desk.owner(shop).user)
    stranger = desk.draft(shop, payer="Q-7 Ltd")
    page = text(lin.get(f"/bills/{bill.public_id}"))
    assert "/bills?document=Q-7" in page
    found = text(lin.get("/bills?document=Q-7"))
    assert bill.public_id in found
    assert other.public_id in found
    assert stranger.public_id not in found
    assert other.public_id not in text(lin.get("/bills?document=Q-"))


# Differences.


def quoted(shop: Merchant, lin: Visitor) -> Invoice:
    taking(lin, uploaded(lin, "/bills/from-table"))
    return Invoice.objects.get()


def of(bill: Invoice, mark: str, **more: str) -> dict[str, str]:
    """What the editor would send of that bill."""
    said = {"document-count": "1", "document-0-kind": "quotation", "document-0-number": "Q-7"}
    lines = {
        "line-count": "2",
        "line-0-item": "Bowl",
        "line-0-spec": "blue",
        "line-0-quantity": "12",
        "line-0-price": "12.50",
        "line-0-tax_rate": "13",
        "line-1-item": "Saucer",
        "line-1-quantity": "1",
        "line-1-unit": "pcs",
        "line-1-price": "3",
    }
    sent = {"revision": str(bill.revision), "bill": bill.public_id, "document-0-said": mark}
    return typed() | said | lines | sent | more


def mark_of(bill: Invoice) -> str:
    [mark] = bills.listings_of(bill)
    return mark


def test_differences_stand_beside_the_lines_while_one_types(shop, lin):
    bill = quoted(shop, lin)
    sent = of(bill, mark_of(bill), **{"line-0-price": "12", "line-0-quantity": "10"})
    page = text(lin.post("/bills/preview", sent))
    assert "Quantity 10, in Q-7 12." in page
    assert "Price 12.00 USD, lower than 12.50 USD in Q-7." in page
    assert "Not in Q-7." in page
    assert "Left out of Q-7: <b>Lid</b>, 2 pcs × 3.00 USD." in page
    assert "lower than" not in text(lin.get(f"/bills/{bill.public_id}/edit"))


def test_what_the_document_said_outlives_an_edit_and_a_typed_number(shop, lin):
    bill = quoted(shop, lin)
    sent = of(bill, mark_of(bill), **{"document-0-number": "Q-7b", "line-0-price": "12"})
    assert lin.post(f"/bills/{bill.public_id}/edit", sent).status_code == 302
    [document] = bills.draft_of(Invoice.objects.get()).documents
    assert (document.number, document.listing is not None) == ("Q-7b", True)
    page = text(lin.get(f"/bills/{bill.public_id}"))
    assert "Price 12.00 USD, lower than 12.50 USD in Q-7b." in page


def test_a_mark_that_is_not_this_bills_says_nothing(shop, lin):
    bill = quoted(shop, lin)
    other = desk.draft(shop)
    lin.post(f"/bills/{other.public_id}/edit", of(other, mark_of(bill)))
    assert [each.listing for each in other.documents.all()] == [None]


def test_who_approves_sees_in_what_a_bill_is_below_its_quotation(shop, lin):
    invoices.set_review_rules(shop, [Condition(is_below_quotation=True)], by=desk.owner(shop).user)
    bill = quoted(shop, lin)
    sent = of(bill, mark_of(bill), **{"line-0-price": "12.49", "do": "finish"})
    lin.post(f"/bills/{bill.public_id}/edit", sent)
    bill.refresh_from_db()
    assert bill.status == "in_review"
    page = text(office.colleague(shop, "reviewer").get(f"/bills/{bill.public_id}"))
    assert "Price 12.49 USD, lower than 12.50 USD in Q-7." in page
    assert "Approve and issue" in page


def test_a_copy_is_compared_with_the_bill_it_is_a_copy_of(shop, lin):
    bill = desk.issued(shop)
    lin.post(f"/bills/{bill.public_id}/copy")
    fresh = Invoice.objects.get(copied_from=bill)
    sent = typed(**{"line-0-quantity": "1", "line-0-unit": "", "line-0-price": "60"})
    sent |= {"revision": "1", "bill": fresh.public_id}
    page = text(lin.post("/bills/preview", sent))
    assert f"Price 60.00 USD, higher than 50.00 USD in {bill.number}." in page
