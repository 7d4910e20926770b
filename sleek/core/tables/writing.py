"""Lists as CSV or XLSX, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from sleek.core.tables.sheet import FORMULA_STARTS, QUOTE

Cell = str | int | Decimal | date | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTE_ORDER_MARK = "\ufeff"  # or Excel reads Chinese as noise
_EXACT_DIGITS = 15  # a spreadsheet's numbers lose what comes after
_TAB = "\t"  # after a long number, as in the providers' own exports
_TEXT = "@"  # the format of a cell that stays text when somebody edits it
_MAX_TITLE = 31  # letters of a sheet's name
_TITLE_FORBIDS = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_MAX_CELL = 32_767  # letters that a spreadsheet takes
_WIDTHS = (8, 60)  # of a column, in letters, at least and at most


class Line:
    """What csv.writer writes to: it hands the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def safe(text: str) -> str:
    """A text that a spreadsheet shows as it is: never a formula, never a rounded number."""
    if _is_formula(text):
        return QUOTE + text
    return text + _TAB if _is_long_number(text) else text


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Line by line; texts are made safe, numbers and days are plain."""
    writer = csv.writer(Line())
    mark = BYTE_ORDER_MARK
    for row in rows:
        yield mark + writer.writerow([_plain(cell) for cell in row])
        mark = ""


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


def _is_formula(text: str) -> bool:
    return text.lstrip(" ").startswith(FORMULA_STARTS)


def _is_long_number(text: str) -> bool:
    return text.isdecimal() and (len(text) > _EXACT_DIGITS or text.startswith("0"))


def _plain(cell: Cell) -> str:
    if isinstance(cell, str):
        return safe(cell)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _cell(sheet: object, value: Cell) -> object:
    """A text is written as one, whatever it looks like; those that might be taken for something
    else are marked, too, so that they stay text when somebody edits them.
    """
    if not isinstance(value, str):
        return value.replace(tzinfo=None) if isinstance(value, datetime) else value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:_MAX_CELL]
    if not _is_formula(text) and not text.isdecimal():
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type, cell.number_format, cell.quotePrefix = "s", _TEXT, _is_formula(text)
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
