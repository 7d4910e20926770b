"""A table of which each row asks somebody for money."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from sleek.customers.rules.bill_words import FIELDS, NATURES, PAYER
from sleek.customers.rules.book import Details
from sleek.customers.rules.entries import read_customer, terms_days
from sleek.customers.rules.lines import LineRow, read_line
from sleek.customers.rules.names import key as worded
from sleek.customers.rules.purposes import (
    CellFlaw,
    Cells,
    Fault,
    Kind,
    Misread,
    Purpose,
    Unfit,
    collect,
)
from sleek.customers.rules.quotations import beside

KEY_LETTERS = PO_LETTERS = 80
TITLE_LETTERS = 140
REMARKS_LETTERS = 2000
_CUSTOMER_NUMBER = re.compile(r"cus_[A-Za-z0-9]{1,28}")
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?: 00:00)?"
)
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})(?P<mark>[./-])(?P<month>\d{1,2})[./-](?P<year>\d{4})")
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class BillRow:
    """`key` is what rows of one bill share. Of the payer the row may say the `customer`'s number in
    the address book instead of a name. Empty is whatever is usual.
    """

    payer: Details
    line: LineRow
    key: str = ""
    customer: str = ""
    nature: str = ""
    due_on: date | None = None
    due_days: int | None = None
    po_number: str = ""
    title: str = ""
    remarks: str = ""


def read_bill(cells: Cells, decimal_mark: str = ".") -> BillRow:
    """Raises `Unfit`."""
    readers: dict[str, Callable[[str], object]] = {
        "key": partial(_text, KEY_LETTERS),
        "nature": _nature,
        "due": _due,
        "po_number": partial(_text, PO_LETTERS),
        "title": partial(_text, TITLE_LETTERS),
        "remarks": partial(_text, REMARKS_LETTERS),
    }
    faults: list[Fault] = []
    number, payer = _heard(lambda: _payer(cells), ("", Details("")), faults)
    line = _heard(lambda: read_line(cells, decimal_mark), LineRow(""), faults)
    values: dict[str, Any] = _heard(lambda: collect(readers, cells), {}, faults)
    if faults:
        raise Unfit(faults)
    due = values.pop("due")
    if isinstance(due, date):
        values["due_on"] = due
    else:
        values["due_days"] = due
    return BillRow(payer, line, customer=number, **values)


def _heard(read: Callable[[], Any], instead: Any, faults: list[Fault]) -> Any:
    try:
        return read()
    except Unfit as unfit:
        faults += unfit.faults
        return instead


def _payer(cells: Cells) -> tuple[str, Details]:
    """The number, and what else is said. An address for mail may stand where the name does."""
    who = cells.get("name", "").strip()
    told = {name: cells.get(name, "") for name in PAYER}
    number = who if _CUSTOMER_NUMBER.fullmatch(who) else ""
    if "@" in who and not told["email"].strip():
        told["email"], who = who, ""
    has_name = bool(who) and not number
    payer = read_customer(told | {"name": who if has_name else "-"})
    return number, payer if has_name else replace(payer, name="")


def _nature(text: str) -> str:
    if not text.strip():
        return ""
    nature = NATURES.get(worded(text))
    if nature is None:
        raise Misread(CellFlaw.NATURE)
    return nature


def _due(text: str) -> date | int | None:
    """`2026-12-31`, `31.12.2026`; or so many days after issue: `30`, `30 天`, `Net 30`."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    found = _YEAR_FIRST.fullmatch(plain) or _DAY_FIRST.fullmatch(plain)
    try:
        return _day(found) if found else terms_days(plain)
    except (Misread, ValueError):
        raise Misread(CellFlaw.DUE) from None


def _day(found: re.Match[str]) -> date:
    """Between strokes the month may stand first; where nobody can tell, it is refused. Raises
    `ValueError`.
    """
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    if found.re is _DAY_FIRST and found["mark"] != ".":
        if month <= _MONTHS and day <= _MONTHS and month != day:
            raise ValueError(found[0])
        month, day = min(month, day), max(month, day)
    return date(year, month, day)


def _text(most: int, text: str) -> str:
    told = " ".join(text.split())
    if len(told) > most:
        raise Misread(CellFlaw.TOO_LONG, str(most))
    return told


BILLS: Kind[BillRow] = Kind(Purpose.BILLS, FIELDS, read_bill, beside)
