"""The database of the tests: rolled back by `db`, real and private by `committed_db`."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from sleek.merchants.models import Merchant
from tests import people
from tests.plugin import DATABASE, Database, pointing_django_at

TRIGGERS = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"


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


@pytest.fixture
def database(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[Database]:
    with django_db_blocker.unblock():
        yield request.config.stash[DATABASE]


def test_who_is_lent_a_database_begins_where_all_begin(database: Database) -> None:
    first = database.lend()
    with pointing_django_at(first):
        shop = people.merchant()
    database.take_back(first)

    second = database.lend()
    with pointing_django_at(second):
        assert not Merchant.objects.exists()
        assert people.merchant().pk == shop.pk
    database.take_back(second)


def test_a_database_in_which_more_than_rows_was_changed_is_lent_to_nobody(
    database: Database,
) -> None:
    spoilt = database.lend()
    with pointing_django_at(spoilt), connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        before = cursor.fetchone()
        cursor.execute("ALTER TABLE ledger_posting DISABLE TRIGGER USER")
    database.take_back(spoilt)

    other = database.lend()
    with pointing_django_at(other), connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        assert cursor.fetchone() == before
    database.take_back(other)
    assert other != spoilt
