"""What is read out of a bank's file. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sleek.core.money import InvalidAmount, Money, exponent
from sleek.reconciliation.rules.lines import Row

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 10_000
NAME_LETTERS, ACCOUNT_LETTERS, TEXT_LETTERS, REFERENCE_LETTERS = 140, 64, 1000, 140


class FileKind(StrEnum):
    CAMT = "camt"
    MT940 = "mt940"
    TABLE = "table"


class FileFlaw(StrEnum):
    """Why a file is not read at all."""

    EMPTY = "empty"
    TOO_HEAVY = "too_heavy"
    TOO_MANY_ROWS = "too_many_rows"
    ENCODING = "encoding"
    BROKEN = "broken"
    FORBIDDEN = "forbidden"  # XML that declares entities
    NO_STATEMENT = "no_statement"
    OTHER_ACCOUNT = "other_account"
    UNBALANCED = "unbalanced"
    NO_COLUMNS = "no_columns"


class Why(StrEnum):
    """Why a line is left out of what is imported."""

    OUTGOING = "outgoing"
    PENDING = "pending"  # the bank has not booked it yet
    REVERSAL = "reversal"  # takes an earlier one back
    NO_DAY = "no_day"
    NO_AMOUNT = "no_amount"
    NO_CURRENCY = "no_currency"
    NOTHING = "nothing"  # a sum of zero
    OTHER_ACCOUNT = "other_account"


class Unreadable(Exception):
    """The file is not read; `flaw` says why, `detail` where or by how much."""

    def __init__(self, flaw: FileFlaw, detail: str = "") -> None:
        super().__init__(flaw)
        self.flaw, self.detail = flaw, detail


class Unfit(Exception):
    """A line that is left out."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class LeftOut:
    number: int
    why: Why
    excerpt: str = ""

    @property
    def is_usual(self) -> bool:
        """What every statement has and nobody misses."""
        return self.why in (Why.OUTGOING, Why.PENDING, Why.NOTHING)


@dataclass(slots=True)
class Statement:
    rows: list[Row] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def leave_out(self, number: int, why: Why, excerpt: str = "") -> None:
        self.left_out.append(LeftOut(number, why, excerpt[:80]))

    def add(self, row: Row) -> None:
        if len(self.rows) + len(self.left_out) >= MAX_ROWS:
            raise Unreadable(FileFlaw.TOO_MANY_ROWS)
        if row.amount.minor <= 0:
            self.leave_out(row.number, Why.NOTHING, row.text)
        else:
            self.rows.append(row)


def money(text: str, currency: str) -> Money:
    """Of a plain number with a point. Raises `Unfit`."""
    code = currency.strip().upper()
    try:
        exponent(code)
    except InvalidAmount:
        raise Unfit(Why.NO_CURRENCY) from None
    try:
        return Money.parse(text, code)
    except InvalidAmount:
        raise Unfit(Why.NO_AMOUNT) from None


def plain(text: str, letters: int) -> str:
    """One line of printable text, no longer than is kept."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return words[:letters]


def same_account(one: str, other: str) -> bool:
    """Banks write an account with or without spaces, zeros in front, or the bank's code before."""
    mine, theirs = ("".join(c for c in text.upper() if c.isalnum()) for text in (one, other))
    short, long = sorted((mine.lstrip("0"), theirs.lstrip("0")), key=len)
    return short == long or (len(short) >= 6 and long.endswith(short))
