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
from django.db.models import F

from sleek.channels.base import Failure, Outcome, Report
from sleek.channels.base import Notice as Message
from sleek.core import clock
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.payments import rules
from sleek.payments.actions.reports import apply_reports
from sleek.payments.models import Attempt, Notice
from sleek.payments.rules import NoticeStatus

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
    """Store verified messages durably and wake the worker;

    One that is already there is passed over.
    """
    columns = zip(*(_row(arrival) for arrival in arrivals), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [list(column) for column in columns])


def _row(arrival: Kept) -> tuple[object, ...]:
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


KEEP = f"""
    WITH kept AS (
        INSERT INTO payments_notice (channel, connection_id, notice_id, kind, key, report, body,
                                     status, tries, error, try_at, received_at)
        SELECT channel, connection_id, notice_id, kind, key, report::jsonb, body, 'waiting', 0, '', at, at
        FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bytea[],
                    %s::timestamptz[])
            AS fresh (channel, connection_id, notice_id, kind, key, report, body, at)
        ON CONFLICT (connection_id, notice_id) DO NOTHING
    )
    SELECT pg_notify('{WAKE}', '')
"""


def apply_waiting(limit: int = BATCH) -> int:
    """Apply the oldest waiting notices; returns how many were taken."""
    try:
        return _apply_batch(limit)
    except Exception:  # whatever one notice of the batch stumbles over, its neighbours must go on
        logger.exception("notices.batch_failed")
    ids = list(_waiting().values_list("pk", flat=True)[:limit])
    for pk in ids:
        _apply_alone(pk)
    return len(ids)


@transaction.atomic
def _apply_batch(limit: int) -> int:
    notices = list(_waiting().select_for_update(skip_locked=True)[:limit])
    if notices:
        _apply(notices)
    return len(notices)


def _apply_alone(pk: int) -> None:
    try:
        with transaction.atomic():
            notices = list(_waiting().select_for_update(skip_locked=True).filter(pk=pk))
            if notices:
                _apply(notices)
    except (
        Exception
    ) as error:  # kept with its error, tried again, and shown when the tries are used up
        logger.exception("notices.failed", extra={"notice": pk})
        _postpone(pk, error)


def _waiting():  # type: ignore[no-untyped-def]
    return Notice.objects.filter(status=NoticeStatus.WAITING, try_at__lte=clock.now()).order_by(
        "pk"
    )


def _apply(notices: list[Notice]) -> None:
    now = clock.now()
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(
        status=NoticeStatus.APPLIED, applied_at=now
    )
    reports = [_unpack(notice.report) for notice in notices if notice.report]
    hints = [notice.key for notice in notices if not notice.report and notice.key]
    if hints:
        _ask_now(hints, now)
    apply_reports(reports)


def _ask_now(keys: list[str], now: datetime) -> None:
    """A notice that does not tell all only says whom to ask about:

    An attempt, or (told by event) a refund.
    """
    Attempt.objects.filter(public_id__in=keys, check_at__isnull=False).update(check_at=now)
    events.record([Fact("refund.reported", key, None) for key in keys if key.startswith("ref_")])


@transaction.atomic
def _postpone(pk: int, error: Exception) -> None:
    notice = Notice.objects.select_for_update().get(pk=pk)
    wait = RETRIES[notice.tries] if notice.tries < len(RETRIES) else None
    Notice.objects.filter(pk=pk).update(
        tries=F("tries") + 1,
        error=f"{type(error).__name__}: {error}"[:200],
        status=NoticeStatus.WAITING if wait else NoticeStatus.FAILED,
        try_at=clock.now() + (wait or timedelta(0)),
    )


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
