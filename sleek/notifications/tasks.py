"""Background work on messages: sending those that are due."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from sleek.notifications import actions as notifications
from sleek.notifications import queries

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * * */5")  # the sixth field is the seconds
@app.task(queueing_lock="notifications.send_due")
def send_due(timestamp: int) -> None:
    for message_id in queries.due_messages():
        try:
            notifications.send(message_id)
        except Exception:  # one message that stumbles must not keep the others waiting
            logger.exception("messages.send_failed", extra={"id": message_id})
