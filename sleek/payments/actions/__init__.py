"""Collecting a payment, in three steps: promise an attempt, send it to its channel, learn what came
of it.

`begin` does the first two for a payer who is waiting; news comes in by `apply_reports`, the one
door, from notices, from the janitor's questions and from reconciliation. Attempts change only while
their payment's row is locked.
"""

from sleek.payments.actions.announcements import MAX_BYTES, ProofRefused, announce_transfer
from sleek.payments.actions.asking import ask, close_lost, close_others
from sleek.payments.actions.attempts import (
    NotPayable,
    OutcomeUnknown,
    begin,
    check,
)
from sleek.payments.actions.billing import Share, open_for_bills, open_up_to
from sleek.payments.actions.expiry import end_hold, expire, take_up_again
from sleek.payments.actions.measuring import measure
from sleek.payments.actions.notices import WAKE, Kept, apply_waiting, keep
from sleek.payments.actions.opening import Visit, WishRefused, open_for_link
from sleek.payments.actions.payers import (
    Answers,
    TermsNotAccepted,
    accept_terms,
    introduced,
    introduction,
    needs_introduction,
    note_payer,
)
from sleek.payments.actions.reports import NotAcceptable, accept, apply_reports
from sleek.payments.actions.saving import (
    Consent,
    forget_due,
    forget_payer,
    revoke,
    revoke_as_payer,
    rewrap_saved,
)
from sleek.payments.actions.saving.keeping import NotSaved
from sleek.payments.actions.settling import NotCreditable, apply_credit, arrive, credit
from sleek.payments.actions.wallets import (
    BALANCE,
    WrongWallet,
    give_back_to_balance,
    hand_to_balance,
    pay_from_balance,
)

__all__ = [
    "BALANCE",
    "MAX_BYTES",
    "WAKE",
    "Answers",
    "Consent",
    "Kept",
    "NotAcceptable",
    "NotCreditable",
    "NotPayable",
    "NotSaved",
    "OutcomeUnknown",
    "ProofRefused",
    "Share",
    "TermsNotAccepted",
    "Visit",
    "WishRefused",
    "WrongWallet",
    "accept",
    "accept_terms",
    "announce_transfer",
    "apply_credit",
    "apply_reports",
    "apply_waiting",
    "arrive",
    "ask",
    "begin",
    "check",
    "close_lost",
    "close_others",
    "credit",
    "end_hold",
    "expire",
    "forget_due",
    "forget_payer",
    "give_back_to_balance",
    "hand_to_balance",
    "introduced",
    "introduction",
    "keep",
    "measure",
    "needs_introduction",
    "note_payer",
    "open_for_bills",
    "open_for_link",
    "open_up_to",
    "pay_from_balance",
    "revoke",
    "revoke_as_payer",
    "rewrap_saved",
    "take_up_again",
]
