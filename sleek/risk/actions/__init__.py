"""Letting tries through, learning how they ended, and the two ways to prove oneself.

A try is admitted where it would reach a provider, in the transaction that writes it down; before
anything is written at all, `look` says whether it would be. `follow` learns from events how tries
ended, in the worker: what applies notices need not know of the guard, and a second's delay is none.
"""

from sleek.risk.actions.admission import (
    ChallengeNeeded,
    TooManyTries,
    Visitor,
    admit,
    look,
    pass_on,
    tell,
)
from sleek.risk.actions.outcomes import FOLLOWED, follow, forget
from sleek.risk.actions.proofs import CODE_DIGITS, TICKET_LIFE, Code, new_code, new_ticket, prove

__all__ = [
    "CODE_DIGITS",
    "FOLLOWED",
    "TICKET_LIFE",
    "ChallengeNeeded",
    "Code",
    "TooManyTries",
    "Visitor",
    "admit",
    "follow",
    "forget",
    "look",
    "new_code",
    "new_ticket",
    "pass_on",
    "prove",
    "tell",
]
