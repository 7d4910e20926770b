"""What a bill's lines were taken from, and where they differ from it now.

A line is the same line as long as it names the same item, or bears the same item number. What is
left is compared by its place, where quantity, unit and specification agree: who renames an item
still answers for its price. Prices are compared as the bill says them: with tax, or without.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from sleek.invoices.rules.totals import PRICE_PLACES

MARK_LETTERS = 16
_FINEST = Decimal(1).scaleb(-PRICE_PLACES)
# QH-01, TP-0820/2, or a long number: 27 cm is none.
_ITEM_NUMBER = re.compile(r"(?<![\w-])(?:[A-Z]{1,8}[-_./]?\d[\w\-./]*\w|\d{5,})")
_TEXTS = ("item", "spec", "unit")
_NUMBERS = ("quantity", "price", "tax_rate", "hours")


class Change(StrEnum):
    """In what a bill differs from its source."""

    CURRENCY = "currency"  # so no price can be compared
    ADDED = "added"
    LEFT_OUT = "left_out"
    ITEM = "item"
    SPEC = "spec"
    UNIT = "unit"
    QUANTITY = "quantity"
    HOURS = "hours"
    PRICE_LOWER = "price_lower"
    PRICE_HIGHER = "price_higher"
    TAX_RATE = "tax_rate"
    UNREAD = "unread"  # rows of the source that nobody could read


@dataclass(frozen=True, slots=True)
class ListedLine:
    """`price` is in major units; without hours nothing is billed by time."""

    item: str
    spec: str = ""
    unit: str = ""
    quantity: Decimal = Decimal(1)
    price: Decimal = Decimal(0)
    tax_rate: Decimal = Decimal(0)
    hours: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines as a paper says them: a bill, or what one was copied from. `name` is the file's it came
    in, and `unread` counts the rows in it that were left out.
    """

    currency: str
    is_tax_inclusive: bool
    lines: tuple[ListedLine, ...] = ()
    name: str = ""
    unread: int = 0

    @classmethod
    def unpack(cls, kept: Mapping[str, Any]) -> Listing:
        lines = tuple(_unpacked(line) for line in kept["lines"])
        plain = ("currency", "is_tax_inclusive", "name", "unread")
        return cls(lines=lines, **{name: kept[name] for name in plain})

    @property
    def mark(self) -> str:
        """The same for what says the same: an editor holds it instead of all lines."""
        packed = json.dumps(self.pack(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(packed.encode()).hexdigest()[:MARK_LETTERS]

    def pack(self) -> dict[str, Any]:
        return {
            "currency": self.currency,
            "is_tax_inclusive": self.is_tax_inclusive,
            "name": self.name,
            "unread": self.unread,
            "lines": [_packed(line) for line in self.lines],
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """`place` is that of the bill's line, `source` that of the source; each is nothing where there
    is none. `theirs` says its price as the bill says prices.
    """

    change: Change
    source: int | None = None
    place: int | None = None
    ours: ListedLine | None = None
    theirs: ListedLine | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class _Theirs:
    source: int
    line: ListedLine
    is_comparable: bool  # of the bill's currency


def compare(bill: Listing, sources: Sequence[Listing]) -> tuple[Difference, ...]:
    """What is on the bill is looked for in all sources together. Nothing to compare with is no
    difference.
    """
    if not sources:
        return ()
    pairs, left = _pair(bill, sources)
    found = list(_of_sources(bill, sources))
    for place, (ours, theirs) in enumerate(zip(bill.lines, pairs, strict=True)):
        if theirs is None:
            found.append(Difference(Change.ADDED, place=place, ours=ours))
        else:
            for change in _changes(ours, theirs):
                found.append(Difference(change, theirs.source, place, ours, theirs.line))
    found += [Difference(Change.LEFT_OUT, each.source, theirs=each.line) for each in left]
    return tuple(found)


def quoted(bill: Listing, sources: Sequence[Listing]) -> tuple[Decimal | None, ...]:
    """Of each line, what its source asks for it, where that can be told. A discount of which no
    source knows is below what was quoted: nothing.
    """
    if not sources:
        return (None,) * len(bill.lines)
    pairs, _left = _pair(bill, sources)
    return tuple(_quoted(*pair) for pair in zip(bill.lines, pairs, strict=True))


def _quoted(ours: ListedLine, theirs: _Theirs | None) -> Decimal | None:
    if theirs is None:
        return Decimal(0) if ours.price < 0 else None
    return theirs.line.price if theirs.is_comparable else None


def _of_sources(bill: Listing, sources: Sequence[Listing]) -> Iterator[Difference]:
    for place, source in enumerate(sources):
        if source.currency != bill.currency:
            yield Difference(Change.CURRENCY, place)
        if source.unread:
            yield Difference(Change.UNREAD, place, count=source.unread)


def _changes(ours: ListedLine, theirs: _Theirs) -> Iterator[Change]:
    line = theirs.line
    if _folded(ours.item) != _folded(line.item):
        yield Change.ITEM
    if _folded(ours.spec) != _folded(line.spec):
        yield Change.SPEC
    if _folded(ours.unit) != _folded(line.unit):
        yield Change.UNIT
    if ours.quantity != line.quantity:
        yield Change.QUANTITY
    if (ours.hours or 1) != (line.hours or 1):
        yield Change.HOURS
    if theirs.is_comparable and ours.price != line.price:
        yield Change.PRICE_LOWER if ours.price < line.price else Change.PRICE_HIGHER
    if ours.tax_rate != line.tax_rate:
        yield Change.TAX_RATE


def _pair(bill: Listing, sources: Sequence[Listing]) -> tuple[list[_Theirs | None], list[_Theirs]]:
    """Each line of the bill with its like, the most alike first; and what is left of the sources.

    Of several that are equally alike the first goes with the first, so the order of lines alone
    makes no difference.
    """
    pairs: list[_Theirs | None] = [None] * len(bill.lines)
    left = [
        _Theirs(place, _as_in(bill, source, line), source.currency == bill.currency)
        for place, source in enumerate(sources)
        for line in source.lines
    ]
    for likeness in _LIKENESSES:
        waiting: dict[Hashable, list[_Theirs]] = {}
        for theirs in left:
            waiting.setdefault(likeness(theirs.line), []).append(theirs)
        for place, ours in enumerate(bill.lines):
            if pairs[place] is None and (alike := waiting.get(likeness(ours))):
                pairs[place] = alike.pop(0)
        rest = {id(theirs) for alike in waiting.values() for theirs in alike}
        left = [theirs for theirs in left if id(theirs) in rest]
    return _pair_by_place(bill, pairs, left)


def _pair_by_place(
    bill: Listing, pairs: Sequence[_Theirs | None], left: Sequence[_Theirs]
) -> tuple[list[_Theirs | None], list[_Theirs]]:
    """Of what is left on both sides, the first with the first, where they agree beside the name."""
    places = [place for place, theirs in enumerate(pairs) if theirs is None]
    found = {
        place: theirs
        for place, theirs in zip(places, left, strict=False)
        if _nameless(bill.lines[place]) == _nameless(theirs.line)
    }
    taken = {id(theirs) for theirs in found.values()}
    whole = [found.get(place, theirs) for place, theirs in enumerate(pairs)]
    return whole, [theirs for theirs in left if id(theirs) not in taken]


def _named(line: ListedLine) -> Hashable:
    return _folded(line.item)


def _specified(line: ListedLine) -> Hashable:
    return _named(line), _folded(line.spec)


def _priced(line: ListedLine) -> Hashable:
    return _specified(line), line.price


def _whole(line: ListedLine) -> Hashable:
    counted = (line.quantity, line.hours or Decimal(1), line.tax_rate)
    return _priced(line), _folded(line.unit), counted


def _numbered(line: ListedLine) -> Hashable:
    """By the item number in its specification; without one it is like no other."""
    found = _ITEM_NUMBER.search(unicodedata.normalize("NFKC", line.spec).upper())
    return found[0] if found else line


def _nameless(line: ListedLine) -> Hashable:
    """A discount is no item that somebody renamed."""
    counted = (line.quantity, line.hours or Decimal(1), line.price < 0)
    return _folded(line.spec), _folded(line.unit), counted


_LIKENESSES: tuple[Callable[[ListedLine], Hashable], ...] = (
    *(_whole, _priced, _specified),
    *(_numbered, _named),
)


def _as_in(bill: Listing, source: Listing, line: ListedLine) -> ListedLine:
    """Its price with tax where the bill's have it, and without where they have not."""
    if source.is_tax_inclusive == bill.is_tax_inclusive or not line.tax_rate:
        return line
    net, gross = Decimal(100), 100 + line.tax_rate
    asked, said = (gross, net) if bill.is_tax_inclusive else (net, gross)
    price = line.price * asked / said
    return replace(line, price=price.quantize(_FINEST, ROUND_HALF_UP))


def _folded(text: str) -> str:
    """Full-width letters, capitals and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _packed(line: ListedLine) -> dict[str, str]:
    """Numbers as text: JSON's would not be exact."""
    numbers = {name: getattr(line, name) for name in _NUMBERS}
    told = {name: f"{number:f}" for name, number in numbers.items() if number is not None}
    return {name: getattr(line, name) for name in _TEXTS} | told


def _unpacked(kept: Mapping[str, str]) -> ListedLine:
    values: dict[str, Any] = {name: kept[name] for name in _TEXTS}
    values |= {name: Decimal(kept[name]) for name in _NUMBERS if name in kept}
    return ListedLine(**values)
