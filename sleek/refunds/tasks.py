"""Background work on refunds: sending them, and asking until they are known."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from sleek.core import clock
from sleek.refunds import actions as refunds
from sleek.refunds.models import Refund

logger = logging.getLogger(__name__)

DUE = 50  # refunds looked at in one round


@app.periodic(cron="* * * * * */5")  # the sixth field is the seconds
@app.task(queueing_lock="refunds.check_due")
def check_due(timestamp: int) -> None:
    due = Refund.objects.filter(check_at__lte=clock.now()).order_by("check_at")
    for refund in due.select_related("attempt__connection", "attempt__payment")[:DUE]:
        try:
            refunds.check(refund)
        except Exception:  # one refund that stumbles must not keep the others waiting
            logger.exception("refunds.check_failed", extra={"refund": refund.public_id})
