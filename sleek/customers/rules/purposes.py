"""What tables are uploaded for, and how their rows are read: each becomes an entry, or is rejected
with all that is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from sleek.core.tables import Row

Entry = TypeVar("Entry")
# What a row says, by the names of the fields; a field without a column is not in it.
Cells = Mapping[str, str]


class Purpose(StrEnum):
    """What a table is uploaded for."""

    CUSTOMERS = "customers"
    LINES = "lines"
    BILLS = "bills"


class CellFlaw(StrEnum):
    """Why what was entered for a field is not taken."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    FORMULA = "formula"  # its result is not in the file
    EMAIL = "email"
    PHONE = "phone"
    COUNTRY = "country"
    CREDIT_CODE = "credit_code"
    TAX_NUMBER = "tax_number"
    LANGUAGE = "language"
    CURRENCY = "currency"
    METHOD = "method"
    DAYS = "days"
    TAGS = "tags"
    NUMBER = "number"
    NOT_POSITIVE = "not_positive"
    TOO_LARGE = "too_large"
    TOO_FINE = "too_fine"
    TAX_RATE = "tax_rate"
    SUM = "sum"  # a total below the lines
    NOTE = "note"  # a title or a remark over the whole row
    AMOUNT = "amount"  # is not what quantity and price come to
    OTHER_MONEY = "other_money"
    NATURE = "nature"
    DUE = "due"
    PAST = "past"  # a day that is over
    UNKNOWN = "unknown"  # nobody in the address book, and not enough to add them
    SEVERAL = "several"  # customers bear this name
    OTHER_CUSTOMER = "other_customer"  # has this address
    ARCHIVED = "archived"
    TORN = "torn"  # another row of the same bill is rejected
    DISAGREES = "disagrees"  # two rows of the same bill
    TOO_MANY = "too_many"  # lines of one bill
    NOTHING_TO_PAY = "nothing_to_pay"


# What stands in tables beside entries: nothing is missing when it is left out.
BESIDE = frozenset({CellFlaw.SUM, CellFlaw.NOTE})


class Misread(ValueError):
    """What stands in one field is not taken."""

    def __init__(self, flaw: CellFlaw, *about: str) -> None:
        super().__init__(flaw)
        self.flaw = flaw
        self.about = about


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field; `about` is what its sentence names."""

    field: str
    flaw: CellFlaw
    about: tuple[str, ...] = ()


class Unfit(ValueError):
    """What was entered makes no entry."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column may say. `heads` are what people write above it, in small letters."""

    name: str
    heads: tuple[str, ...]
    is_required: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Kind(Generic[Entry]):
    """How the rows of one purpose are read. `read` raises `Unfit`; `beside` says of a row, by the
    places of the fields, whether it is a total or a title and no entry at all.
    """

    purpose: Purpose
    fields: tuple[Field, ...]
    read: Callable[[Cells, str], Entry]
    beside: Callable[[Row, Mapping[str, int]], CellFlaw | None] = lambda row, places: None

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.is_required)


@dataclass(frozen=True, slots=True)
class Rejected:
    row: Row
    faults: tuple[Fault, ...]

    @property
    def is_beside(self) -> bool:
        """Whether nothing is missing without it."""
        return all(fault.flaw in BESIDE for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Found(Generic[Entry]):
    """What is in a table: entries under the numbers of their rows, and the rows that are none."""

    entries: tuple[tuple[int, Entry], ...]
    rejected: tuple[Rejected, ...]


def read_rows(
    kind: Kind[Entry], rows: Sequence[Row], places: Mapping[str, int], *, decimal_mark: str
) -> Found[Entry]:
    """Of rows below the head; `places` say in which column each field stands."""
    entries: list[tuple[int, Entry]] = []
    rejected: list[Rejected] = []
    for row in rows:
        cells = {name: _at(row, place) for name, place in places.items()}
        gaps = [name for name, place in places.items() if place in row.gaps]
        flaw = kind.beside(row, places)
        if not any(cells.values()) and not gaps and flaw is None:
            continue  # it says something, but nothing that anybody asked for
        try:
            if flaw is not None:
                raise Unfit([Fault(kind.fields[0].name, flaw)])
            if gaps:
                raise Unfit([Fault(name, CellFlaw.FORMULA) for name in gaps])
            entries.append((row.number, kind.read(cells, decimal_mark)))
        except Unfit as unfit:
            rejected.append(Rejected(row, unfit.faults))
    return Found(tuple(entries), tuple(rejected))


def collect(readers: Mapping[str, Callable[[str], object]], cells: Cells) -> dict[str, object]:
    """What each field says. Raises `Unfit` with all faults, not only the first."""
    values: dict[str, object] = {}
    faults: list[Fault] = []
    for name, read in readers.items():
        try:
            values[name] = read(cells.get(name, ""))
        except Misread as misread:
            faults.append(Fault(name, misread.flaw, misread.about))
    if faults:
        raise Unfit(faults)
    return values


def _at(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""
