"""CSV in the encodings and with the delimiters that spreadsheets of the world write."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from sleek.core.tables.sheet import Sheet, TableFlaw, UnreadableTable, rows_of

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 30
_NAMED = re.compile(r"sep=(.)\r?\n")  # a first line by which Excel is told the delimiter
_HIGH = re.compile(rb"[\x80-\xff]+")
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read(content: bytes) -> Sheet:
    """Raises `UnreadableTable`."""
    text = decode(content)
    if named := _NAMED.match(text):
        # The line stays counted, so that rows keep the numbers of the file.
        text, delimiter = "\n" + text[named.end() :], named[1]
    else:
        delimiter = _delimiter(text)
    return Sheet(rows_of(_grid(text, delimiter)))


def decode(content: bytes) -> str:
    """Raises `UnreadableTable`."""
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableTable(TableFlaw.ENCODING)


def _encodings(content: bytes) -> list[str]:
    """UTF-8 cannot be mistaken. Of the rest, Chinese comes in pairs of high bytes, while the
    accents of Europe stand alone between plain letters.
    """
    if wide := next((name for mark, name in _WIDE.items() if content.startswith(mark)), None):
        return [wide]
    runs = [len(run) for run in _HIGH.findall(content)]
    alone = sum(length % 2 for length in runs)
    rest = ["cp1252", "gb18030"] if 2 * alone > len(runs) else ["gb18030", "cp1252"]
    return ["utf-8-sig", *rest]


def _delimiter(text: str) -> str:
    """The one that cuts the most rows into equally many cells, at least two."""
    return max(_DELIMITERS, key=lambda delimiter: _regularity(text, delimiter))


def _regularity(text: str, delimiter: str) -> tuple[int, int]:
    try:
        rows = list(islice(csv.reader(io.StringIO(text), delimiter=delimiter), _SAMPLE_ROWS))
    except csv.Error:
        return 0, 0
    widths = Counter(len(row) for row in rows if len(row) > 1)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return count, width


def _grid(text: str, delimiter: str) -> Iterator[tuple[int, list[str], tuple[int, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells, ()
    except csv.Error:
        raise UnreadableTable(TableFlaw.BROKEN, number + 1) from None
