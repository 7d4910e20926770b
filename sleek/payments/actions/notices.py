"""The inbox: notices are kept as they come, then applied in batches.

Keeping is durable before the provider gets its answer. Applying claims what waits, in one
transaction for payments, ledger and events of the whole batch; when a batch fails its notices are
tried one by one, so one bad notice never fails its neighbours.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from sleek.channels.base import Failure, Outcome, Report
from sleek.channels.base import Notice as Message
from sleek.core import arrays, clock
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.payments import rules
from sleek.payments.actions.reports import apply_reports
from sleek.payments.models import Attempt, Waiting

logger = logging.getLogger(__name__)

BATCH = 256
WAKE = "sleek_notices"  # NOTIFY channel
RETRIES = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600, 3600, 3600))


@dataclass(frozen=True, slots=True)
class Kept:
    """A verified message on its way into the inbox."""

    channel: str
    connection_id: int
    message: Message
    body: bytes
    received_at: datetime


def keep(arrivals: Sequence[Kept]) -> None:
    """Store verified messages durably and wake the worker.

    One that is already there is passed over.
    """
    rows = arrays.literals(_row(arrival) for arrival in arrivals)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, rows)


def _row(arrival: Kept) -> tuple[arrays.Element, ...]:
    message = arrival.message
    refund = message.refund_report
    key = message.report.key if message.report else refund.key if refund else message.key
    return (
        arrival.channel,
        arrival.connection_id,
        message.id,
        message.kind,
        key,
        json.dumps(rules.pack(message.report)) if message.report else None,
        arrival.body,
        arrival.received_at,
    )


_KEEP = f"""
    WITH kept AS (
        INSERT INTO payments_notice
            (channel, connection_id, notice_id, kind, key, report, body, received_at)
        SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[],
                             %s::jsonb[], %s::bytea[], %s::timestamptz[])
        ON CONFLICT (connection_id, notice_id) DO NOTHING
        RETURNING id, received_at
    ), queued AS (
        INSERT INTO payments_waiting (notice_id, try_at, tries, error)
        SELECT id, received_at, 0, '' FROM kept
    )
    SELECT pg_notify('{WAKE}', '')
"""


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A notice taken out of the queue: all of it that applying needs."""

    notice_id: int
    key: str
    report: str | None
    is_of_another: bool


def apply_waiting(limit: int = BATCH) -> int:
    """Apply the oldest waiting notices; returns how many were taken."""
    try:
        return _apply_next(limit)
    except Exception:  # whatever one notice of the batch stumbles over, its neighbours must go on
        logger.exception("notices.batch_failed")
    due = Waiting.objects.filter(try_at__lte=clock.now()).order_by("pk")
    ids = list(due.values_list("pk", flat=True)[:limit])
    for notice_id in ids:
        _apply_alone(notice_id)
    return len(ids)


def _apply_alone(notice_id: int) -> None:
    try:
        _apply_next(1, only=notice_id)
    except Exception as error:  # kept with its error, tried again, and shown when tries are used up
        logger.exception("notices.failed", extra={"notice": notice_id})
        _postpone(notice_id, error)


@transaction.atomic
def _apply_next(limit: int, *, only: int | None = None) -> int:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "only": only, "limit": limit})
        claimed = [_Claimed(*row) for row in cursor.fetchall()]
    hints, reports = [], []
    for notice in claimed:
        if notice.report and not notice.is_of_another:
            reports.append(_unpack(json.loads(notice.report)))
        elif notice.key:
            hints.append(notice.key)
    if hints:
        _ask_now(hints, now)
    if reports:
        apply_reports(reports)
    return len(claimed)


# Deleted first and committed with everything that applying does: a notice is applied once. Who owns
# a connection has its secrets and can sign what they like, so it is believed about its own tries
# only.
_CLAIM = """
    WITH claimed AS (
        DELETE FROM payments_waiting WHERE notice_id IN (
            SELECT notice_id FROM payments_waiting
            WHERE try_at <= %(now)s AND notice_id = coalesce(%(only)s, notice_id)
            ORDER BY notice_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        ) RETURNING notice_id
    )
    SELECT n.id, n.key, n.report::text, coalesce(own.connection_id <> n.connection_id, false)
    FROM payments_notice n JOIN claimed ON claimed.notice_id = n.id
    LEFT JOIN payments_attempt own ON own.public_id = n.key ORDER BY n.id
"""


def _ask_now(keys: list[str], now: datetime) -> None:
    """A notice that does not tell all, or may not, only says what to ask about.

    That is an attempt, or (told by event) a refund.
    """
    Attempt.objects.filter(public_id__in=keys, check_at__isnull=False).update(check_at=now)
    events.record([Fact("refund.reported", key, None) for key in keys if key.startswith("ref_")])


@transaction.atomic
def _postpone(notice_id: int, error: Exception) -> None:
    waiting = Waiting.objects.select_for_update().filter(pk=notice_id).first()
    if waiting is None:
        return  # another worker has applied it meanwhile
    waiting.error = f"{type(error).__name__}: {error}"[:200]
    waiting.try_at = None
    if waiting.tries < len(RETRIES):
        waiting.try_at = clock.now() + RETRIES[waiting.tries]
        waiting.tries += 1
    waiting.save(update_fields=["error", "try_at", "tries"])


def _unpack(packed: dict[str, object]) -> Report:
    return Report(
        key=str(packed["key"]),
        outcome=Outcome(str(packed["outcome"])),
        amount=_money(packed["amount"]),
        reference=str(packed["reference"]),
        failure=Failure(str(packed["failure"])) if packed["failure"] else None,
        failure_code=str(packed["failure_code"]),
        fee=_money(packed["fee"]),
        payer=str(packed["payer"]),
        event_at=datetime.fromisoformat(str(packed["event_at"])) if packed["event_at"] else None,
    )


def _money(packed: object) -> Money | None:
    match packed:
        case [int(minor), str(currency)]:
            return Money(minor, currency)
    return None
