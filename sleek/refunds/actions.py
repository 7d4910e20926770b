"""Refunding, in three steps: promise it, send it, learn how it went.

The promise is a transaction and takes the money out of reach at once. The sending is a network call
and holds no transaction. A crash between the two leaves a PENDING refund that `check` picks up
again; the refund's id is the provider's idempotency key, so sending twice refunds once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.channels import registry
from sleek.channels.base import (
    ChannelError,
    Outcome,
    RefundOrder,
    RefundReport,
    Refused,
)
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.events.models import Event
from sleek.ledger import actions as ledger
from sleek.ledger import recipes
from sleek.ledger.actions import Entry
from sleek.merchants.models import User
from sleek.payments import actions as payments
from sleek.payments.models import Attempt
from sleek.payments.rules import RETURNED_BY_ITSELF
from sleek.refunds import rules
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus

logger = logging.getLogger(__name__)

FROZEN: recipes.Bucket = "frozen"


class NotRefundable(SleekError):
    """There is nothing (left) to give back."""

    code = "not_refundable"


FOLLOWED = frozenset({"payment.surplus_received", "refund.reported"})


def follow(news: Sequence[Event]) -> None:
    """As a consumer of events: return what was paid twice or too late; ask about refunds a notice
    spoke of.
    """
    returnable = [
        str(event.data["attempt"])
        for event in news
        if event.kind == "payment.surplus_received" and event.data["surplus"] in RETURNED_BY_ITSELF
    ]
    attempts = Attempt.objects.filter(public_id__in=returnable).order_by("pk")
    known = Refund.objects.filter(attempt__in=attempts, bucket=FROZEN)
    open_attempts = attempts.exclude(pk__in=known.values("attempt_id")).select_related("payment")
    _promise([(attempt, attempt.surplus) for attempt in open_attempts])
    _check_reported([event.subject for event in news if event.kind == "refund.reported"])


@transaction.atomic
def promise_surplus(attempt: Attempt, *, by: User) -> Refund:
    """Give back, by a person's decision, money that arrived and pays nothing.

    Raises `NotRefundable`.
    """
    attempt = (
        Attempt.objects.select_for_update(of=("self",)).select_related("payment").get(pk=attempt.pk)
    )
    given_back = attempt.refunds.exclude(status=RefundStatus.FAILED)
    if not attempt.surplus or given_back.exists():
        raise NotRefundable(_("There is no surplus to give back, or it is on its way already."))
    [refund] = _promise([(attempt, attempt.surplus)])
    audit.record(
        "refund.promised",
        refund.public_id,
        scope=attempt.payment.merchant.public_id,
        actor=by.public_id,
    )
    return refund


def _promise(surpluses: Sequence[tuple[Attempt, str]]) -> list[Refund]:
    now = clock.now()
    refunds = [
        Refund(
            merchant_id=attempt.payment.merchant_id,
            attempt=attempt,
            amount=received.minor,
            currency=received.currency,
            reason=reason,
            bucket=FROZEN,
            check_at=now,
            created_at=now,
            updated_at=now,
        )
        for attempt, reason in surpluses
        if (received := attempt.money_received)
    ]
    Refund.objects.bulk_create(refunds)
    events.record([_fact("refund.promised", refund) for refund in refunds])
    ledger.post(
        [
            _entry("refund_promised", refund, recipes.refund_promised(FROZEN, refund.money))
            for refund in refunds
        ]
    )
    return refunds


def check(refund: Refund) -> None:
    """Send a promised refund, or ask what became of a sent one; then set when to ask again."""
    order = _order_of(refund)
    try:
        channel = registry.connect(refund.attempt.connection)
        report = channel.fetch_refund(order) if refund.reference else channel.refund(order)
    except Refused as error:
        report = RefundReport(order.key, Outcome.FAILED, failure_code=error.reason or error.code)
    except ChannelError as error:
        # Still PENDING: we cannot know, so we ask again later.
        logger.warning("refunds.not_answered", extra={"refund": order.key, "error": error.code})
        report = RefundReport(order.key, Outcome.PENDING)
    apply_report(report)


def _order_of(refund: Refund) -> RefundOrder:
    attempt = refund.attempt
    return RefundOrder(
        key=refund.public_id,
        payment_key=attempt.public_id,
        reference=attempt.reference,
        amount=refund.money,
        total=attempt.money_received or attempt.money,
        reason=refund.reason,
        refund_reference=refund.reference,
    )


@transaction.atomic
def apply_report(report: RefundReport) -> Refund:
    """Bring a refund up to date.

    A report that says nothing new changes nothing but the time of the next question.
    """
    refund = (
        Refund.objects.select_for_update(of=("self",))
        .select_related("attempt__payment")
        .get(public_id=report.key)
    )
    now = clock.now()
    then = _status_for(refund, report)
    was = RefundStatus(refund.status)
    is_news = rules.may_become(was, then)
    refund.reference = refund.reference or report.reference
    refund.check_count += 1
    is_open = RefundStatus.PENDING in (was, then) and not is_news
    refund.check_at = rules.next_check(now, refund.check_count) if is_open else None
    refund.updated_at = now
    if is_news:
        refund.status = then
        refund.failure_code = report.failure_code[:80]
        refund.succeeded_at = (report.event_at or now) if then == RefundStatus.SUCCEEDED else None
    refund.save(
        update_fields=[
            "reference",
            "check_count",
            "check_at",
            "updated_at",
            "status",
            "failure_code",
            "succeeded_at",
        ]
    )
    if is_news:
        _settle(refund, was)
    return refund


def _status_for(refund: Refund, report: RefundReport) -> RefundStatus:
    if report.outcome == Outcome.SUCCEEDED and report.amount == refund.money:
        return RefundStatus.SUCCEEDED
    if report.outcome in (Outcome.FAILED, Outcome.CANCELED):
        return RefundStatus.FAILED
    return RefundStatus.PENDING


def _settle(refund: Refund, was: RefundStatus) -> None:
    """Record what happened and post it, as the transaction's last acts."""
    channel, amount = refund.attempt.channel, refund.money
    events.record([_fact(f"refund.{refund.status}", refund)])
    if refund.status == RefundStatus.SUCCEEDED:
        kind, postings = "refund_succeeded", recipes.refund_succeeded(channel, amount)
        payments.take_up_again(refund.attempt)
    elif was == RefundStatus.SUCCEEDED:
        kind, postings = "refund_bounced", recipes.refund_bounced(channel, FROZEN, amount)
    else:
        kind, postings = "refund_failed", recipes.refund_failed(FROZEN, amount)
    ledger.post([_entry(kind, refund, postings)])


def _check_reported(keys: list[str]) -> None:
    Refund.objects.filter(public_id__in=keys).exclude(status=RefundStatus.FAILED).update(
        check_at=clock.now()
    )


def _fact(kind: str, refund: Refund) -> Fact:
    data: dict[str, object] = {
        "refund": refund.public_id,
        "attempt": refund.attempt.public_id,
        "amount": refund.amount,
        "currency": refund.currency,
        "reason": refund.reason,
    }
    return Fact(kind, refund.attempt.payment.public_id, refund.merchant_id, data)


def _entry(kind: str, refund: Refund, postings: recipes.Postings) -> Entry:
    return Entry(refund.merchant_id, kind, refund.public_id, postings, clock.now())
