"""Lines of the bank's statement: what speaks for and against a match, and the list as a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sleek.core.tables import Cell
from sleek.payments.models import Attempt
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation.models import BankLine
from sleek.reconciliation.rules.matching import Clue, Doubt, Match
from sleek.web.dashboard.telling import personal
from sleek.web.dashboard.telling.files import moment
from sleek.web.ui import words

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


def listed(
    rows: Iterable[BankLine], *, zone: ZoneInfo, rights: Collection[str]
) -> Iterator[Sequence[Cell]]:
    yield _headings(zone)
    for row in rows:
        yield _cells(row, zone, rights)


def _headings(zone: ZoneInfo) -> list[str]:
    return [
        gettext("Bank line"),
        gettext("On the bank statement"),
        gettext("Amount"),
        gettext("Currency"),
        gettext("Status"),
        gettext("Payer"),
        gettext("Payer's account"),
        gettext("Purpose"),
        gettext("Bank's reference"),
        gettext("Bank account"),
        gettext("Paid to"),
        gettext("File"),
        gettext("Payment"),
        gettext("Matched (%(zone)s)") % {"zone": zone.key},
        gettext("Matched by"),
        gettext("Why it is for no payment"),
    ]


def _cells(line: BankLine, zone: ZoneInfo, rights: Collection[str]) -> list[Cell]:
    return [
        line.public_id,
        line.booked_on,
        line.money.decimal,
        line.currency,
        words.status("bankline", line.status),
        personal.shown(line.payer_name, "name", rights),
        personal.shown(line.payer_account, "account", rights),
        line.text,
        line.reference,
        line.connection.name,
        line.account,
        line.file.name if line.file else "",
        line.attempt.payment.public_id if line.attempt else "",
        moment(line.matched_at, zone),
        str(line.matched_by or ""),
        line.reason,
    ]
