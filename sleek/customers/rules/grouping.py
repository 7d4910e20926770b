"""Rows of a table that make one bill together: what they say of it must agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sleek.core.tables import Row
from sleek.customers.rules.bill_words import PAYER
from sleek.customers.rules.bills import BillRow
from sleek.customers.rules.book import Details, folded
from sleek.customers.rules.lines import LineRow
from sleek.customers.rules.purposes import CellFlaw, Fault, Found, Rejected


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one bill: what they say of it together, and their lines."""

    numbers: tuple[int, ...]
    said: BillRow
    lines: tuple[LineRow, ...]
    po_numbers: tuple[str, ...]


def group(
    found: Found[BillRow], rows: Iterable[Row], places: Mapping[str, int]
) -> tuple[list[Group], list[Rejected]]:
    """Rows under one key make one bill; a row without one is a bill of its own. Of a bill all rows
    come in, or none.
    """
    grid = {row.number: row for row in rows}
    broken = {key: out.row.number for out in found.rejected if (key := _key(out, places))}
    sheaves: dict[object, list[tuple[int, BillRow]]] = {}
    for number, row in found.entries:
        sheaves.setdefault(folded(row.key) or number, []).append((number, row))
    groups, rejected = [], list(found.rejected)
    for sheaf in sheaves.values():
        other = broken.get(folded(sheaf[0][1].key))
        faults = [Fault("key", CellFlaw.TORN, (str(other),))] if other else [*_quarrels(sheaf)]
        if faults:
            rejected += [Rejected(grid[number], tuple(faults)) for number, _row in sheaf]
        else:
            groups.append(_group(sheaf))
    return groups, rejected


def _key(out: Rejected, places: Mapping[str, int]) -> str:
    place = places.get("key")
    cells = out.row.cells
    return folded(cells[place]) if place is not None and place < len(cells) else ""


def _quarrels(sheaf: Sequence[tuple[int, BillRow]]) -> Iterator[Fault]:
    """Where a row says of the bill what an earlier one does not."""
    for name, read in _SHARED.items():
        told = [(number, said) for number, row in sheaf if (said := read(row))]
        first = told[0] if told else None
        other = next((number for number, said in told if first and said != first[1]), None)
        if first and other:
            yield Fault(name, CellFlaw.DISAGREES, (str(first[0]), str(other)))


def _group(sheaf: Sequence[tuple[int, BillRow]]) -> Group:
    """What is said once holds for all rows of the bill."""
    rows = [row for _number, row in sheaf]
    said: dict[str, Any] = {
        name: _first(getattr(row.payer, name) for row in rows) or "" for name in PAYER
    }
    whole = replace(
        rows[0],
        payer=Details(**said),
        customer=_first(row.customer for row in rows) or "",
        nature=_first(row.nature for row in rows) or "",
        due_on=_first(row.due_on for row in rows),
        due_days=next((row.due_days for row in rows if row.due_days is not None), None),
        title=_first(row.title for row in rows) or "",
        remarks="\n".join(dict.fromkeys(row.remarks for row in rows if row.remarks)),
    )
    return Group(
        numbers=tuple(number for number, _row in sheaf),
        said=whole,
        lines=tuple(row.line for row in rows),
        po_numbers=tuple(dict.fromkeys(row.po_number for row in rows if row.po_number)),
    )


def _first(values: Iterable[Any]) -> Any:
    return next(filter(None, values), None)


def _payers(name: str) -> Callable[[BillRow], object]:
    return lambda row: folded(str(getattr(row.payer, name)))


# What concerns a bill as a whole, by the field that says it.
_SHARED: dict[str, Callable[[BillRow], object]] = {
    "name": lambda row: folded(row.customer or row.payer.name),
    **{name: _payers(name) for name in PAYER if name != "name"},
    "nature": lambda row: row.nature,
    "due": lambda row: row.due_on or (row.due_days is not None and f"{row.due_days}"),
    "title": lambda row: row.title,
}
