"""Which column says what: guessed by the words above it, in Chinese and English. A person has the
last word, and it is remembered for the next table with the same head.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from rapidfuzz import fuzz

from sleek.core.tables import Row
from sleek.customers.rules.numbers import means
from sleek.customers.rules.purposes import Field, Kind

HEAD_WITHIN = 30  # rows: titles and addresses stand above the head
_COUNTED = 3  # rows that show whether a column counts them
_SURE = 100.0
_LIKELY = 84.0  # of 100: a slip or a plural apart
_BRACKETS = re.compile(r"[(\[（【].*?[)\]）】]")
_BRACKETED = re.compile(r"[(\[（【][^\d()（）]{1,40}[)\]）】]")
_SCRIPTS = re.compile(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+")
_IDLE = re.compile(r"[\s_\-./*:：#、，,;；]+")
_PARTS = re.compile(r"[/\n|｜]+")
_DECIMALS = re.compile(r"([.,])(\d+)\D*$")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is read. `head_row` is the number of the row with the heads, 0 where there is
    none; `places` are columns counted from 0, by field; `options` what else its purpose asks.
    """

    head_row: int = 0
    places: Mapping[str, int] = field(default_factory=dict)
    decimal_mark: str = "."
    adds_alike: bool = False  # also what is like something that is there
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def unpack(cls, kept: Mapping[str, Any]) -> Layout:
        return cls(**{name: kept[name] for name in cls.__slots__ if name in kept})

    def pack(self) -> dict[str, Any]:
        return asdict(self)


def joined(kind: Kind[Any], rows: Sequence[Row]) -> list[Row]:
    """With a head of two rows, `Unit price` over `(USD)`, made one under the lower number."""
    best = max(rows[:HEAD_WITHIN], key=lambda row: _score(kind, row), default=None)
    if best is None or not _score(kind, best):
        return [*rows]
    at = rows.index(best)
    for upper, lower in ((at, at + 1), (at - 1, at)):
        other = upper if lower == at else lower
        if 0 <= other < len(rows) and _heads_too(kind, rows[other], best):
            return [*rows[:upper], _stacked(rows[upper], rows[lower]), *rows[lower + 1 :]]
    return [*rows]


def guess(kind: Kind[Any], rows: Sequence[Row]) -> Layout:
    """The head is the row with most words that we know."""
    best = max(rows[:HEAD_WITHIN], key=lambda row: _score(kind, row), default=None)
    if best is None:
        return Layout()
    if not _score(kind, best):
        best = next((row for row in rows[:HEAD_WITHIN] if len(set(row.cells) - {""}) > 1), best)
    body = below(rows, best.number)
    places = _places(kind, best.cells, body)
    return Layout(best.number, places, _mark(kind, body, places))


def remembered(kind: Kind[Any], kept: Mapping[str, Any], guessed: Layout, width: int) -> Layout:
    """As a person said it for the same head; columns that are not there are left out."""
    known = {each.name for each in kind.fields}
    before = Layout.unpack(kept)
    places = {name: at for name, at in before.places.items() if name in known and at < width}
    return Layout(guessed.head_row, places, before.decimal_mark)


def below(rows: Sequence[Row], head_row: int) -> list[Row]:
    return [row for row in rows if row.number > head_row]


def headings(rows: Sequence[Row], head_row: int) -> list[str]:
    """What stands above each column, or its letter where nothing does."""
    width = max((len(row.cells) for row in rows), default=0)
    head = next((row.cells for row in rows if row.number == head_row), ())
    texts = [" ".join(head[place].split()) if place < len(head) else "" for place in range(width)]
    return [text or _letter(place) for place, text in enumerate(texts)]


def head_hash(rows: Sequence[Row], head_row: int) -> str:
    """The same for tables with the same heads in the same places."""
    told = "\x1f".join(_plain(text) for text in headings(rows, head_row))
    return hashlib.sha256(f"{bool(head_row)}\x1e{told}".encode()).hexdigest()


