"""Each merchant's rows apart, kept by PostgreSQL itself, behind the look-ups of `web/*/access.py`.

For the length of a view the back office works as the role `sleek_member`, on behalf of one merchant
and one person. Row-level security shows that role only what belongs to them; without a merchant it
sees nothing. Whoever owns the tables (worker, checkout, callbacks, migrations) is not held by it.

A table's place is said once, in a migration that depends on ("core", "0001_member"):

operations = [
    tenancy.protect("links_sticker"),
    tenancy.protect("links_linkpicture", via=("link_id", "links_paymentlink")),
    tenancy.show_people("links_sticker", "created_by_id"),
    tenancy.share("fx_rate", "SELECT"),
]

What no migration names is closed to the role. tests/tenancy walks all tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from django.db.migrations import RunSQL
from django.db.utils import InterfaceError
from psycopg.pq import TransactionStatus

ROLE = "sleek_member"
OWN = "merchant_id = sleek_merchant()"
ALL = "SELECT, INSERT, UPDATE, DELETE"

# In one round trip: what was, and what is from now on. Everything else that a session may set is
# left alone.
_ENTER = """
    SELECT current_setting('role'),
           coalesce(current_setting('sleek.merchant', true), ''),
           coalesce(current_setting('sleek.person', true), ''),
           set_config('role', %s, false),
           set_config('sleek.merchant', %s, false),
           set_config('sleek.person', %s, false)
"""
_LEAVE = """
    SELECT set_config('role', %s, false),
           set_config('sleek.merchant', %s, false),
           set_config('sleek.person', %s, false)
"""


@contextmanager
def acting_for(merchant_id: int, person_id: int) -> Iterator[None]:
    """Whatever the database is asked meanwhile, it is asked as a member of that merchant."""
    connection.ensure_connection()
    session = connection.connection
    before = session.execute(_ENTER, [ROLE, str(merchant_id), str(person_id)]).fetchone()
    try:
        with connection.execute_wrapper(_Only(session)):
            yield
    finally:
        _leave(session, before[:3])


class _Only:
    """Refuses to ask on another session than the one that was entered: a connection that was opened
    anew in between would be the owner's and see every merchant's rows.
    """

    def __init__(self, session: object) -> None:
        self._session = session

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if context["connection"].connection is not self._session:
            raise InterfaceError("The database connection was lost while a member was served.")
        return execute(sql, params, many, context)


def _leave(session: psycopg.Connection[Any], before: tuple[str, str, str]) -> None:
    """A session that cannot be brought back is closed: nobody else may inherit it."""
    if session.info.transaction_status == TransactionStatus.INERROR and connection.in_atomic_block:
        # The transaction was there before us, and rolling it back undoes what we set in it.
        return
    try:
        session.execute(_LEAVE, before)
    except psycopg.Error:
        session.close()


def protect(
    table: str, *, by: str = OWN, via: tuple[str, str] | None = None, rights: str = ALL
) -> RunSQL:
    """Members meet those rows of the table for which `by` is true, and no others; or, `via` a key
    and the table it leads to, those that hang on a row which they meet there.
    """
    rule = _leads_to(table, *via) if via else by
    return RunSQL(
        [
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'CREATE POLICY own ON "{table}" TO {ROLE} USING ({rule}) WITH CHECK ({rule})',
            f'GRANT {rights} ON "{table}" TO {ROLE}',
        ],
        [
            f'REVOKE ALL ON "{table}" FROM {ROLE}',
            f'DROP POLICY own ON "{table}"',
            f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
        ],
    )


def show(table: str, name: str, *, when: str) -> RunSQL:
    """Members may also read, not change, rows of a protected table for which `when` is true."""
    return RunSQL(
        f'CREATE POLICY "{name}" ON "{table}" FOR SELECT TO {ROLE} USING ({when})',
        f'DROP POLICY "{name}" ON "{table}"',
    )


def show_people(table: str, column: str) -> RunSQL:
    """Members may read who stands in this column, also when that person works there no more."""
    stands = f'EXISTS (SELECT FROM "{table}" act WHERE act."{column}" = merchants_user.id)'
    return show("merchants_user", f"{table}.{column}", when=stands)


def share(table: str, rights: str) -> RunSQL:
    """Members meet all rows: the table holds nothing of any merchant's."""
    return RunSQL(f'GRANT {rights} ON "{table}" TO {ROLE}', f'REVOKE ALL ON "{table}" FROM {ROLE}')


def _leads_to(table: str, key: str, parent: str) -> str:
    """The parent's own policy says which of its rows count."""
    return f'EXISTS (SELECT FROM "{parent}" parent WHERE parent.id = "{table}"."{key}")'
