"""A year's papers as one ZIP."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import date

import pytest

from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.formats import facturx
from sleek.invoices.models import Views
from sleek.merchants.models import Merchant
from sleek.papers.models import Paper
from sleek.reports.queries import bills as reports
from tests import billing, people
from tests.conftest import FrozenClock


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    shop = people.merchant()
    shop.credit_code = "91360200MA35K3XK7F"
    shop.save()
    return shop


def _archive(shop: Merchant, year: int = 2026) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(reports.archive(shop, year))))


def test_every_paper_lies_in_it_as_it_was_issued(shop: Merchant) -> None:
    bill = billing.issued(shop, wants_xml=True)
    packed = _archive(shop)
    assert packed.testzip() is None
    assert packed.namelist() == [
        "bills/SK-2026-00001.pdf",
        "bills/SK-2026-00001.xml",
        "manifest.json",
        "manifest.csv",
    ]
    paper = Paper.objects.get(subject=bill.public_id)
    content = packed.read("bills/SK-2026-00001.pdf")
    assert hashlib.sha256(content).hexdigest() == paper.content_hash
    assert packed.read("bills/SK-2026-00001.xml") == facturx.xml(bill)


def test_void_bills_and_credit_notes_are_listed_too(shop: Merchant) -> None:
    owner = billing.owner(shop).user
    invoices.void(billing.issued(shop), "typing error", by=owner)
    other = billing.issued(shop)
    note = invoices.credit(other, Money(1000, "USD"), "one broke", by=owner)
    Views.objects.create(invoice=other, on=date(2026, 3, 2), count=3)
    packed = _archive(shop)
    manifest = json.loads(packed.read("manifest.json"))
    assert [(each["kind"], each["number"], each.get("status")) for each in manifest] == [
        ("bill", "SK-2026-00001", "void"),
        ("bill", "SK-2026-00002", "open"),
        ("credit_note", note.number, None),
    ]
    assert manifest[0]["reason"] == "typing error"
    assert manifest[1]["views"] == [{"on": "2026-03-02", "count": 3}]
    rows = list(csv.DictReader(io.StringIO(packed.read("manifest.csv").decode("utf-8-sig"))))
    assert [row["amount"] for row in rows] == ["50.00", "50.00", "10.00"]
    assert rows[1]["sha256"] == manifest[1]["files"][0]["sha256"]


def test_the_same_year_gives_the_same_bytes(shop: Merchant) -> None:
    billing.issued(shop)
    assert b"".join(reports.archive(shop, 2026)) == b"".join(reports.archive(shop, 2026))


def test_each_paper_is_handed_on_before_the_next_is_read(shop: Merchant) -> None:
    for _ in range(3):
        billing.issued(shop)
    sizes = [len(bytes(paper.content)) for paper in Paper.objects.order_by("pk")]
    pieces = [len(piece) for piece in reports.archive(shop, 2026)]
    assert len(pieces) == 4
    assert all(piece < size + 1000 for piece, size in zip(pieces, sizes, strict=False))


def test_another_year_and_another_merchant_are_not_in_it(shop: Merchant) -> None:
    billing.issued(people.merchant("Other", "other@example.com"))
    billing.issued(shop)
    assert json.loads(_archive(shop, 2025).read("manifest.json")) == []
    assert len(json.loads(_archive(shop).read("manifest.json"))) == 1


def test_a_credit_note_lies_in_it_with_its_e_invoice(shop: Merchant) -> None:
    bill = billing.issued(shop, wants_xml=True)
    note = invoices.credit(bill, Money(1000, "USD"), "one broke", by=billing.owner(shop).user)
    packed = _archive(shop)
    kept = Paper.objects.get(subject=note.public_id)
    assert packed.read("credit_notes/HC-2026-00001.pdf") == bytes(kept.content)
    assert packed.read("credit_notes/HC-2026-00001.xml") == facturx.note_xml(note)
