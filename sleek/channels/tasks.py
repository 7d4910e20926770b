"""Background work on connections: asking those that were unwell."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from sleek.channels import actions as channels
from sleek.channels import queries

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * * */10")  # the sixth field is the seconds
@app.task(queueing_lock="channels.probe_due")
def probe_due(timestamp: int) -> None:
    for row in queries.to_probe():
        try:
            channels.probe(row)
        except Exception:  # one connection that stumbles must not keep the others out of use
            logger.exception(
                "channels.probe_failed", extra={"connection": row.connection.public_id}
            )
