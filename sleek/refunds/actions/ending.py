"""How a refund ends, in the caller's transaction, under its payment's lock: paid, or given up."""

from __future__ import annotations

from datetime import datetime

from sleek.core import clock
from sleek.events import actions as events
from sleek.ledger import actions as ledger
from sleek.ledger import recipes
from sleek.ledger.actions import Entry
from sleek.merchants.models import User
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.refunds import rules
from sleek.refunds.actions import ground
from sleek.refunds.models import Claim, Refund
from sleek.refunds.rules import RefundStatus, Route, Source

CHANGED = [
    "status",
    "route",
    "paid_to",
    "reference",
    "trace",
    "failure_code",
    "answer",
    "reviewed_by",
    "reviewed_at",
    "nudge_at",
    "check_at",
    "check_count",
    "sent_at",
    "short_at",
    "late_at",
    "lands_from",
    "lands_by",
    "succeeded_at",
    "updated_at",
]


def succeed(refund: Refund, at: datetime) -> Refund:
    """The channel, or the merchant's bank, has handed it on; or its payer has it in a wallet."""
    now = clock.now()
    refund.status, refund.succeeded_at, refund.updated_at = RefundStatus.SUCCEEDED, at, now
    refund.check_at = refund.nudge_at = refund.late_at = refund.short_at = refund.sent_at = None
    ground.expect(refund, at)
    refund.save(update_fields=CHANGED)
    where = {"wallet": refund.paid_to.name} if refund.paid_to else {}
    events.record([ground.fact("refund.succeeded", refund, route=refund.route, **where)])
    if refund.source == Source.SURPLUS:
        payments.take_up_again(refund.attempt)
    if refund.route == Route.BANK:
        kind, postings = "refund_paid_by_bank", recipes.refund_paid_by_bank(refund.money)
    else:
        channel = rules.WALLET if refund.route == Route.BALANCE else refund.attempt.channel
        kind, postings = "refund_succeeded", recipes.refund_succeeded(channel, refund.money)
    ledger.post([ground.entry(kind, refund, postings, now), *_other_side(refund)])
    return refund


def _other_side(refund: Refund) -> list[Entry]:
    """The wallet here that has it now, if it went to one."""
    attempt, money, subject = refund.attempt, refund.money, refund.public_id
    if refund.paid_to_id:
        return [payments.hand_to_balance(attempt, refund.paid_to_id, money, subject)]
    if rules.ends_in_wallet(attempt.channel, refund.route):
        return [payments.give_back_to_balance(attempt, money, subject)]
    return []


def fail(refund: Refund, *, code: str, by: User | None = None) -> Refund:
    """It did not reach the payer, or came back. The money is where it was."""
    now, was = clock.now(), RefundStatus(refund.status)
    refund.status, refund.failure_code, refund.updated_at = RefundStatus.FAILED, code[:80], now
    refund.check_at = refund.nudge_at = refund.sent_at = refund.short_at = None
    refund.succeeded_at = None
    refund.save(update_fields=CHANGED)
    Claim.objects.filter(refund=refund, revoked_at__isnull=True).update(revoked_at=now)
    _take_off(refund)
    who = {"by": by.public_id} if by else {}
    events.record([ground.fact("refund.failed", refund, code=refund.failure_code, **who)])
    if was != RefundStatus.SUCCEEDED:
        kind, postings = "refund_failed", ground.returned(refund)
    elif refund.route == Route.BANK:
        kind, postings = "refund_sent_back_by_bank", ground.bounced(refund)
    else:
        kind, postings = "refund_bounced", ground.bounced(refund)
    ledger.post([ground.entry(kind, refund, postings, now)])
    return refund


def _take_off(refund: Refund) -> None:
    """From what went back of the payment, or was taken from a credit; a surplus waits again."""
    now = clock.now()
    if refund.source == Source.PAYMENT:
        payment = Payment.objects.get(pk=refund.attempt.payment_id)
        payment.amount_refunded -= refund.amount
        payment.updated_at = now
        payment.save(update_fields=["amount_refunded", "updated_at"])
    elif refund.source == Source.CREDIT:
        attempt = Attempt.objects.get(pk=refund.attempt_id)
        attempt.amount_applied -= refund.amount
        attempt.updated_at = now
        attempt.save(update_fields=["amount_applied", "updated_at"])
    else:
        Attempt.objects.filter(pk=refund.attempt_id).update(is_leaving=False, updated_at=now)
