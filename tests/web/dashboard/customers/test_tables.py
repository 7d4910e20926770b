"""A table in the back office: uploaded, looked at, imported once."""

from __future__ import annotations

import io
from html import unescape

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sleek.customers import actions as customers
from sleek.customers.models import Customer, TableFile
from sleek.customers.rules import LINES
from sleek.merchants.models import Merchant
from tests import people
from tests.web.dashboard import office
from tests.web.dashboard.conftest import Visitor

CONTENT = b"Name,E-mail\nBerg,berg@example.com\n<b>Cruz</b>,cruz@example.com\n=Dahl,nobody\n"


@pytest.fixture
def shop(db: None) -> Merchant:
    return people.merchant()


@pytest.fixture
def lin(shop: Merchant) -> Visitor:
    return office.at_work(shop)


def _text(answer: object) -> str:
    return unescape(answer.content.decode())  # type: ignore[attr-defined]


def _uploaded(lin: Visitor, content: bytes = CONTENT) -> str:
    """The address of its page."""
    file = SimpleUploadedFile("march.csv", content)
    answer = lin.post("/customers/import", {"table": file})
    assert answer.status_code == 302, _text(answer)
    return str(answer["Location"])


def test_nothing_is_imported_before_it_was_seen(lin):
    page = _text(lin.get(_uploaded(lin)))
    assert "2 customers come in" in page
    assert "1 row is left out" in page
    assert "E-mail address: This is no e-mail address." in page
    assert not Customer.objects.exists()


def test_an_import_tells_what_came_of_it_however_often_it_is_sent(lin):
    url = _uploaded(lin)
    page = _text(lin.post(url, follow=True))
    assert "2 customers came in." in page
    again = _text(lin.post(url, follow=True))
    assert "Nothing was added twice." in again
    assert "2 customers came in." in again
    assert Customer.objects.count() == 2


def test_markup_in_a_table_stays_text(lin):
    page = lin.get(_uploaded(lin)).content.decode()
    assert "<b>Cruz" not in page
    assert "&lt;b&gt;Cruz&lt;/b&gt;" in page


def test_the_rows_left_out_can_be_put_right_in_a_file(lin):
    url = _uploaded(lin)
    for _ in range(2):  # before the import, and after it
        book = openpyxl.load_workbook(io.BytesIO(lin.get(f"{url}/left-out.xlsx").content)).active
        assert book
        head, row = book.iter_rows(values_only=True)
        assert head == ("Row", "Why it was left out", "Name", "E-mail")
        assert (row[0], row[2:]) == (4, ("=Dahl", "nobody"))
        assert book["C2"].data_type == "s"
        lin.post(url)


def test_columns_are_named_by_hand_where_no_head_tells(lin):
    url = _uploaded(lin, b"Wer,Wo\nBerg,x@example.com\n")
    assert "Which column says what" in _text(lin.get(url))
    missing = lin.post(f"{url}/columns", {"head_row": "1"})
    assert missing.status_code == 422
    assert "Say in which column this stands." in _text(missing)
    data = {"head_row": "1", "column_name": "0", "column_email": "1"}
    page = _text(lin.post(f"{url}/columns", data, follow=True))
    assert "1 customer comes in" in page
    lin.post(url)
    assert Customer.objects.values_list("name", "email").get() == ("Berg", "x@example.com")


def test_a_table_without_heads_loses_no_row(lin):
    url = _uploaded(lin, b"Berg,x@example.com\nCruz,y@example.com\n")
    lin.post(f"{url}/columns", {"head_row": "0", "column_name": "0"})
    lin.post(url)
    assert set(Customer.objects.values_list("name", flat=True)) == {"Berg", "Cruz"}


@pytest.mark.parametrize(
    "data", [{"head_row": "99", "column_name": "0"}, {"head_row": "1", "column_name": "61"}]
)
def test_columns_that_are_not_there_are_refused(lin, data):
    url = _uploaded(lin)
    before = TableFile.objects.get().layout
    assert lin.post(f"{url}/columns", data).status_code == 422
    assert TableFile.objects.get().layout == before


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old .xls file, or it has a password"),
        (b"x,y\n" * 50_000, "more than 10,000 rows"),
        (b"%PDF-1.7", "This is no table."),
        (b" ", "The file is empty."),
    ],
    ids=["xls", "rows", "pdf", "empty"],
)
def test_what_is_not_read_says_why_and_is_not_kept(lin, content, told):
    file = SimpleUploadedFile("march.xlsx", content)
    answer = lin.post("/customers/import", {"table": file})
    assert answer.status_code == 422
    assert told in _text(answer)
    assert not TableFile.objects.exists()


def test_an_upload_without_a_file_asks_for_one(lin):
    answer = lin.post("/customers/import")
    assert (answer.status_code, "Choose a file first." in _text(answer)) == (422, True)


def test_the_empty_table_is_one_that_comes_in(lin):
    content = lin.get("/customers/import.xlsx").content
    assert "1 customer comes in" in _text(lin.get(_uploaded(lin, content)))


def test_tables_of_another_purpose_have_no_page_here(shop, lin):
    owner = shop.memberships.get()
    file = customers.keep_table(owner, LINES, "q.csv", b"Item,Price\nx,1\n", subject="inv_1")
    assert lin.get(f"/tables/{file.public_id}").status_code == 404


def test_who_may_not_ask_for_money_uploads_nothing(shop):
    reviewer = office.colleague(shop, "reviewer")
    file = SimpleUploadedFile("march.csv", CONTENT)
    assert reviewer.post("/customers/import", {"table": file}).status_code == 403
    assert not TableFile.objects.exists()
