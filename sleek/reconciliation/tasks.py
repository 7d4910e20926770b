"""Background work of reconciliation: finding what time alone makes wrong."""

from __future__ import annotations

from procrastinate.contrib.django import app

from sleek.reconciliation import actions as reconciliation


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="reconciliation.look")
def look(timestamp: int) -> None:
    reconciliation.look()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="reconciliation.match_lines")
def match_lines(timestamp: int) -> None:
    """What an import was too large to look through at once, and lines taken up again."""
    reconciliation.match_by_itself()
