"""Which transfer a line of the bank's statement is, by evidence that a person can read. Pure.

There is no score. What alone may link a line is something that only one transfer has: its reference
whole and right, or an account number made for it; and then nothing may speak against it. Anything
weaker is put before a person with what speaks for it and against it. An amount alone is no
evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sleek.channels.banktransfer import references
from sleek.core.money import Money
from sleek.reconciliation.rules import names
from sleek.reconciliation.rules.lines import Row

# What banks on the way may keep of a transfer, at most, in minor units.
WIRE_FEES = {
    "USD": 6000,
    "EUR": 5000,
    "GBP": 5000,
    "CHF": 5500,
    "CAD": 8000,
    "AUD": 9000,
    "NZD": 9000,
    "SGD": 8000,
    "HKD": 45000,
    "CNY": 40000,
    "JPY": 9000,
    "KRW": 80000,
    "INR": 500000,
}
# A line may carry the day before the try began where it was already tomorrow, or the bank's clock
# is behind.
EARLIER = timedelta(days=2)
LATER = timedelta(days=30)  # after the try began; a suggestion reaches no further
TWIN_WITHIN = timedelta(days=7)
SUGGESTIONS = 5


class Clue(StrEnum):
    """What speaks for a match."""

    REFERENCE = "reference"
    ACCOUNT = "account"  # it came to the number that only this payer was given
    MISTYPED = "mistyped"  # a single slip away from the reference, and from no other
    AMOUNT = "amount"
    LESS_FEE = "less_fee"  # short by no more than banks on the way take
    NAME = "name"
    IN_TIME = "in_time"


class Doubt(StrEnum):
    """What speaks against it."""

    CURRENCY = "currency"
    SEVERAL = "several"  # the line names another transfer as well
    EARLY = "early"  # it was booked before anybody was told the reference
    TWIN = "twin"  # the same sum came for it already: perhaps the same line in another file


IDENTIFYING = frozenset({Clue.REFERENCE, Clue.ACCOUNT})


@dataclass(frozen=True, slots=True)
class Awaited:
    """A transfer that is, or was, waited for."""

    key: str  # the attempt's public id
    reference: str
    missing: Money  # what has not come yet
    began_on: date
    is_open: bool
    names: tuple[str, ...] = ()
    account: str = ""  # made for this payer
    arrived: tuple[tuple[int, date], ...] = ()  # sums that came for it


@dataclass(frozen=True, slots=True)
class Match:
    key: str
    clues: tuple[Clue, ...]
    doubts: tuple[Doubt, ...] = ()

    @property
    def is_certain(self) -> bool:
        return not self.doubts and not IDENTIFYING.isdisjoint(self.clues)


def matches(line: Row, awaited: Sequence[Awaited]) -> list[Match]:
    """The certain one alone, or else what a person should look at, the best supported first."""
    exact = references.within(line.text)
    near = frozenset() if exact else references.nearly_within(line.text)
    found = [(wanted, _clues(line, wanted, exact, near)) for wanted in awaited]
    kept = [(wanted, clues) for wanted, clues in found if _is_worth_a_look(wanted, clues)]
    named = {wanted.key for wanted, clues in kept if not IDENTIFYING.isdisjoint(clues)}
    mistyped = {wanted.key for wanted, clues in kept if Clue.MISTYPED in clues}
    told = [
        Match(wanted.key, clues, _doubts(line, wanted, named if wanted.key in named else mistyped))
        for wanted, clues in kept
    ]
    certain = [match for match in told if match.is_certain]
    return certain or sorted(told, key=_order)[:SUGGESTIONS]


def _clues(
    line: Row, wanted: Awaited, exact: Iterable[str], near: Iterable[str]
) -> tuple[Clue, ...]:
    clues: list[Clue] = []
    if wanted.reference in exact:
        clues.append(Clue.REFERENCE)
    if wanted.account and _names_account(line, wanted.account):
        clues.append(Clue.ACCOUNT)
    if wanted.is_open and wanted.reference in near:
        clues.append(Clue.MISTYPED)
    if line.amount == wanted.missing:
        clues.append(Clue.AMOUNT)
    elif _is_less_fee(line.amount, wanted.missing):
        clues.append(Clue.LESS_FEE)
    if line.payer_name and any(names.alike(line.payer_name, name) for name in wanted.names):
        clues.append(Clue.NAME)
    if wanted.began_on - EARLIER <= line.booked_on <= wanted.began_on + LATER:
        clues.append(Clue.IN_TIME)
    return tuple(clues)


def _is_worth_a_look(wanted: Awaited, clues: tuple[Clue, ...]) -> bool:
    if not IDENTIFYING.isdisjoint(clues) or Clue.MISTYPED in clues:
        return True
    is_right_sum = Clue.AMOUNT in clues or Clue.LESS_FEE in clues
    return wanted.is_open and Clue.NAME in clues and is_right_sum and Clue.IN_TIME in clues


def _doubts(line: Row, wanted: Awaited, rivals: set[str]) -> tuple[Doubt, ...]:
    doubts: list[Doubt] = []
    if line.amount.currency != wanted.missing.currency:
        doubts.append(Doubt.CURRENCY)
    if rivals - {wanted.key}:
        doubts.append(Doubt.SEVERAL)
    if line.booked_on < wanted.began_on - EARLIER:
        doubts.append(Doubt.EARLY)
    if any(
        minor == line.amount.minor and abs(day - line.booked_on) <= TWIN_WITHIN
        for minor, day in wanted.arrived
    ):
        doubts.append(Doubt.TWIN)
    return tuple(doubts)


def _names_account(line: Row, account: str) -> bool:
    plain = references.letters_of(account)
    if references.letters_of(line.account) == plain:
        return True
    return plain in references.letters_of(line.text)


def _is_less_fee(amount: Money, missing: Money) -> bool:
    """Whoever is short by more than half of it has paid something else."""
    if amount.currency != missing.currency:
        return False
    short = missing.minor - amount.minor
    most = min(WIRE_FEES.get(amount.currency, 0), missing.minor // 2)
    return 0 < short <= most


def _order(match: Match) -> tuple[bool, bool, int, int, str]:
    is_named = not IDENTIFYING.isdisjoint(match.clues)
    is_mistyped = Clue.MISTYPED in match.clues
    return (not is_named, not is_mistyped, -len(match.clues), len(match.doubts), match.key)
