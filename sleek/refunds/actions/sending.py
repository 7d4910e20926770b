"""Sending a promised refund and learning what became of it.

Sending holds no transaction. That a request goes out is written first: as long as the provider may
be at work on it, the refund can neither be called off nor go another way, or the payer would have
the money twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sleek.channels import registry
from sleek.channels.base import (
    Channel,
    ChannelError,
    Outcome,
    RefundOrder,
    RefundReport,
    Refused,
    Short,
)
from sleek.core import clock
from sleek.events import actions as events
from sleek.payments.actions import watching
from sleek.refunds import queries, rules
from sleek.refunds.actions import claims, ending, ground
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus, Route

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Errand:
    """What is to be said to the provider; `unanswered_at` is when it was last asked in vain."""

    refund: Refund
    is_question: bool
    unanswered_at: datetime | None


def check(refund: Refund) -> None:
    """Send a promised refund, or ask what became of a sent one; then set when to ask again."""
    errand = _set_out(refund)
    if errand is None:
        return
    order = order_of(errand.refund)
    try:
        attempt = ground.money_of(errand.refund.attempt)
        with watching.asking(attempt.connection, attempt.method) as channel:
            report = channel.fetch_refund(order) if errand.is_question else channel.refund(order)
    except Refused as error:
        if errand.is_question:
            _not_answered(order, error)  # that it tells nothing changes nothing
        else:
            _refused(errand, error)
    except ChannelError as error:
        _not_answered(order, error)
    else:
        apply_report(report)


def order_of(refund: Refund) -> RefundOrder:
    paid_by = ground.money_of(refund.attempt)
    return RefundOrder(
        key=refund.public_id,
        payment_key=paid_by.public_id,
        reference=paid_by.reference,
        amount=refund.money,
        total=paid_by.money_received or paid_by.money,
        reason=refund.note or refund.reason,
        refund_reference=refund.reference,
        started_at=refund.reviewed_at or refund.created_at,
    )


@transaction.atomic
def _set_out(refund: Refund) -> _Errand | None:
    refund = ground.lock(refund)
    if refund.status == RefundStatus.IN_REVIEW or not queries.can_give_back(refund.attempt):
        return None
    is_to_send = refund.status == RefundStatus.PENDING and refund.route == Route.CHANNEL
    unanswered_at = refund.sent_at
    if is_to_send and not refund.reference:
        refund.sent_at = clock.now()
        refund.save(update_fields=["sent_at"])
        return _Errand(refund, False, unanswered_at)
    return _Errand(refund, True, unanswered_at)


def _not_answered(order: RefundOrder, error: ChannelError) -> None:
    """Still as it was: we cannot know, so we ask again later."""
    logger.warning("refunds.not_answered", extra={"refund": order.key, "error": error.code})
    apply_report(RefundReport(order.key, Outcome.PENDING))


@transaction.atomic
def _refused(errand: _Errand, error: Refused) -> None:
    """It said no to this request. An earlier one without an answer may be at work a little longer:
    until that is over, the no is not believed.
    """
    refund, now = ground.lock(errand.refund), clock.now()
    if refund.status != RefundStatus.PENDING or refund.route != Route.CHANNEL or refund.reference:
        return  # news came meanwhile
    is_short = isinstance(error, Short)
    if not rules.is_settled(now, errand.unanswered_at):
        refund.sent_at = errand.unanswered_at
        refund.check_at = now + rules.SETTLES_AFTER
    elif is_short:
        refund.sent_at = None
        refund.check_at = rules.next_try(now, refund.short_at or now)
    else:
        ending.fail(refund, code=error.reason or error.code)
        return
    refund.check_count += 1
    if is_short:
        _note_short(refund, now)
    refund.updated_at = now
    refund.save(update_fields=ending.CHANGED)


def _note_short(refund: Refund, now: datetime) -> None:
    """Said once, when it begins to wait."""
    if refund.short_at is None:
        refund.short_at = now
        events.record([ground.fact("refund.queued", refund)])


@transaction.atomic
def apply_report(report: RefundReport) -> Refund:
    """Bring a refund up to date.

    A report that says nothing new changes nothing but the time of the next question.
    """
    refund = ground.lock(Refund.objects.select_related("attempt").get(public_id=report.key))
    then, was = _status_for(refund, report), RefundStatus(refund.status)
    if then == RefundStatus.SUCCEEDED and _is_counted_otherwise(refund):
        return _contradicted(refund)
    if refund.route != Route.CHANNEL:
        if then != RefundStatus.SUCCEEDED or was != RefundStatus.PENDING:
            return _given_up(refund)
        refund.route = Route.CHANNEL
        claims.revoke(refund)
    now = clock.now()
    refund.reference = refund.reference or report.reference
    refund.trace = report.trace or refund.trace
    refund.check_count += 1
    if rules.may_become(was, then):
        if then == RefundStatus.SUCCEEDED:
            return ending.succeed(refund, report.event_at or now)
        return ending.fail(refund, code=report.failure_code)
    if report.is_short and was == RefundStatus.PENDING:
        _note_short(refund, now)
    refund.check_at = _ask_again_at(refund, now)
    refund.updated_at = now
    refund.save(update_fields=ending.CHANGED)
    return refund


def _ask_again_at(refund: Refund, now: datetime) -> datetime | None:
    if refund.status != RefundStatus.PENDING:
        return None
    if refund.short_at:
        return rules.next_try(now, refund.short_at)
    return rules.next_check(now, refund.check_count)


def _status_for(refund: Refund, report: RefundReport) -> RefundStatus:
    if report.outcome == Outcome.SUCCEEDED and report.amount == refund.money:
        return RefundStatus.SUCCEEDED
    if report.outcome in (Outcome.FAILED, Outcome.CANCELED):
        return RefundStatus.FAILED
    return RefundStatus.PENDING


def _is_counted_otherwise(refund: Refund) -> bool:
    """The money is with the merchant again, waits for a second person, or went another way."""
    is_elsewhere = refund.route != Route.CHANNEL and refund.status == RefundStatus.SUCCEEDED
    return is_elsewhere or refund.status in (RefundStatus.FAILED, RefundStatus.IN_REVIEW)


def _given_up(refund: Refund) -> Refund:
    """Its channel no longer counts, so it is asked no more; only that it has paid would be news."""
    if refund.check_at is not None:
        refund.check_at = None
        refund.save(update_fields=["check_at"])
    return refund


def _contradicted(refund: Refund) -> Refund:
    """The channel says it has paid after all. Nothing is booked: a person must compare first."""
    refund.check_at = None
    if refund.contradicted_at is None:
        refund.contradicted_at = clock.now()
        events.record([ground.fact("refund.contradicted", refund)])
    refund.save(update_fields=["check_at", "contradicted_at"])
    return refund


def ask_provider(refund: Refund) -> None:
    """Ask once whether the provider knows it, for somebody who wants it to go another way.

    Raises `ChannelError` when there is no answer.
    """
    order = order_of(refund)
    channel: Channel = registry.connect(ground.money_of(refund.attempt).connection)
    report = channel.fetch_refund(order)
    if report.reference or report.outcome != Outcome.PENDING:
        apply_report(report)
