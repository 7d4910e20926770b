"""The life of a line of a bank's statement, and when two are the same. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sleek.core.money import Money

# What banks write where they have no reference.
_NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "NONE", "0"})


class LineStatus(StrEnum):
    OPEN = "open"  # nobody knows yet what it is for
    MATCHED = "matched"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Row:
    """A sum that came in, as a statement tells it. `number` is its place in the file."""

    number: int
    booked_on: date
    amount: Money
    payer_name: str = ""
    payer_account: str = ""
    account: str = ""
    text: str = ""
    reference: str = ""


def fingerprints(rows: Sequence[Row]) -> list[str]:
    """One for each row. Where the bank numbers its lines, the number, day and sum say which line it
    is, in whatever file; elsewhere all that is told does. Of lines that are told alike, the second
    is another one than the first.
    """
    seen: Counter[str] = Counter()
    prints = []
    for row in rows:
        identity = _identity(row)
        seen[identity] += 1
        prints.append(hashlib.sha256(f"{identity}|{seen[identity]}".encode()).hexdigest())
    return prints


def _identity(row: Row) -> str:
    told = [row.booked_on.isoformat(), str(row.amount.minor), row.amount.currency]
    if row.reference.strip().upper() in _NO_REFERENCE:
        told += [row.payer_name, row.payer_account, row.account, row.text]
    else:
        told += ["by reference", row.reference]
    return "|".join("".join(part.split()).upper() for part in told)
