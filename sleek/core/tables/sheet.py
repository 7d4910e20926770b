"""What is read of a file, and why one is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 10_000  # that say something
MAX_COLUMNS = 60
MAX_LETTERS = 5_000  # of one cell

# A spreadsheet's text that would be run is quoted when it is written; see `writing.safe`.
FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four are full-width = + - @
QUOTE = "'"
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b\ufeff]")


class TableFlaw(StrEnum):
    """Why a file is not read."""

    EMPTY = "empty"
    TOO_HEAVY = "too_heavy"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    CELL_TOO_LONG = "cell_too_long"
    BOMB = "bomb"  # unpacks to far more than it weighs
    FORBIDDEN = "forbidden"  # declares entities, as no spreadsheet does
    OLD_OR_LOCKED = "old_or_locked"
    OTHER_FORMAT = "other_format"
    ENCODING = "encoding"
    BROKEN = "broken"


class UnreadableTable(Exception):
    """`row` is where the reader stumbled; none when it is about the whole file."""

    def __init__(self, flaw: TableFlaw, row: int | None = None) -> None:
        super().__init__(flaw)
        self.flaw = flaw
        self.row = row


@dataclass(frozen=True, slots=True)
class Row:
    """One row that says something, under the number that a spreadsheet shows beside it.

    `gaps` are the places of cells whose formula has no result in the file, or an error for one.
    """

    number: int
    cells: tuple[str, ...]
    gaps: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first sheet of a file that says something; a CSV file has no name for it."""

    rows: tuple[Row, ...]
    name: str = ""
    unread: tuple[str, ...] = ()  # names of the other sheets that say something


def rows_of(grid: Iterable[tuple[int, list[str], tuple[int, ...]]]) -> tuple[Row, ...]:
    """Without rows that say nothing. Raises `UnreadableTable`."""
    return tuple(_checked(grid))


def _checked(grid: Iterable[tuple[int, list[str], tuple[int, ...]]]) -> Iterator[Row]:
    count = 0
    for number, texts, gaps in grid:
        cells = [plain(text) for text in texts]
        while cells and not cells[-1]:
            cells.pop()
        if not any(cells) and not gaps:
            continue
        count += 1
        if count > MAX_ROWS:
            raise UnreadableTable(TableFlaw.TOO_MANY_ROWS)
        if len(cells) > MAX_COLUMNS:
            raise UnreadableTable(TableFlaw.TOO_MANY_COLUMNS, number)
        if any(len(cell) > MAX_LETTERS for cell in cells):
            raise UnreadableTable(TableFlaw.CELL_TOO_LONG, number)
        yield Row(number, tuple(cells), gaps)


def plain(text: str) -> str:
    """Without what cannot be seen, and without the quote that `writing.safe` puts before."""
    if not text:
        return ""
    seen = _UNSEEN.sub("", text).strip()
    quoted = seen[len(QUOTE) :] if seen.startswith(QUOTE) else ""
    return quoted.strip() if quoted.lstrip().startswith(FORMULA_STARTS) else seen
