"""Collecting a payment, in three steps: promise an attempt, send it to its channel, learn what came
of it.

`begin` does the first two for a payer who is waiting; news comes in by `apply_reports`, the one
door, from notices, from the janitor's questions and from reconciliation. Attempts change only while
their payment's row is locked.
"""

from sleek.payments.actions.asking import ask
from sleek.payments.actions.attempts import (
    NotPayable,
    OutcomeUnknown,
    Visit,
    WishRefused,
    begin,
    check,
    close_others,
    open_for_link,
)
from sleek.payments.actions.expiry import end_hold, expire, take_up_again
from sleek.payments.actions.notices import WAKE, Kept, apply_waiting, keep
from sleek.payments.actions.payers import Answers, TermsNotAccepted, accept_terms, note_payer
from sleek.payments.actions.reports import apply_reports

__all__ = [
    "WAKE",
    "Answers",
    "Kept",
    "NotPayable",
    "OutcomeUnknown",
    "TermsNotAccepted",
    "Visit",
    "WishRefused",
    "accept_terms",
    "apply_reports",
    "apply_waiting",
    "ask",
    "begin",
    "check",
    "close_others",
    "end_hold",
    "expire",
    "keep",
    "note_payer",
    "open_for_link",
    "take_up_again",
]
