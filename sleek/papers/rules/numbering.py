"""What the numbers of papers read like: a pattern such as SF-{year}-{seq:5}.

What a pattern names of the date decides how long it counts: with a month it begins anew each month,
with a year each year, else never. `{seq:5}` is filled with zeros to five digits and grows beyond.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from sleek.papers.rules.kinds import Kind

PATTERN_LENGTH = 40
MAX_DIGITS = 9
DEFAULT_PATTERNS = {
    Kind.BILL: "SK-{year}-{seq:5}",
    Kind.RECEIPT: "SJ-{year}-{seq:5}",
    Kind.CREDIT_NOTE: "HC-{year}-{seq:5}",
}

_FIELD = re.compile(r"\{(year|yy|month|seq)(?::([1-9]))?\}")
# What a number is made of beside its fields: nothing that a file's name or a bank refuses.
_LITERAL = re.compile(r"[A-Za-z0-9一-鿿 ./_-]*")


class PatternFlaw(StrEnum):
    """Why a text is no pattern."""

    TOO_LONG = "pattern_too_long"
    NO_SEQUENCE = "pattern_without_sequence"  # {seq} must stand in it, once
    STRANGE_LETTERS = "pattern_with_strange_letters"
    MONTH_WITHOUT_YEAR = "pattern_month_without_year"  # next year's would repeat this year's


def flaws(pattern: str) -> list[PatternFlaw]:
    found = []
    names = [match[1] for match in _FIELD.finditer(pattern)]
    if len(pattern) > PATTERN_LENGTH:
        found.append(PatternFlaw.TOO_LONG)
    if names.count("seq") != 1:
        found.append(PatternFlaw.NO_SEQUENCE)
    if not _LITERAL.fullmatch(_FIELD.sub("", pattern)) or _has_stray_digits(pattern):
        found.append(PatternFlaw.STRANGE_LETTERS)
    if "month" in names and not {"year", "yy"} & set(names):
        found.append(PatternFlaw.MONTH_WITHOUT_YEAR)
    return found


def period(pattern: str, on: date) -> str:
    """Within which the numbers of a day are counted."""
    names = {match[1] for match in _FIELD.finditer(pattern)}
    if "month" in names:
        return f"{on:%Y-%m}"
    return f"{on:%Y}" if names & {"year", "yy"} else ""


def text(pattern: str, on: date, place: int) -> str:
    """The number at a place. The pattern has no flaws."""
    values = {"year": f"{on:%Y}", "yy": f"{on:%y}", "month": f"{on:%m}", "seq": str(place)}

    def fill(match: re.Match[str]) -> str:
        return values[match[1]].zfill(int(match[2] or 1))

    return _FIELD.sub(fill, pattern)


def _has_stray_digits(pattern: str) -> bool:
    """A width that belongs to no sequence: {year:3}."""
    return any(match[2] and match[1] != "seq" for match in _FIELD.finditer(pattern))
