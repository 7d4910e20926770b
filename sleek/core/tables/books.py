"""Lists as XLSX, safe to open in a spreadsheet."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from sleek.core.tables.writing import Cell, is_formula

# What XML has no letter for; openpyxl itself looks for those below the space alone.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TEXT = "@"  # the format of a cell that stays text when somebody edits it
_MAX_TITLE = 31  # letters of a sheet's name
_TITLE_FORBIDS = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_MAX_CELL = 32_767  # letters that a spreadsheet takes
_WIDTHS = (8, 60)  # of a column, in letters, at least and at most


def workbook(title: str, rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet whose first row is its head and stays in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title.translate(_TITLE_FORBIDS).strip("' ")[:_MAX_TITLE] or "1")
    sheet.freeze_panes = "A2"
    read = iter(rows)
    head = [str(cell) for cell in next(read, ())]
    for place, name in enumerate(head):
        width = min(max(2 * len(name) + 2, _WIDTHS[0]), _WIDTHS[1])
        sheet.column_dimensions[_letter(place)].width = width
    sheet.append([_bold(WriteOnlyCell(sheet, name)) for name in head])
    for row in read:
        sheet.append([_cell(sheet, value) for value in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(sheet: object, value: Cell) -> object:
    """A text is written as one, whatever it looks like; those that might be taken for something
    else are marked, too, so that they stay text when somebody edits them.
    """
    if not isinstance(value, str):
        return value.replace(tzinfo=None) if isinstance(value, datetime) else value
    text = _NO_XML.sub("", value)[:_MAX_CELL]
    if not is_formula(text) and not text.isdecimal():
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type, cell.number_format, cell.quotePrefix = "s", _TEXT, is_formula(text)
    return cell


def _bold(cell: object) -> object:
    cell.font = Font(bold=True)  # type: ignore[attr-defined]
    cell.data_type = "s"  # type: ignore[attr-defined]
    return cell


def _letter(place: int) -> str:
    """A, B … Z, AA."""
    letters = ""
    number = place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
