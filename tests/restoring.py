"""A clone of a database, made again what it was: cloning another one takes fifty times as long, for
it is more than a thousand files.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

END_TIMEOUT_MS = 10_000
_TABLES = """
    SELECT relnamespace = 'pg_catalog'::regnamespace, oid::regclass::text FROM pg_class
    WHERE relkind = 'r' AND NOT relisshared
    AND relnamespace IN ('pg_catalog'::regnamespace, 'public'::regnamespace)
"""
_END_OTHERS = """
    SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_COUNTERS = """
    SELECT array_agg(seqrelid), array_agg(pg_sequence_last_value(seqrelid)) FROM pg_sequence
"""
_SET_BACK = """
    SELECT setval(seqrelid, coalesce(was, seqstart), was IS NOT NULL)
    FROM pg_sequence JOIN unnest(%s::oid[], %s::bigint[]) AS o (seqrelid, was) USING (seqrelid)
    WHERE pg_sequence_last_value(seqrelid) IS DISTINCT FROM was
"""


class Clone:
    """Watched by a superuser's session, which knows what it began with."""

    def __init__(self, name: str, session: psycopg.Connection) -> None:
        self.name = name
        self._session = session
        tables = session.execute(_TABLES).fetchall()
        ours = [table for is_catalog, table in tables if not is_catalog]
        filled = [table for table in ours if session.execute(f"SELECT FROM {table}").rowcount]
        kept = [*filled, *(table for is_catalog, table in tables if is_catalog)]
        self._delete = _joined(";", (f"DELETE FROM {table}" for table in {*ours} - {*filled}))
        # Whatever is written from now on bears a later transaction's number.
        [now] = session.execute("SELECT pg_current_xact_id()::xid::text").fetchone() or ()
        ask = f"SELECT count(*), count(*) FILTER (WHERE age(xmin) < age('{now}'::xid)) FROM "
        self._ask = _joined(" UNION ALL ", (ask + table for table in kept))
        self._kept = session.execute(self._ask).fetchall()
        self._counters = session.execute(_COUNTERS).fetchone()
        session.execute("SET session_replication_role = replica")  # some refuse to be deleted

    def restore(self) -> bool:
        """Delete what was committed. False where more than that was changed, say a trigger."""
        self._session.execute(_END_OTHERS, [END_TIMEOUT_MS])
        self._session.execute(self._delete)
        self._session.execute(_SET_BACK, self._counters)
        return self._session.execute(self._ask).fetchall() == self._kept

    def close(self) -> None:
        self._session.close()


def _joined(separator: str, statements: Iterable[str]) -> bytes:
    return separator.join(statements).encode()
