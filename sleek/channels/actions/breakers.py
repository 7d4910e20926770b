"""Noting whether a provider answers. The breaker's row is locked for an instant, never during a
call; while all is well there is no row to read or write but one look for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from sleek.channels import registry
from sleek.channels.base import ChannelError, Unavailable
from sleek.channels.models import Breaker, Connection
from sleek.channels.rules import Health, State, breaker
from sleek.core import clock
from sleek.events import actions as events
from sleek.events.actions import Fact

logger = logging.getLogger(__name__)


@transaction.atomic
def note_trouble(
    connection: Connection, method: str, code: str, *, answered: Callable[[datetime], int]
) -> None:
    """A call went unanswered; `answered` tells how many starts went well since a moment."""
    Breaker.objects.bulk_create(
        [Breaker(merchant_id=connection.merchant_id, connection=connection, method=method)],
        ignore_conflicts=True,
    )
    now = clock.now()

    def become(health: Health) -> Health:
        since = breaker.suspected(health, now)
        return breaker.after_trouble(health, now, answered=answered(since) if since else 0)

    _change(connection, method, become, code)


@transaction.atomic
def note_start(connection: Connection, method: str) -> None:
    """The provider answered a payer, be it by a refusal."""
    rows = Breaker.objects.filter(connection=connection, method=method)
    if rows.exclude(state=State.CLOSED).exists():
        now = clock.now()
        _change(connection, method, lambda health: breaker.after_start(health, now))


@transaction.atomic
def admit(connection: Connection, method: str) -> bool:
    """Whether a payer may be sent this way now; through a half-open breaker goes one at a time."""
    rows = Breaker.objects.filter(connection=connection, method=method)
    if not rows.exclude(state=State.CLOSED).exists():
        return True
    row = rows.select_for_update().get()
    now = clock.now()
    if not breaker.lets_through(row.health, now):
        return False
    _write(row, breaker.with_probe(row.health, now))
    return True


def probe(row: Breaker) -> None:
    """Ask a provider that was unwell a harmless question, so that no payer has to find out."""
    code = ""
    try:
        registry.connect(row.connection).check()
    except Unavailable as error:
        code = error.code
    except ChannelError as error:  # its answer is that our credentials are not taken
        code = getattr(error, "reason", "") or error.code
    note_check(row.connection, code)


@transaction.atomic
def note_check(connection: Connection, code: str) -> None:
    """How a harmless question ended: with an answer, or with the `code` of what went wrong."""
    now = clock.now()
    after = breaker.after_failed_check if code else breaker.after_good_check
    for row in Breaker.objects.filter(connection=connection, state=State.OPEN):
        _change(connection, row.method, lambda health: after(health, now), code)


def _change(
    connection: Connection, method: str, become: Callable[[Health], Health], code: str = ""
) -> None:
    row = Breaker.objects.select_for_update().get(connection=connection, method=method)
    before = row.health
    row.code = code[:80] or row.code
    _write(row, become(before))
    if (before.state == State.CLOSED) == (row.state == State.CLOSED):
        return
    facts: dict[str, object] = {
        "channel": connection.channel,
        "method": method,
        "code": row.code,
    }
    about = (connection.public_id, connection.merchant_id, facts)
    if row.state == State.CLOSED:
        logger.warning("connection.recovered", extra={"connection": connection.public_id} | facts)
        events.record([Fact("connection.recovered", *about)])
    else:
        logger.warning("connection.unwell", extra={"connection": connection.public_id} | facts)
        events.record([Fact("connection.unwell", *about)])


def _write(row: Breaker, health: Health) -> None:
    row.state, row.since, row.troubles = health.state, health.since, list(health.troubles)
    row.waits, row.try_at, row.probe_until = health.waits, health.try_at, health.probe_until
    row.save(update_fields=["state", "since", "troubles", "waits", "try_at", "probe_until", "code"])
