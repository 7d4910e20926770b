"""Two ways to prove oneself: a puzzle for the browser, or a code that is sent by mail.

A ticket is our own signed word on what was asked of whom: it is good for one device at one subject,
for a short time. That it is good for one try is counted where the try is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from sleek.core import clock, ids
from sleek.risk import rules
from sleek.risk.actions import counting
from sleek.risk.actions.admission import ChallengeNeeded, Visitor
from sleek.risk.rules import Action, Scope, Window

TICKET_LIFE = timedelta(minutes=10)
CODE_DIGITS = 6
GUESSES = 5  # of a code, which is one of a million


@dataclass(frozen=True, slots=True)
class Code:
    """What goes by mail, and the ticket that waits for it."""

    digits: str
    ticket: str


def new_ticket(challenge: ChallengeNeeded, visitor: Visitor) -> str:
    """For a puzzle of the level that is needed now."""
    return _sign(challenge.action, challenge.subject, visitor, "", level=challenge.level)


def new_code(challenge: ChallengeNeeded, visitor: Visitor) -> Code:
    digits = ids.digits(CODE_DIGITS)
    ticket = _sign(challenge.action, challenge.subject, visitor, digits, level=challenge.level)
    return Code(digits, ticket)


def prove(action: Action, subject: str, visitor: Visitor, *, ticket: str, answer: str) -> Visitor:
    """The visitor with the proof, when the answer to the ticket is right; else as before."""
    known = _read(ticket)
    if known is None or known.meant_for != _meant_for(action, subject, visitor):
        return visitor
    if known.ends_at <= int(clock.now().timestamp()):
        return visitor
    is_right = (
        _is_code(known, answer) if known.code else rules.is_solved(ticket, known.level, answer)
    )
    # Whoever reads a code in a mail box has done more than any computation shows.
    level = rules.HIGHEST_LEVEL if known.code else known.level
    return replace(visitor, proof=known.id, proof_level=level) if is_right else visitor


@dataclass(frozen=True, slots=True)
class _Ticket:
    id: str
    meant_for: str
    level: int
    ends_at: int
    code: str  # a keyed hash of it; nothing for a puzzle


def _is_code(known: _Ticket, answer: str) -> bool:
    if not _may_guess(known):
        return False
    return constant_time_compare(known.code, _hash_of(known.id, answer.strip()))


@transaction.atomic
def _may_guess(known: _Ticket) -> bool:
    counts = counting.count({Scope.PROOF: counting.key(f"guess {known.id}")})
    before = counts.get((Scope.PROOF, Window.HOUR))
    return before is None or before.tries < GUESSES


def _sign(action: Action, subject: str, visitor: Visitor, digits: str, *, level: int) -> str:
    ticket_id = ids.token()
    ends_at = int((clock.now() + TICKET_LIFE).timestamp())
    code = _hash_of(ticket_id, digits) if digits else ""
    meant_for = _meant_for(action, subject, visitor)
    return _signer().sign_object([ticket_id, meant_for, level, ends_at, code])


def _read(ticket: str) -> _Ticket | None:
    try:
        return _Ticket(*_signer().unsign_object(ticket))
    except signing.BadSignature:
        return None


def _signer() -> signing.Signer:
    return signing.Signer(salt="risk.ticket")


def _meant_for(action: Action, subject: str, visitor: Visitor) -> str:
    return counting.key(f"{action} {subject} {visitor.device}")


def _hash_of(ticket_id: str, digits: str) -> str:
    return salted_hmac("risk.code", f"{ticket_id} {digits}", algorithm="sha256").hexdigest()
