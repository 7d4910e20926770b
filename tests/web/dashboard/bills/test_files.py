"""Bills as files of other programs, a year of them, and the merchant's own template for Word."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sleek.core import tables
from sleek.merchants.models import Merchant
from tests import people
from tests.web.dashboard import office
from tests.web.dashboard.bills import desk

SETTINGS = "/settings/papers"


@pytest.fixture
def shop(db: None, frozen_clock: object) -> Merchant:
    return people.merchant()


def test_the_page_leads_to_a_bill_as_workbook_and_document(shop):
    bill, visitor = desk.issued(shop), office.at_work(shop)
    page = visitor.read(f"/bills/{bill.public_id}")
    for name in ("bill.xlsx", "bill.docx"):
        url = f"/bills/{bill.public_id}/{name}"
        assert url in page
        answer = visitor.get(url)
        assert zipfile.is_zipfile(io.BytesIO(answer.content))
        assert f"{bill.number}.{name[-4:]}" in answer.headers["Content-Disposition"]
    assert visitor.get(f"/bills/{bill.public_id}/bill.xlsx").headers["Content-Type"] == tables.XLSX


def test_who_may_not_export_is_not_led_there(shop):
    bill, viewer = desk.issued(shop), office.colleague(shop, "viewer")
    assert "bill.xlsx" not in viewer.read(f"/bills/{bill.public_id}")
    assert viewer.get(f"/bills/{bill.public_id}/bill.xlsx").status_code == 403


def test_a_year_is_saved_whole(shop):
    bill, visitor = desk.issued(shop), office.at_work(shop)
    assert "/bills/archive-2026.zip" in visitor.read(SETTINGS)
    answer = visitor.get("/bills/archive-2026.zip")
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        [paper] = [name for name in archive.namelist() if name.endswith(".pdf")]
        assert bill.number in paper
        assert archive.read(paper) == bytes(shop.papers.get().content)
    assert visitor.get("/bills/archive-1.zip").status_code == 404


def test_a_template_for_word_is_taken_brought_back_and_dropped(shop):
    visitor = office.at_work(shop)
    ours = visitor.get("/bills/word-template.docx").content
    file = SimpleUploadedFile("mine.docx", ours)
    visitor.post("/bills/word-template", {"template": file})
    assert "filled into your template" in visitor.read(SETTINGS)
    visitor.post("/bills/word-template/drop")
    assert "filled into our template" in visitor.read(SETTINGS)


@pytest.mark.parametrize("content", [b"not a document", b""])
def test_what_is_no_template_is_refused_in_words(shop, content):
    visitor = office.at_work(shop)
    file = SimpleUploadedFile("mine.docx", content)
    answer = visitor.post("/bills/word-template", {"template": file}, follow=True)
    assert answer.status_code == 200
    assert "filled into our template" in visitor.read(SETTINGS)
