"""One table becomes many drafts: looked at first, warned of twice, found in the list."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags

from sleek.core.money import Money
from sleek.customers.models import ColumnMap, TableFile
from sleek.invoices.models import Invoice
from sleek.merchants.models import Merchant
from sleek.web.dashboard.telling.customers import BILL_FIELDS
from tests import billing, people
from tests.web.dashboard import office
from tests.web.dashboard.bills import desk
from tests.web.dashboard.conftest import Visitor

TABLE = """Customer,E-mail,Nature,Item,Qty,Unit price,Due,PO,Bill
Okafor Imports Ltd,,sample fee,Vase,2,50,30,PO-1,A
,,,Courier,1,12,,,A
<b>Berg</b>,berg@example.com,tooling fee,Mould,1,300,2026-12-31,,
"""
USUAL = {"currency": "USD", "tax": "with", "nature": "sampling", "due_days": "14"}


@pytest.fixture
def shop(db: None, frozen_clock: object) -> Merchant:
    shop = people.merchant()
    billing.customer(shop)
    return shop


@pytest.fixture
def lin(shop: Merchant) -> Visitor:
    return office.at_work(shop)


def text(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def sent(lin: Visitor, content: str | bytes = TABLE, name: str = "march.csv") -> Any:
    packed = content.encode() if isinstance(content, str) else content
    return lin.post("/bills/many-from-table", {"table": SimpleUploadedFile(name, packed)})


def uploaded(lin: Visitor, content: str | bytes = TABLE) -> str:
    answer = sent(lin, content)
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def making(lin: Visitor, url: str, **more: str) -> Any:
    return lin.post(url, USUAL | {"do": "import"} | more, follow=True)


def test_a_table_becomes_drafts_once_it_was_looked_at(shop, lin):
    url = uploaded(lin)
    page = text(lin.get(url))
    for said in ("2 bills · 1 new customer", "412.00", "and 1 more", "30 days after issue"):
        assert said in page
    assert not Invoice.objects.exists()
    answer = making(lin, url)
    file = TableFile.objects.get()
    assert answer.redirect_chain == [(f"/bills?table={file.public_id}", 302)]
    assert "2 drafts are made." in text(answer)
    assert [bill.asked for bill in Invoice.objects.order_by("pk")] == [
        Money(11200, "USD"),
        Money(30000, "USD"),
    ]
    assert shop.customers.filter(name="<b>Berg</b>").exists()


def test_the_list_shows_only_the_bills_of_the_table(shop, lin):
    other = desk.draft(shop)
    answer = making(lin, uploaded(lin))
    page = answer.content.decode()
    assert "march.csv" in page
    assert other.public_id not in page
    for bill in Invoice.objects.exclude(pk=other.pk):
        assert bill.public_id in page
    assert other.public_id in lin.get("/bills").content.decode()


def test_all_of_them_are_issued_from_there(shop, lin):
    shop.legal_name = "Lin Ceramics Co., Ltd."
    shop.save(update_fields=["legal_name"])
    making(lin, uploaded(lin))
    other = desk.draft(shop)
    match = f"table={TableFile.objects.get().public_id}"
    lin.post("/bills/issue", {"all": "1", "match": match, "seen": "2", "next": "/bills"})
    assert Invoice.objects.exclude(number="").count() == 2
    assert Invoice.objects.get(pk=other.pk).number == ""


def test_markup_in_a_table_stays_text(lin):
    page = lin.get(uploaded(lin)).content.decode()
    assert "<b>Berg" not in page
    assert "&lt;b&gt;Berg&lt;/b&gt;" in page


def test_what_is_usual_is_chosen_beside_the_table(lin):
    url = uploaded(lin)
    page = text(lin.post(url, USUAL | {"currency": "EUR", "do": "look"}, follow=True))
    assert re.search(r"412\.00\s*EUR", strip_tags(page))
    assert not Invoice.objects.exists()
    making(lin, url, currency="EUR")
    assert set(Invoice.objects.values_list("currency", flat=True)) == {"EUR"}


@pytest.mark.parametrize(
    "wrong", [{"due_days": "366"}, {"due_days": "soon"}, {"nature": "gift"}, {"currency": "ABC"}]
)
def test_nothing_is_made_of_a_forged_choice(lin, wrong):
    page = text(making(lin, uploaded(lin), **wrong))
    assert "Choose what is offered" in page
    assert not Invoice.objects.exists()


def test_rows_that_make_no_bill_say_why_and_are_left_out_only_on_demand(shop, lin):
    url = uploaded(lin, f"{TABLE}Okafor Imports Ltd,,gift,Bowl,1,x,soon,,\n")
    page = text(lin.get(url))
    for said in ("1 row is left out", "This is no nature of a fee.", "This is no number", "no day"):
        assert said in page
    assert "Some rows cannot be read." in text(making(lin, url))
    assert not Invoice.objects.exists()
    page = text(making(lin, url, leaves_out="1"))
    assert "2 drafts are made." in page
    assert "1 row is left out" in page
    rows = openpyxl.load_workbook(io.BytesIO(lin.get(f"{url}/left-out.xlsx").content)).active
    assert rows is not None
    assert rows["A2"].value == 5
    assert Invoice.objects.count() == 2


def test_the_same_file_warns_and_links_to_what_it_made(lin):
    making(lin, uploaded(lin))
    first = TableFile.objects.get()
    url = uploaded(lin)
    page = lin.get(url).content.decode()
    assert "This very table came in on" in page
    assert f"/bills?table={first.public_id}" in page
    assert "imported already" in text(making(lin, url))
    assert Invoice.objects.count() == 2
    making(lin, url, again="1")
    assert Invoice.objects.count() == 4


def test_the_template_comes_back_as_it_went_in_both_languages(shop):
    for language in ("en", "zh-hans"):
        visitor = office.at_work(shop, language)
        template = visitor.get("/bills/many.xlsx")
        assert 'attachment; filename="bills-template-' in template["Content-Disposition"]
        url = uploaded(visitor, template.content)
        file = TableFile.objects.get(public_id=url.rsplit("/", 1)[-1])
        assert set(file.read_as.places) == set(BILL_FIELDS)
        making(visitor, url)
        file.refresh_from_db()
        assert len(file.made) == 2
    assert Invoice.objects.count() == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_chinese_table_is_read_in_any_encoding(lin, encoding):
    told = "客户,费用性质,品名,单价,币种,付款期限\n青禾茶器,打样费,茶壶,88.50,人民币,15 天\n"
    making(lin, uploaded(lin, told.encode(encoding)))
    bill = Invoice.objects.get()
    assert (bill.payer_name, bill.asked, bill.due_days) == ("青禾茶器", Money(8850, "CNY"), 15)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\xff\xfe\x00", b"PK\x03\x04broken"])
def test_what_is_no_table_is_refused_with_a_sentence(lin, content):
    answer = sent(lin, content)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not TableFile.objects.exists()


def test_columns_are_remembered_for_the_next_table(lin):
    told = "Wer,Was,Preis\nBerg,Vase,5\n"
    url = uploaded(lin, told)
    page = text(lin.get(url))
    assert "Say in which column" in page or "Which column says what" in page
    columns = {"head_row": "1", "decimal_mark": "."}
    places = {"column_name": "0", "column_item": "1", "column_price": "2"}
    lin.post(f"{url}/columns", columns | places)
    assert ColumnMap.objects.get().purpose == "bills"
    assert "1 bill" in text(lin.get(uploaded(lin, told.replace("5", "6"))))


def test_who_only_looks_makes_no_drafts(shop, lin):
    url = uploaded(lin)
    viewer = office.colleague(shop, "viewer")
    for path in ("/bills/many-from-table", "/bills/many.xlsx", url):
        assert viewer.get(path).status_code == 403
    assert making(viewer, url).status_code == 403
    assert not Invoice.objects.exists()


def test_another_merchants_table_is_not_there(shop, lin):
    making(lin, uploaded(lin))
    stranger = office.at_work(people.merchant("Tal", "tal@example.com"))
    file = TableFile.objects.get()
    assert stranger.get(f"/tables/{file.public_id}").status_code == 404
    page = text(stranger.get(f"/bills?table={file.public_id}"))
    assert "march.csv" not in page
    assert "Okafor" not in page
