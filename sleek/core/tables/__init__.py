"""Tables that people keep in a spreadsheet: read from XLSX or CSV, written to both.

A file is read into text, cell by cell, as its reader sees it in a spreadsheet, or refused as a
whole. What is written is never run by the program that opens it, and no long number is rounded.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sleek.core.tables.sheet import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_LETTERS,
    MAX_ROWS,
    Row,
    Sheet,
    TableFlaw,
    UnreadableTable,
)
from sleek.core.tables.writing import BYTE_ORDER_MARK, XLSX, Cell, Line, csv_lines, safe

if TYPE_CHECKING:
    from sleek.core.tables.books import workbook
    from sleek.core.tables.reading import read
else:
    # These bring openpyxl along, which takes a fifth of a second, and most processes never ask.
    _LATER = {"read": "reading", "workbook": "books"}

    def __getattr__(name: str) -> object:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)


__all__ = [
    "BYTE_ORDER_MARK",
    "MAX_BYTES",
    "MAX_COLUMNS",
    "MAX_LETTERS",
    "MAX_ROWS",
    "XLSX",
    "Cell",
    "Line",
    "Row",
    "Sheet",
    "TableFlaw",
    "UnreadableTable",
    "csv_lines",
    "read",
    "safe",
    "workbook",
]
