"""XLSX, read by openpyxl once it is known to be harmless.

A workbook is a ZIP of XML. What it unpacks to is known before anything is unpacked, and what
declares entities is not parsed at all.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries

from sleek.core.tables.sheet import (
    MAX_COLUMNS,
    MAX_ROWS,
    Sheet,
    TableFlaw,
    UnreadableTable,
    rows_of,
)

MAX_UNPACKED = 40 * 1024 * 1024  # bytes of XML: ten thousand rows of sixty cells are 25 MB
MAX_PART = 4 * 1024 * 1024  # of what is neither cells nor their texts: styles, names
MAX_PARTS = 2_000
MAX_SHEETS = 50
_BIG_PARTS = ("xl/worksheets/", "xl/sharedStrings")
_XML = (".xml", ".rels", ".vml")
_LAST_ROW = 1_048_576  # that a spreadsheet can have
_EXACT = 10**15  # a spreadsheet shows and keeps fifteen digits
_ZEROS = re.compile("0+")  # a format that fills up with zeros: 00042
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:]{1,24})"')
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")

Grid = Iterator[tuple[int, list[str], tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class _Marks:
    """What a sheet's XML tells that openpyxl leaves out when it reads a sheet row by row."""

    has_formulas: bool
    merged: tuple[tuple[int, int, int, int], ...]  # first column, first row, last column, last row


def read(content: bytes) -> Sheet:
    """Raises `UnreadableTable`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(archive)
            return _first_with_rows(content, archive)
    except UnreadableTable:
        raise
    # openpyxl meets damage with whatever its parts raise: KeyError, ValueError, lxml's errors.
    except Exception as error:
        raise UnreadableTable(TableFlaw.BROKEN) from error


def _check(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise UnreadableTable(TableFlaw.OTHER_FORMAT)
    parsed = [part for part in parts if part.filename.lower().endswith(_XML)]
    small = [part for part in parsed if not part.filename.startswith(_BIG_PARTS)]
    # zipfile hands out no more of a part than its directory says, so these sizes hold.
    unpacked = sum(part.file_size for part in parsed)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED:
        raise UnreadableTable(TableFlaw.BOMB)
    if any(part.file_size > MAX_PART for part in small):
        raise UnreadableTable(TableFlaw.BOMB)
    for part in parsed:
        text = archive.read(part)
        # Two bytes a letter would hide a declaration; spreadsheets write UTF-8.
        if b"\x00" in text or _DECLARATION.search(text):
            raise UnreadableTable(TableFlaw.FORBIDDEN)


def _first_with_rows(content: bytes, archive: zipfile.ZipFile) -> Sheet:
    found, unread = Sheet(()), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what spreadsheets can do and openpyxl does not keep
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        asked = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for sheet in asked[:MAX_SHEETS]:
            if found.rows:
                if any(any(row) for row in islice(_values(sheet), MAX_ROWS)):
                    unread.append(str(sheet.title))
            else:
                marks = _marks(archive, sheet)
                formulas = _formulas(content, str(sheet.title)) if marks.has_formulas else {}
                rows = rows_of(_spread(_grid(sheet, formulas), marks))
                found = Sheet(rows, str(sheet.title))
    return Sheet(found.rows, found.name, tuple(unread))


def _values(sheet: Any) -> Iterator[tuple[object, ...]]:
    sheet.reset_dimensions()  # what a file says of its own size may be wrong
    yield from sheet.iter_rows(max_row=_LAST_ROW, max_col=MAX_COLUMNS + 1, values_only=True)


def _grid(sheet: Any, formulas: dict[int, list[int]]) -> Grid:
    for number, cells in _numbered(sheet):
        filled = [(place, cell) for place, cell in enumerate(cells) if cell.value is not None]
        unsolved = formulas.get(number, [])
        if not filled and not unsolved:
            continue
        texts = [""] * (filled[-1][0] + 1 if filled else 0)
        broken = []
        for place, cell in filled:
            if cell.data_type == "e":
                broken.append(place)
            else:
                texts[place] = _text(cell.value, cell.number_format or "")
        missing = [place for place in unsolved if cells[place].value is None]
        yield number, texts, tuple(sorted({*broken, *missing}))


def _formulas(content: bytes, title: str) -> dict[int, list[int]]:
    """Where formulas stand: their places, by the row's number."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    found: dict[int, list[int]] = {}
    for number, cells in _numbered(book[title]):
        places = [place for place, cell in enumerate(cells) if _is_formula(cell)]
        if places:
            found[number] = places
    return found


def _numbered(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows that are there. openpyxl fills what is missing, up to a million rows, with one and
    the same row of nothing.
    """
    sheet.reset_dimensions()
    before = None
    for number, cells in enumerate(sheet.iter_rows(max_row=_LAST_ROW, max_col=MAX_COLUMNS + 1), 1):
        if cells is not before:
            yield number, cells
        before = cells


def _is_formula(cell: Any) -> bool:
    return cell.value is not None and cell.data_type == "f"


def _marks(archive: zipfile.ZipFile, sheet: Any) -> _Marks:
    xml = archive.read(str(sheet._worksheet_path))
    merged = []
    for reference in _MERGED.findall(xml)[:MAX_ROWS]:
        left, top, right, bottom = range_boundaries(reference.decode())
        if None not in (left, top, right, bottom):
            merged.append((int(left), int(top), min(int(right), MAX_COLUMNS), int(bottom)))
    return _Marks(bool(_FORMULA.search(xml)), tuple(merged))


def _spread(grid: Grid, marks: _Marks) -> Grid:
    """What stands in merged cells stands in each of them, as their reader means it."""
    tops: dict[int, list[tuple[int, int, int]]] = {}
    for left, top, right, bottom in marks.merged:
        tops.setdefault(top, []).append((left, right, bottom))
    open_ranges: list[tuple[int, int, int, str]] = []
    for number, texts, gaps in grid:
        open_ranges = [each for each in open_ranges if each[2] >= number]
        for left, right, bottom in tops.get(number, []):
            text = texts[left - 1] if left <= len(texts) else ""
            open_ranges.append((left, right, bottom, text))
        # Ranges do not overlap, unless somebody means to keep us busy.
        del open_ranges[MAX_COLUMNS:]
        for left, right, _bottom, text in open_ranges:
            texts += [""] * (right - len(texts))
            texts[left - 1 : right] = [text] * (right - left + 1)
        yield number, texts, gaps


def _text(value: object, number_format: str) -> str:
    """As the spreadsheet shows it, as far as that tells the same."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, datetime):
        has_time = value.time() != time()
        return value.isoformat(" ", "minutes") if has_time else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, str | timedelta) else ""


def _number(value: int | float, number_format: str) -> str:
    exact = _decimal(value)
    if "%" in number_format:
        return f"{(exact * 100).normalize():f}%"
    whole = f"{exact:f}"
    if _ZEROS.fullmatch(number_format) and whole.isdigit():
        return whole.zfill(len(number_format))
    return whole


def _decimal(value: int | float) -> Decimal:
    """Of a fraction the fifteen digits that a spreadsheet shows: what follows is binary dust."""
    if isinstance(value, int) or abs(value) >= _EXACT:
        return Decimal(repr(value))
    exact = Decimal(f"{value:.15g}")
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact
