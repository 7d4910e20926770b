"""What speaks for and against a match, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.payments.models import Attempt
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation.models import BankLine
from sleek.reconciliation.rules.matching import Clue, Doubt, Match

CLUES: dict[str, Promise] = {
    Clue.REFERENCE: _("The reference is right"),
    Clue.ACCOUNT: _("It came to the account number of this payment alone"),
    Clue.MISTYPED: _("One slip away from the reference"),
    Clue.AMOUNT: _("The amount is what is missing"),
    Clue.LESS_FEE: _("Short by no more than banks on the way take"),
    Clue.NAME: _("The payer's name is like the one entered"),
    Clue.IN_TIME: _("It came within the usual time"),
}
DOUBTS: dict[str, Promise] = {
    Doubt.CURRENCY: _("Another currency: it would wait for your decision"),
    Doubt.SEVERAL: _("The line names another payment as well"),
    Doubt.EARLY: _("Booked before the payer was told the reference"),
    Doubt.TWIN: _("The same amount came for it already: perhaps the same line from another file"),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One payment that a line may be. `seen` goes back with the decision."""

    attempt: Attempt
    clues: list[Promise | str]
    doubts: list[Promise | str]
    seen: str


def suggestion(line: BankLine, attempt: Attempt, match: Match) -> Suggestion:
    return Suggestion(
        attempt=attempt,
        clues=clues(match.clues),
        doubts=[DOUBTS.get(doubt, doubt) for doubt in match.doubts],
        seen=reconciliation.token(attempt, match),
    )


def clues(kept: Iterable[str]) -> list[Promise | str]:
    return [CLUES.get(clue, clue) for clue in kept]
