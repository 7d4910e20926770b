"""Refunds that do not arrive when they should."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.events import actions as events
from sleek.refunds.actions import ground
from sleek.refunds.actions.ground import NotRefundable
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus


@transaction.atomic
def mark_late(refund: Refund) -> None:
    """Its channel has not confirmed it by the last day on which the payer could expect it."""
    refund = ground.lock(refund)
    if refund.status == RefundStatus.PENDING and is_overdue(refund):
        _late(refund, said_by="clock")


@transaction.atomic
def report_missing(refund: Refund) -> None:
    """The payer says that it has not come. Raises `NotRefundable` while that is no wonder."""
    refund = ground.lock(refund)
    may_be_lost = refund.status == RefundStatus.SUCCEEDED and not refund.is_in_wallet
    if not may_be_lost or not is_overdue(refund):
        raise NotRefundable(_("The money may still be under way. Please wait until that day."))
    _late(refund, said_by="payer")


def is_overdue(refund: Refund) -> bool:
    today = clock.now().astimezone(refund.attempt.payment.merchant.zone).date()
    return refund.lands_by is not None and refund.lands_by < today


def _late(refund: Refund, *, said_by: str) -> None:
    if refund.late_at is None:
        refund.late_at = clock.now()
        refund.save(update_fields=["late_at"])
        events.record([ground.fact("refund.late", refund, trace=refund.trace, said_by=said_by)])
