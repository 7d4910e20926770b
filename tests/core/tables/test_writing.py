"""What is written, as a spreadsheet would meet it."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl

from sleek.core import tables
from sleek.core.tables import Cell

LONG = "2026112122001412341234567890"
ROWS: list[list[Cell]] = [
    ["Name", "=Head"],
    ["=1+1", LONG],
    [Decimal("-1.50"), date(2026, 3, 2)],
    [None, 7],
]


def _opened(content: bytes) -> list[list[tuple[object, str]]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet
    return [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]


def test_csv_begins_with_a_mark_and_runs_nothing():
    assert list(tables.csv_lines(ROWS)) == [
        "\ufeffName,'=Head\r\n",
        f"'=1+1,{LONG}\t\r\n",
        "-1.50,2026-03-02\r\n",
        ",7\r\n",
    ]


def test_in_a_workbook_texts_stay_texts_and_numbers_numbers():
    rows = _opened(tables.workbook("Customers", ROWS))
    assert rows[0] == [("Name", "s"), ("=Head", "s")]
    assert rows[1] == [("=1+1", "s"), (LONG, "s")]
    assert rows[2][0] == (-1.5, "n")
    assert rows[3] == [(None, "n"), (7, "n")]


def test_a_text_like_a_formula_stays_text_when_somebody_edits_it():
    sheet = openpyxl.load_workbook(io.BytesIO(tables.workbook("x", ROWS))).active
    assert sheet
    assert (sheet["A2"].number_format, sheet["A2"].quotePrefix) == ("@", True)
    assert (sheet["B2"].number_format, sheet["B2"].quotePrefix) == ("@", False)


def test_what_no_workbook_can_hold_is_left_out():
    rows = _opened(tables.workbook("a/b:c" * 20, [["x"], ["a\x00b\x0bc\ufffe"]]))
    assert rows[1] == [("abc", "s")]


def test_a_workbook_comes_back_as_it_was_written():
    read = tables.read(tables.workbook("Customers", ROWS))
    assert read.name == "Customers"
    assert [row.cells for row in read.rows[:2]] == [("Name", "=Head"), ("=1+1", LONG)]
