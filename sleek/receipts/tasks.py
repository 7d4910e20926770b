"""Background work on receipts: issuing them as soon as their money is there."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from procrastinate.contrib.django import app

from sleek.events.models import Event
from sleek.payments.models import Payment
from sleek.payments.rules import PaymentStatus
from sleek.receipts import actions as receipts

logger = logging.getLogger(__name__)

FOLLOWED = frozenset({"payment.succeeded"})
DUE = 50  # looked at in one round


def follow(news: Sequence[Event]) -> None:
    """As a consumer of events. Drawing takes its time, so each paper is a job."""
    paid = Payment.objects.filter(
        public_id__in={event.subject for event in news}, is_for_bills=True
    )
    for payment_id in paid.values_list("pk", flat=True):
        issue.defer(payment_id=payment_id)


@app.task(retry=5)
def issue(payment_id: int) -> None:
    receipts.issue(Payment.objects.get(pk=payment_id))


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="receipts.try_again")
def try_again(timestamp: int) -> None:
    """What could not be printed or numbered at the time, once the merchant has seen to it."""
    owed = Payment.objects.filter(
        is_for_bills=True, status=PaymentStatus.SUCCEEDED, receipt__isnull=True
    )
    for payment in owed.order_by("succeeded_at")[:DUE]:
        try:
            receipts.issue(payment)
        except Exception:  # one that stumbles must not keep the others waiting
            logger.exception("receipts.failed", extra={"payment": payment.public_id})
