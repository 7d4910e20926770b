"""A bill as a workbook."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from sleek.core.money import Money
from sleek.invoices.formats import xlsx
from sleek.invoices.models import Invoice
from sleek.invoices.rules import Stage
from sleek.merchants.models import Merchant
from tests import billing, people
from tests.conftest import FrozenClock


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def _rows(bill: Invoice) -> list[list[Any]]:
    with translation.override("en"):
        book = openpyxl.load_workbook(io.BytesIO(xlsx.workbook(bill)))
    return [[cell.value for cell in row if cell.value is not None] for row in book.active.rows]


def test_figures_are_numbers_and_days_are_days(shop: Merchant) -> None:
    bill = billing.issued(shop, billing.line("11.30", "3", tax_rate="13"), due_days=14)
    rows = _rows(bill)
    assert rows[0] == ["Payment request", "SK-2026-00001"]
    (day,) = [row[1] for row in rows if row[0:1] == ["Date of issue"]]
    assert day.date() == date(2026, 3, 2)
    assert ["Net", 30.0] in rows
    assert ["Tax 13%", 3.9] in rows
    assert ["Amount due", 33.9] in rows
    line = next(row for row in rows if row[:1] == [1])
    assert line == [1, "Celadon vase, sample", 3, 11.3, 13, 33.9, 30]


def test_stages_stand_below(shop: Merchant) -> None:
    stages = (Stage("Design", amount=Money(2000, "USD")), Stage("Rest", amount=Money(3000, "USD")))
    rows = _rows(billing.drafted(shop, stages=stages))
    assert rows[-2:] == [["Design", 20], ["Rest", 30]]


def test_hostile_text_stays_text_and_long_numbers_stay_whole(shop: Merchant) -> None:
    formula = '=cmd|"/c calc"!A1'
    bill = billing.drafted(shop, billing.line("50", item=formula))
    Invoice.objects.filter(pk=bill.pk).update(payer_tax_number="123456789012345678")
    book = openpyxl.load_workbook(io.BytesIO(xlsx.workbook(Invoice.objects.get(pk=bill.pk))))
    cells = {cell.value: cell for row in book.active.rows for cell in row}
    assert cells[formula].data_type == "s"
    assert cells[formula].quotePrefix
    assert cells["123456789012345678"].data_type == "s"
