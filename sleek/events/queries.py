"""What waits to be read."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection


def behind(consumers: Collection[str]) -> set[str]:
    """Those for whom events lie beyond their place, shown to them already or not.

    One look instead of a transaction each: the worker asks five times a second, mostly for nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, [list(consumers)])
        return {name for (name,) in cursor.fetchall()}


_BEHIND = """
    SELECT asked.name FROM unnest(%s::text[]) AS asked (name)
    LEFT JOIN events_cursor place ON place.consumer = asked.name
    WHERE EXISTS (
        SELECT FROM events_event
        WHERE (transaction_id, id)
            > (coalesce(place.transaction_id, 0)::text::xid8, coalesce(place.event_id, 0))
    )
"""
