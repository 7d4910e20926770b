"""Lists as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from sleek.core.tables.sheet import FORMULA_STARTS, QUOTE

Cell = str | int | Decimal | date | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTE_ORDER_MARK = "\ufeff"  # or Excel reads Chinese as noise
_EXACT_DIGITS = 15  # a spreadsheet's numbers lose what comes after
_TAB = "\t"  # after a long number, as in the providers' own exports


class Line:
    """What csv.writer writes to: it hands the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def safe(text: str) -> str:
    """A text that a spreadsheet shows as it is: never a formula, never a rounded number."""
    if is_formula(text):
        return QUOTE + text
    return text + _TAB if _is_long_number(text) else text


def is_formula(text: str) -> bool:
    return text.lstrip(" ").startswith(FORMULA_STARTS)


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Line by line; texts are made safe, numbers and days are plain."""
    writer = csv.writer(Line())
    mark = BYTE_ORDER_MARK
    for row in rows:
        yield mark + writer.writerow([_plain(cell) for cell in row])
        mark = ""


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
