"""Changing rows behind the database's back, to see that it is found out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from sleek.config.embedded_postgres import SUPERUSER


@contextmanager
def past_all_triggers(url: str) -> Iterator[psycopg.Connection]:
    """A superuser's connection on which no trigger fires."""
    try:
        superuser = psycopg.connect(url, user=SUPERUSER, autocommit=True)
    except psycopg.OperationalError:  # a server given by DATABASE_URL
        superuser = psycopg.connect(url, autocommit=True)
    pid = superuser.info.backend_pid
    with superuser:
        superuser.execute("SET session_replication_role = replica")
        yield superuser
    # The database may be dropped next, by a role that may not end a superuser's session.
    with psycopg.connect(url, autocommit=True) as watch:
        while watch.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [pid]).rowcount:
            time.sleep(0.01)
