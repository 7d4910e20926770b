"""Refunding, in three steps: promise it, send it, learn how it went.

The promise is a transaction and takes the money out of reach at once. The sending is a network call
and holds no transaction. A crash between the two leaves a PENDING refund that `check` picks up
again; the refund's id is the provider's idempotency key, so sending twice refunds once.

Between the promise and the sending a second person may have to look (`approve`, `decline`); and
where the way it was paid does not work, it goes by bank transfer (`reroute`, `fill_claim`,
`pay_claim`), or its payer takes it into a wallet here (`take_to_wallet`). A refund changes only
while its payment's row is locked.
"""

from sleek.refunds.actions.arriving import mark_late, report_missing
from sleek.refunds.actions.claims import (
    ClaimClosed,
    fill_claim,
    pay_claim,
    renew_claim,
    return_by_bank,
    revoke_claim,
    rewrap_claims,
    take_to_wallet,
)
from sleek.refunds.actions.forgetting import erase_person, forget_accounts
from sleek.refunds.actions.ground import NotRefundable
from sleek.refunds.actions.news import FOLLOWED, follow
from sleek.refunds.actions.promising import (
    Wish,
    promise,
    promise_credit,
    promise_surplus,
    promise_wished,
)
from sleek.refunds.actions.reviewing import NotReviewable, approve, call_off, decline, nudge
from sleek.refunds.actions.routing import reroute
from sleek.refunds.actions.ruling import set_rule
from sleek.refunds.actions.sending import apply_report, check

__all__ = [
    "FOLLOWED",
    "ClaimClosed",
    "NotRefundable",
    "NotReviewable",
    "Wish",
    "apply_report",
    "approve",
    "call_off",
    "check",
    "decline",
    "erase_person",
    "fill_claim",
    "follow",
    "forget_accounts",
    "mark_late",
    "nudge",
    "pay_claim",
    "promise",
    "promise_credit",
    "promise_surplus",
    "promise_wished",
    "renew_claim",
    "report_missing",
    "reroute",
    "return_by_bank",
    "revoke_claim",
    "rewrap_claims",
    "set_rule",
    "take_to_wallet",
]
