"""Saying what a line of the bank's statement is: matching it, putting it aside, taking it up again.

A match is not undone: the money has paid, or waits as a surplus, and goes on from there by its own
verbs (apply it to another payment, give it back), each of which leaves its trace.
"""

from __future__ import annotations

import logging
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants.models import User
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.reconciliation import awaited
from sleek.reconciliation.models import BankLine
from sleek.reconciliation.rules.lines import LineStatus
from sleek.reconciliation.rules.matching import Match

logger = logging.getLogger(__name__)

SEARCHED_AT_ONCE = 200  # lines in one round
REASON_LETTERS = 200
PAYER_LETTERS = 80


class NotMatchable(SleekError):
    """The line is matched or put aside already, or what spoke for the match has changed."""

    code = "not_matchable"


def match_by_itself(merchant_id: int | None = None) -> int:
    """Link the lines that name their transfer beyond doubt; returns how many. The rest is a
    person's to decide.
    """
    waiting = BankLine.objects.filter(status=LineStatus.OPEN, searched_at=None)
    if merchant_id is not None:
        waiting = waiting.filter(merchant_id=merchant_id)
    lines = list(waiting.select_related("connection").order_by("pk")[:SEARCHED_AT_ONCE])
    count = 0
    for account in {(line.merchant_id, line.connection_id) for line in lines}:
        own = [line for line in lines if (line.merchant_id, line.connection_id) == account]
        for line, attempt in awaited.named_by(own):
            count += _match_certain(line, attempt)
    BankLine.objects.filter(pk__in=[line.pk for line in lines]).update(searched_at=clock.now())
    return count


def _match_certain(line: BankLine, attempt: Attempt) -> bool:
    """What was certain for all lines together is looked at once more, alone and under lock."""
    try:
        with transaction.atomic():
            line, attempt, match = _locked(line, attempt)
            if not match.is_certain:
                return False
            _take(line, attempt, match, by=None)
    except NotMatchable:
        return False
    return True


@transaction.atomic
def match_line(line: BankLine, attempt: Attempt, *, seen: str, by: User) -> BankLine:
    """By a person's decision. `seen` is the `token` of what they were shown; if that is not so any
    more, nothing happens. Raises `NotMatchable`.
    """
    line, attempt, match = _locked(line, attempt)
    if seen != token(attempt, match):
        raise NotMatchable(_("Something changed meanwhile. Look at it again, please."))
    audit.record(
        "bank_line.matched",
        line.public_id,
        scope=line.merchant.public_id,
        actor=by.public_id,
        data={"attempt": attempt.public_id, "clues": list(match.clues)},
    )
    return _take(line, attempt, match, by=by)


@transaction.atomic
def ignore_line(line: BankLine, *, reason: str, by: User) -> BankLine:
    """It is none of ours: interest, the merchant's own money. Raises `NotMatchable`."""
    line = _lock(line)
    reason = " ".join(reason.split())[:REASON_LETTERS]
    if line.status != LineStatus.OPEN or not reason:
        raise NotMatchable(_("This line is settled already, or the reason is missing."))
    line.status, line.reason = LineStatus.IGNORED, reason
    line.save(update_fields=["status", "reason"])
    _record("bank_line.ignored", line, by, reason=reason)
    return line


@transaction.atomic
def reopen_line(line: BankLine, *, by: User) -> BankLine:
    """What was put aside is looked at again. Raises `NotMatchable`."""
    line = _lock(line)
    if line.status != LineStatus.IGNORED:
        raise NotMatchable(_("Only what was put aside can be taken up again."))
    line.status, line.reason, line.searched_at = LineStatus.OPEN, "", None
    line.save(update_fields=["status", "reason", "searched_at"])
    _record("bank_line.reopened", line, by)
    return line


def token(attempt: Attempt, match: Match) -> str:
    """All that a person's decision rests on, in a few letters."""
    statuses = (attempt.payment.status, attempt.status)
    return " ".join([attempt.public_id, *statuses, *match.clues, *match.doubts])


def _locked(line: BankLine, attempt: Attempt) -> tuple[BankLine, Attempt, Match]:
    line = _lock(line)
    payment = Payment.objects.select_for_update(no_key=True).get(pk=attempt.payment_id)
    attempt = Attempt.objects.select_related("payment__merchant").get(pk=attempt.pk)
    if line.status != LineStatus.OPEN:
        raise NotMatchable(_("Somebody was quicker: this line is settled already."))
    is_ours = payment.merchant_id == line.merchant_id and attempt.channel == awaited.CHANNEL
    if not is_ours or not attempt.next_data:
        raise NotMatchable(_("That payment takes no bank transfers."))
    return line, attempt, awaited.match_of(line, attempt)


def _lock(line: BankLine) -> BankLine:
    rows = BankLine.objects.select_for_update(of=("self",))
    return rows.select_related("merchant", "connection").get(pk=line.pk)


def _take(line: BankLine, attempt: Attempt, match: Match, *, by: User | None) -> BankLine:
    """The books are posted within `arrive`, so all other locks are taken before it."""
    data: dict[str, object] = {
        "line": line.public_id,
        "attempt": attempt.public_id,
        "amount": line.amount,
        "currency": line.currency,
        "clues": list(match.clues),
        "is_by_itself": by is None,
    }
    events.record([Fact("bank_line.matched", attempt.payment.public_id, line.merchant_id, data)])
    received = payments.arrive(
        attempt,
        line.money,
        reference=line.reference or line.public_id,
        payer=line.payer_name[:PAYER_LETTERS],
        at=_moment(line),
    )
    now = clock.now()
    line.status, line.attempt, line.clues = LineStatus.MATCHED, received, list(match.clues)
    line.matched_by, line.matched_at, line.searched_at = by, now, now
    line.save(
        update_fields=["status", "attempt", "clues", "matched_by", "matched_at", "searched_at"]
    )
    logger.info("bank_lines.matched", extra={"line": line.public_id})
    return line


def _moment(line: BankLine) -> datetime:
    """A statement tells the day alone: its noon, if that has come."""
    noon = datetime.combine(line.booked_on, time(12), tzinfo=line.merchant.zone)
    return min(noon, clock.now())


def _record(kind: str, line: BankLine, by: User, **data: object) -> None:
    told: dict[str, object] = {"amount": line.amount, "currency": line.currency, **data}
    audit.record(
        kind,
        line.public_id,
        scope=line.merchant.public_id,
        actor=by.public_id,
        data=told,
    )
    events.record([Fact(kind, line.public_id, line.merchant_id, told)])
