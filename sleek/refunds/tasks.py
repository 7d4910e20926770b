"""Background work on refunds: sending them, asking until they are known, watching the clocks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from procrastinate.contrib.django import app

from sleek.refunds import actions as refunds
from sleek.refunds import queries
from sleek.refunds.models import Refund

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * * */5")  # the sixth field is the seconds
@app.task(queueing_lock="refunds.check_due")
def check_due(timestamp: int) -> None:
    _each(queries.due(), refunds.check)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="refunds.watch_clocks")
def watch_clocks(timestamp: int) -> None:
    """Remind those who must review, and find what has not arrived in time."""
    _each(queries.to_nudge(), refunds.nudge)
    _each(queries.to_arrive(), refunds.mark_late)


@app.periodic(cron="41 * * * *")
@app.task(queueing_lock="refunds.forget_accounts")
def forget_accounts(timestamp: int) -> None:
    """Payers' bank accounts are kept no longer than they may be needed."""
    refunds.forget_accounts()


def _each(due: Sequence[Refund], look: Callable[[Refund], None]) -> None:
    for refund in due:
        try:
            look(refund)
        except Exception:  # one refund that stumbles must not keep the others waiting
            logger.exception("refunds.check_failed", extra={"refund": refund.public_id})