def _heads_too(kind: Kind[Any], row: Row, best: Row) -> bool:
    """Whether all that stands in it belongs to the head next to it: nothing of an entry does."""
    if abs(row.number - best.number) != 1 or row.gaps or best.gaps:
        return False
    beside = [*best.cells, *("" for _cell in row.cells[len(best.cells) :])]
    told = [(cell, near) for cell, near in zip(row.cells, beside, strict=False) if cell]
    return any(cell != near for cell, near in told) and all(
        cell == near
        or bool(_BRACKETED.fullmatch(cell))
        or bool(means(cell))
        or any(_likeness(each, cell) >= _SURE for each in kind.fields)
        for cell, near in told
    )


def _stacked(upper: Row, lower: Row) -> Row:
    width = max(len(upper.cells), len(lower.cells))
    both = [[*row.cells, *[""] * (width - len(row.cells))] for row in (upper, lower)]
    cells = [" ".join(dict.fromkeys(filter(None, pair))) for pair in zip(*both, strict=True)]
    return Row(lower.number, tuple(cells))


def _score(kind: Kind[Any], row: Row) -> int:
    """Of one row, how many fields it surely names; a title over the whole width names one."""
    heads = set(row.cells) - {""}
    sure = sum(any(_likeness(f, head) >= _SURE for head in heads) for f in kind.fields)
    return sure if len(heads) > 1 else 0


def _places(kind: Kind[Any], heads: Sequence[str], body: Sequence[Row]) -> dict[str, int]:
    """The likeliest pairs first; each column says one thing."""
    pairs = [
        (_likeness(each, head), -place, each.name)
        for each in kind.fields
        for place, head in enumerate(heads)
        if head
    ]
    counting = {-place for place in range(len(heads)) if _counts(body, place)}
    names = {each.name for each in kind.fields if not each.is_number}
    pairs = [
        (min(likeness, _LIKELY), place, name)
        if place in counting and name in names
        else (likeness, place, name)
        for likeness, place, name in pairs
    ]
    places: dict[str, int] = {}
    for likeness, negative, name in sorted(pairs, key=lambda pair: (-pair[0], -pair[1])):
        if likeness < _LIKELY:
            break
        if name not in places and -negative not in places.values():
            places[name] = -negative
    return places


def _counts(body: Sequence[Row], place: int) -> bool:
    """Whether a column only counts the rows, 1, 2, 3: it hardly names anything, whatever stands
    above.
    """
    cells = (row.cells[place] for row in body if place < len(row.cells))
    first = list(islice(filter(None, cells), _COUNTED))
    return bool(first) and first == [str(number) for number in range(1, len(first) + 1)]


def _likeness(each: Field, head: str) -> float:
    return max((fuzz.ratio(word, part) for part in _words(head) for word in each.heads), default=0)


def _words(head: str) -> set[str]:
    """A head as a whole, and its halves where it is said in two languages."""
    bare = _BRACKETS.sub("", head)
    parts = {head, bare, *_PARTS.split(bare), *_SCRIPTS.findall(bare)}
    return {plain for part in parts if (plain := _plain(part))}


def _plain(text: str) -> str:
    return _IDLE.sub("", unicodedata.normalize("NFKC", text).casefold())


def _mark(kind: Kind[Any], rows: Iterable[Row], places: Mapping[str, int]) -> str:
    """By what stands last before other than three digits: those may be thousands."""
    columns = [places[each.name] for each in kind.fields if each.is_number and each.name in places]
    votes = [
        found[1]
        for row in rows
        for place in columns
        if place < len(row.cells) and (found := _DECIMALS.search(row.cells[place]))
        if len(found[2]) != 3
    ]
    return "," if votes.count(",") > votes.count(".") else "."


def _letter(place: int) -> str:
    """As a spreadsheet names it."""
    return (chr(ord("A") + place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)
