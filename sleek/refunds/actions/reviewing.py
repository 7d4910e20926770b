"""The second person: approving a refund or declining it, and the clock that runs meanwhile.

Whoever asked never decides; the database holds that, too. Nothing is ever approved by time.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.merchants.models import User
from sleek.refunds.actions import claims, ending, ground
from sleek.refunds.actions.ground import NotRefundable
from sleek.refunds.models import Refund
from sleek.refunds.rules import Ended, RefundStatus, Route


class NotReviewable(SleekError):
    """It waits for nobody any more, or the same person asked for it."""

    code = "not_reviewable"


@transaction.atomic
def approve(refund: Refund, *, by: User) -> Refund:
    """Let it go to the payer. Raises `NotReviewable`."""
    refund = _to_review(refund, by)
    now = clock.now()
    refund.status = RefundStatus.PENDING
    refund.check_at = now if refund.route == Route.CHANNEL else None
    refund.nudge_at, refund.updated_at = None, now
    ground.expect(refund, now)
    refund.save(update_fields=ending.CHANGED)
    if claims.is_wanted(refund):
        claims.ask_payers([refund])
    ground.record("refund.approved", refund, by)
    events.record([ground.fact("refund.approved", refund, by=by.public_id)])
    return refund


@transaction.atomic
def decline(refund: Refund, *, why: str, by: User) -> Refund:
    """The money is the merchant's again. Raises `NotReviewable`."""
    refund = _to_review(refund, by)
    refund.answer = why
    ground.record("refund.declined", refund, by, reason=why)
    return ending.fail(refund, code=Ended.DECLINED, by=by)


@transaction.atomic
def call_off(refund: Refund, *, by: User) -> Refund:
    """Take it back before anything is on its way. Raises `NotRefundable`."""
    refund = ground.lock(refund)
    if not refund.may_call_off:
        raise NotRefundable(_("This refund is on its way already, or has ended."))
    ground.record("refund.called_off", refund, by)
    return ending.fail(refund, code=Ended.CALLED_OFF, by=by)


@transaction.atomic
def nudge(refund: Refund) -> None:
    """Remind those who may review it, and when the time is over, the owners."""
    refund, now = ground.lock(refund), clock.now()
    if refund.status != RefundStatus.IN_REVIEW or not refund.nudge_at or refund.nudge_at > now:
        return
    is_over = refund.review_by is None or refund.review_by <= now
    refund.nudge_at = None if is_over else refund.review_by
    refund.save(update_fields=["nudge_at"])
    if is_over:
        events.record([ground.fact("refund.review_overdue", refund)])
    else:
        events.record([ground.fact("refund.review_due", refund)])


def _to_review(refund: Refund, by: User) -> Refund:
    refund = ground.lock(refund)
    if refund.status != RefundStatus.IN_REVIEW:
        raise NotReviewable(_("Somebody has decided on this refund already."))
    if refund.requested_by_id == by.pk:
        raise NotReviewable(_("Whoever asks for a refund can't approve it. Somebody else must."))
    refund.reviewed_by, refund.reviewed_at = by, clock.now()
    return refund
