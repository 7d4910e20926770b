"""The database of a simulation: several sessions in one thread, each of which may be interrupted
between any two statements, and what is seen of it from outside.

A session stands for a process. While one is in the middle of a transaction another may take a step
on a session of its own; where it would have to wait for a lock it fails instead, as the one that
holds it cannot go on before.

Other databases of the server would be felt here by chance: a NOTIFY of theirs holds a lock that all
share, and a transaction of theirs hides events until it is known to be theirs. So the database of
a simulation believes itself alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from sleek.config.embedded_postgres import SUPERUSER

if TYPE_CHECKING:
    from tests.simulation.world import World

# What a world leaves behind; the people and the connections stay for the next.
OF_A_WORLD = (
    "receipts_receipt",
    "payments_allocation",
    "invoices_review",
    "invoices_relateddocument",
    "invoices_deduction",
    "invoices_entitlement",
    "invoices_creditnote",
    "invoices_instalment",
    "invoices_line",
    "invoices_invoice",
    "papers_paper",
    "papers_number",
    "papers_counter",
    "reconciliation_anomaly",
    "refunds_claim",
    "refunds_refund",
    "payments_waiting",
    "payments_notice",
    "payments_attempt",
    "payments_payment",
    "links_paymentlink",
    "stock_hold",
    "stock_stock",
    "ledger_posting",
    "ledger_journalentry",
    "ledger_account",
    "events_event",
    "events_cursor",
    "audit_record",
    "audit_chain",
    "channels_breaker",
    "risk_tally",
    "risk_admission",
    "procrastinate_events",
    "procrastinate_jobs",
)
VACUUM_EVERY = 40  # worlds
CONSUMERS = ("payments", "refunds")  # of events, in every world
ALONE = """
    CREATE FUNCTION public.pg_notify(channel text, payload text) RETURNS void
    LANGUAGE sql AS '';
    CREATE FUNCTION public.pg_snapshot_xip(snapshot pg_snapshot) RETURNS SETOF xid8
    LANGUAGE sql STABLE AS $$
        SELECT running.id FROM pg_catalog.pg_snapshot_xip(snapshot) AS running (id)
        WHERE running.id::xid::text IN (
            SELECT held.transactionid::text
            FROM pg_locks held
            JOIN pg_stat_activity session USING (pid)
            WHERE session.datname = current_database())
    $$
"""
SEARCH_PATH = "public,pg_catalog"  # finds these before the server's own


class Crash(BaseException):
    """The process died here. No `except Exception` may hold it up."""


class Sessions:
    """One session for each depth of steps within steps."""

    def __init__(self) -> None:
        self._sessions: list[BaseDatabaseWrapper] = []
        self.world: World | None = None

    @contextmanager
    def at(self, depth: int) -> Iterator[None]:
        """What happens meanwhile happens in the session of that depth."""
        while len(self._sessions) <= depth:
            self._sessions.append(self._open())
        before = connections["default"]
        connections["default"] = self._sessions[depth]
        try:
            yield
        finally:
            connections["default"] = before

    def close(self) -> None:
        for session in self._sessions:
            session.close()

    def _open(self) -> BaseDatabaseWrapper:
        session = connections.create_connection("default")
        options = session.settings_dict["OPTIONS"]
        ours = f"{options['options']} -c lock_timeout=1ms -c search_path={SEARCH_PATH}"
        session.settings_dict = session.settings_dict | {"OPTIONS": options | {"options": ours}}
        session.execute_wrappers.append(self._execute)
        commit = session._commit  # type: ignore[attr-defined]  # where a commit leaves for the server
        session._commit = lambda: self._commit(commit)  # type: ignore[attr-defined]
        return session

    def _execute(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if self.world is None or self.world.is_calm:
            return execute(sql, params, many, context)
        self.world.others_act("statement")
        self.world.may_fail("statement_fails")
        answer = execute(sql, params, many, context)
        if not context["connection"].in_atomic_block:
            self.world.may_fail("commit_answer_lost")
            self.world.may_crash("crash_after_commit")
        return answer

    def _commit(self, commit: Callable[[], None]) -> None:
        if self.world is None or self.world.is_calm:
            return commit()
        self.world.may_fail("commit_fails")
        commit()
        self.world.may_fail("commit_answer_lost")
        self.world.may_crash("crash_after_commit")


def lost() -> OperationalError:
    return OperationalError("the connection to the server was lost")


class Observer:
    """Looks at what is committed, and clears the table for the next world. Knows nothing of Sleek
    but the names of its columns.
    """

    def __init__(self, url: str) -> None:
        try:
            self._session = psycopg.connect(url, user=SUPERUSER, autocommit=True)
        except psycopg.OperationalError:  # a server given by DATABASE_URL
            self._session = psycopg.connect(url, autocommit=True)
        self._session.execute("SET session_replication_role = replica")
        self._session.execute(ALONE)
        self._worlds = 0

    def follow(
        self,
        consumers: Iterable[str],
        also: Mapping[str, str] | None = None,
        due: Mapping[str, str] | None = None,
    ) -> None:
        """Which consumers of events there are, and what is seen beside payments: the rows of
        queries, and the moments at which further workers find something to do.
        """
        self._consumers = [*consumers]
        self._look, self._due = _all({**TABLES, **(also or {})}), _moments({**DUE, **(due or {})})

    def look(self) -> dict[str, Any]:
        row = self._session.execute(self._look).fetchone()
        assert row
        return {name: found or [] for name, found in row[0].items()}

    def clear(self) -> None:
        self._session.execute(";".join(f"DELETE FROM {table}" for table in OF_A_WORLD))
        self.follow(CONSUMERS)
        self._worlds += 1
        if self._worlds % VACUUM_EVERY == 0:
            self._session.execute(f"VACUUM ANALYZE {', '.join(OF_A_WORLD)}")

    def jobs(self) -> list[tuple[str, dict[str, Any]]]:
        """Take what was deferred, as a worker would."""
        taken = self._session.execute(
            "DELETE FROM procrastinate_jobs RETURNING id, task_name, args"
        )
        return [
            (name, json.loads(args) if isinstance(args, str) else args)
            for _, name, args in sorted(taken.fetchall(), key=lambda job: job[0])
        ]

    def has_unread_events(self, consumer: str) -> bool:
        row = self._session.execute(_UNREAD, [consumer]).fetchone()
        return bool(row and row[0])

    def due(self) -> dict[str, datetime | None]:
        """When each of the workers finds something to do next; the beginning of time is now."""
        found = self._session.execute(self._due, [self._consumers])
        assert found.description
        names = [column.name for column in found.description]
        row = found.fetchone()
        assert row
        return dict(zip(names, row, strict=True))

    def close(self) -> None:
        self._session.close()


# What still has a claim on its payment keeps it from ending, and its stock from going.
_HELD = """
    SELECT FROM payments_attempt a WHERE a.payment_id = p.id
    AND (a.status IN ('started', 'requires_action', 'processing', 'unknown')
         OR a.surplus IN ('amount', 'currency') AND a.resolution = '')
