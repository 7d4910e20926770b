"""Recording facts, and reading them as a consumer."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from sleek.core import arrays, clock, ids
from sleek.events.models import Cursor, Event

BATCH = 500  # events a consumer is handed at a time
CHANNEL = "sleek_events"  # NOTIFY wakes the worker


@dataclass(frozen=True, slots=True)
class Fact:
    """What an action hands over; it becomes one `Event`."""

    kind: str
    subject: str
    merchant_id: int | None
    data: dict[str, object] = field(default_factory=dict)


def record(facts: Sequence[Fact]) -> None:
    """Write facts in the caller's transaction and wake the consumers when it commits."""
    if not facts:
        return
    moment = clock.now()
    rows = arrays.literals(
        (
            ids.new("evt"),
            fact.kind,
            fact.merchant_id,
            fact.subject,
            json.dumps(fact.data),
            moment,
        )
        for fact in facts
    )
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, rows)


# One statement; the ORM's bulk_create costs several times as much for each event.
_RECORD = f"""
    WITH recorded AS (
        INSERT INTO events_event (public_id, kind, merchant_id, subject, data, created_at)
        SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::jsonb[],
                             %s::timestamptz[])
    )
    SELECT pg_notify('{CHANNEL}', '')
"""


@transaction.atomic
def consume(
    consumer: str,
    handle: Callable[[Sequence[Event]], None],
    *,
    kinds: Collection[str] | None = None,
    limit: int = BATCH,
) -> int:
    """Hand the next events to `handle` and move the cursor, in one transaction.

    Of `kinds` only, when they are given: the others are passed over where they lie. Returns how
    many events the cursor has passed.

    `handle` therefore does database work only; slow I/O is deferred as a job. When it raises,
    nothing moves and the same events come again. Two workers with one consumer wait for each other
    on the cursor's row.
    """
    place = hold(consumer)
    wanted = None if kinds is None else list(kinds)
    found = list(Event.objects.raw(_NEXT, [place.transaction_id, place.event_id, limit, wanted]))
    if not found:
        return 0
    last = found[-1]
    events = [event for event in found if kinds is None or event.kind in kinds]
    if events:
        handle(events)
    place.transaction_id, place.event_id = last.transaction_id, last.pk
    place.updated_at = clock.now()
    place.save(update_fields=["transaction_id", "event_id", "updated_at"])
    return int(last.passed)  # type: ignore[attr-defined]  # a column of the query


def hold(consumer: str) -> Cursor:
    """A consumer's place, kept where it is until the caller's transaction ends."""
    locked = Cursor.objects.select_for_update().filter(consumer=consumer)
    place = locked.first()
    if place is None:
        Cursor.objects.bulk_create([Cursor(consumer=consumer)], ignore_conflicts=True)
        place = locked.get()
    return place


def rewind(consumer: str) -> None:
    """Let a consumer read everything again from the first event."""
    Cursor.objects.filter(consumer=consumer).update(transaction_id=0, event_id=0)


# A transaction that is still running may commit an event with a lower place later, so nothing at or
# above the oldest one is shown yet: ours included, whose events this consumer reads next time.
# Those known to run in another database of the server are passed over, or somebody else's long
# night of work would hold up our news.
_NEXT = """
    WITH oldest AS MATERIALIZED (
        SELECT least(min(running.id::text::bigint),
                     pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
                     pg_current_xact_id()::text::bigint)::text::xid8 AS id
        FROM pg_snapshot_xip(pg_current_snapshot()) AS running (id)
        WHERE running.id::xid::text NOT IN (
            SELECT held.transactionid::text
            FROM pg_locks held
            JOIN pg_stat_activity session USING (pid)
            JOIN pg_database ours ON ours.datname = current_database()
            WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock'
              AND session.datid <> ours.oid
        )
    ), batch AS MATERIALIZED (
        SELECT *, row_number() OVER (ORDER BY transaction_id, id) AS passed FROM (
            SELECT * FROM events_event
            WHERE (transaction_id, id) > (%s::text::xid8, %s)
              AND transaction_id < (SELECT oldest.id FROM oldest)
            ORDER BY transaction_id, id LIMIT %s
        ) next
    )
    SELECT id, public_id, kind, merchant_id, subject, data, created_at,
           transaction_id::text::bigint AS transaction_id, passed
    FROM batch
    WHERE kind = ANY (coalesce(%s::text[], ARRAY[kind]))
       OR passed = (SELECT max(passed) FROM batch)  -- where the cursor goes
    ORDER BY passed
"""
