"""Background work on portions: holding, releasing, and settling up after refunds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from django.db.models import QuerySet
from procrastinate.contrib.django import app

from sleek.core import clock
from sleek.events.models import Event
from sleek.payments.models import Payment
from sleek.splits import actions as splits
from sleek.splits.models import Plan, Portion
from sleek.splits.rules import PortionStatus

logger = logging.getLogger(__name__)

DUE = 50  # portions looked at in one round
FOLLOWED = frozenset({"plan.created", "payment.succeeded", "refund.promised", "refund.failed"})


def follow(news: Sequence[Event]) -> None:
    """As a consumer of events: share out what was paid, and settle up after refunds."""
    paid = [event.subject for event in news if event.kind == "payment.succeeded"]
    refunded = [event.subject for event in news if event.kind.startswith("refund.")]
    made = [event.subject for event in news if event.kind == "plan.created"]
    for plan in Plan.objects.filter(public_id__in=made):
        splits.offer(plan)
    planned = Payment.objects.filter(public_id__in=paid, link__plan__isnull=False)
    for payment_id in planned.values_list("pk", flat=True):
        hold.defer(payment_id=payment_id)
    shared = Payment.objects.filter(public_id__in=refunded, portions__isnull=False).distinct()
    for payment_id in shared.values_list("pk", flat=True):
        settle_up.defer(payment_id=payment_id)


@app.task(retry=5)
def hold(payment_id: int) -> None:
    splits.hold(Payment.objects.get(pk=payment_id))


@app.task(retry=5)
def settle_up(payment_id: int) -> None:
    splits.settle_up(Payment.objects.get(pk=payment_id))


@app.periodic(cron="* * * * * */5")  # the sixth field is the seconds
@app.task(queueing_lock="splits.release_due")
def release_due(timestamp: int) -> None:
    due = Portion.objects.filter(status=PortionStatus.HELD, release_at__lte=clock.now())
    _each(due.order_by("release_at"), splits.release_now)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="splits.try_again")
def try_again(timestamp: int) -> None:
    """What the books did not hold yet, and what another wallet could not give back."""
    waiting = Portion.objects.filter(status=PortionStatus.WAITING).order_by("created_at")
    _each(waiting, lambda portion: splits.hold(portion.payment))
    unsettled = Portion.objects.filter(is_settled=False).order_by("created_at")
    _each(unsettled, lambda portion: splits.settle_up(portion.payment))


def _each(portions: QuerySet[Portion], do: Callable[[Portion], None]) -> None:
    for portion in portions.select_related("payment")[:DUE]:
        try:
            do(portion)
        except Exception:  # one that stumbles must not keep the others waiting
            logger.exception("splits.failed", extra={"portion": portion.public_id})
