"""Tables that people keep in a spreadsheet: read from XLSX or CSV, written to both.

A file is read into text, cell by cell, as its reader sees it in a spreadsheet, or refused as a
whole. What is written is never run by the program that opens it, and no long number is rounded.
"""

from sleek.core.tables.reading import read
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
from sleek.core.tables.writing import BYTE_ORDER_MARK, XLSX, Cell, Line, csv_lines, safe, workbook

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
