"""The daily refresh from the European Central Bank."""

from __future__ import annotations

import logging

import httpx
from django.conf import settings
from procrastinate.contrib.django import app

from sleek.core import http
from sleek.fx import actions as fx
from sleek.fx import rules

logger = logging.getLogger(__name__)

SOURCE = "ECB"
# Published around 16:00 in Frankfurt on working days; asked again in case it is late or we were
# away.
AFTERNOONS = "20 15,17,21 * * *"
MAX_SHEET_BYTES = 256 * 1024


@app.periodic(cron=AFTERNOONS)
@app.task(queueing_lock="fx.refresh")
def refresh(timestamp: int) -> None:
    """Ask for today's sheet. When that fails, what is known stays, with its date, until the next
    time.
    """
    try:
        reply = http.send(httpx.Request("GET", settings.FX_SOURCE_URL))
        reply.raise_for_status()
        if len(reply.content) > MAX_SHEET_BYTES:
            raise rules.Unreadable(f"more than {MAX_SHEET_BYTES} bytes")
        day = rules.read_sheet(reply.content, SOURCE)
    except (httpx.HTTPError, rules.Unreadable) as error:
        logger.warning("fx.source_unavailable", extra={"reason": str(error)})
        return
    believed = fx.learn(day)
    logger.info("fx.learned", extra={"on": day.on, "count": len(believed)})
