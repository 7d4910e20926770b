"""Deleting counts whose hour is over."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from sleek.risk import actions as risk

logger = logging.getLogger(__name__)

EVERY_5_MINUTES = "*/5 * * * *"


@app.periodic(cron=EVERY_5_MINUTES)
@app.task(queueing_lock="risk.forget")
def forget(timestamp: int) -> None:
    count = risk.forget()
    logger.debug("risk.forgotten", extra={"count": count})
