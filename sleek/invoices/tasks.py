"""Background work on bills: promises that end, and whom to ask after."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from sleek.invoices import actions as invoices
from sleek.invoices import queries

logger = logging.getLogger(__name__)


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="invoices.expire_entitlements")
def expire_entitlements(timestamp: int) -> None:
    """Hourly: a day ends at another hour in each time zone. Nothing is deducted late meanwhile."""
    invoices.expire_entitlements()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="invoices.follow_up")
def follow_up(timestamp: int) -> None:
    """Open the tasks of bills that were sent, and end those of bills that are paid or over."""
    for invoice in queries.to_plan():
        try:
            invoices.plan(invoice)
        except Exception:  # one bill that stumbles must not keep the others waiting
            logger.exception("invoices.plan_failed", extra={"invoice": invoice.public_id})
    for task in queries.to_end():
        try:
            invoices.end(task)
        except Exception:
            logger.exception("invoices.end_failed", extra={"follow_up": task.public_id})
