"""The database of the tests: rolled back by `db`, real and private by `committed_db`."""

from __future__ import annotations

import threading

import psycopg
from django.db import connection


def _make_note(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        cursor.execute("INSERT INTO note VALUES (%s)", [text])


def test_what_a_test_commits_is_seen_by_threads_and_other_programs(committed_db: str) -> None:
    _make_note("main")

    def other() -> None:
        _make_note("thread")
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()

    with psycopg.connect(committed_db) as elsewhere:
        assert [r[0] for r in elsewhere.execute("SELECT text FROM note")] == ["main", "thread"]


def test_nothing_of_it_is_left_for_the_next_test(committed_db: str) -> None:
    assert "note" not in connection.introspection.table_names()


def test_an_ordinary_test_is_rolled_back(db: None) -> None:
    assert "note" not in connection.introspection.table_names()
    _make_note("gone")