"""
DUE = {
    "janitor": "SELECT min(check_at) FROM payments_attempt",
    "refunds": "SELECT min(check_at) FROM refunds_refund",
    "notices": "SELECT min(try_at) FROM payments_waiting",
    "holds": f"""
        SELECT min(ends_at) FROM stock_hold h WHERE h.status = 'held' AND NOT EXISTS (
            SELECT FROM payments_payment p WHERE p.public_id = h.owner AND EXISTS ({_HELD}))""",
    "expiry": f"""
        SELECT min(expires_at) FROM payments_payment p
        WHERE status IN ('pending', 'processing', 'failed') AND NOT EXISTS ({_HELD})""",
    "events": """
        SELECT min(created_at) FROM events_event e WHERE EXISTS (
            SELECT FROM unnest(%s::text[]) AS known (consumer)
            LEFT JOIN events_cursor c USING (consumer)
            WHERE (e.transaction_id::text::bigint, e.id)
                > (coalesce(c.transaction_id, 0), coalesce(c.event_id, 0)))""",
    "jobs": """
        SELECT min(created_at) FROM events_event
        WHERE EXISTS (SELECT FROM procrastinate_jobs)""",
}
_UNREAD = """
    SELECT EXISTS (
        SELECT FROM events_event e
        LEFT JOIN events_cursor c ON c.consumer = %s
        WHERE (e.transaction_id::text::bigint, e.id)
            > (coalesce(c.transaction_id, 0), coalesce(c.event_id, 0))
    )
"""
TABLES = {
    "payments": """
        SELECT id, public_id AS key, status, amount, currency, amount_paid,
               amount_refunded, quantity, has_hold, is_for_bills,
               link_id, expires_at FROM payments_payment ORDER BY id""",
    "attempts": """
        SELECT id, public_id AS key, payment_id, channel, status, amount_received,
               currency_received, surplus, resolution, reference, origin_id, amount_applied,
               check_at, extract(epoch FROM created_at) AS created_s
        FROM payments_attempt ORDER BY id""",
    "refunds": """
        SELECT public_id AS key, attempt_id, amount, status, source, route, check_at
        FROM refunds_refund ORDER BY id""",
    "accounts": "SELECT code, currency, balance FROM ledger_account ORDER BY id",
    "fees": """
        SELECT a.code, a.currency, p.amount FROM ledger_posting p
        JOIN ledger_account a ON a.id = p.account_id
        JOIN ledger_journalentry e ON e.id = p.entry_id
        WHERE e.kind = 'channel_fee_charged' AND a.code LIKE 'clearing:%'""",
    "stocks": "SELECT id, total, held, taken FROM stock_stock ORDER BY id",
    "links": "SELECT id, uses_id, pieces_id FROM links_paymentlink ORDER BY id",
    "waiting": "SELECT * FROM payments_waiting",
}


def _all(tables: Mapping[str, str]) -> str:
    found = (f"'{name}', (SELECT json_agg(t) FROM ({rows}) t)" for name, rows in tables.items())
    return f"SELECT json_build_object({', '.join(found)})"


def _moments(due: Mapping[str, str]) -> str:
    return f"SELECT {', '.join(f'({moment}) AS {name}' for name, moment in due.items())}"
