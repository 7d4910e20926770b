"""Whatever is asked as a member, it is answered from the member's own merchant: by every table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from sleek.core import clock, tenancy
from sleek.core.money import Money
from sleek.ledger import actions as ledger
from sleek.ledger import recipes
from sleek.ledger.actions import Entry
from sleek.merchants.models import Merchant, User
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank, behind_the_till
from tests.tenancy import exempt, world

WHERE_TO_SAY_IT = (
    "Add `tenancy.protect(…)` to the app's migration (see sleek/core/tenancy.py),"
    " or the table and the reason to tests/tenancy/exempt.py."
)


class Two:
    """Lin, as whom everything is asked, and Berg, of whom nothing may be seen."""

    def __init__(self, bank: Bank) -> None:
        empty = {table: world.seen(table) for table in world.protected()}
        self.lin = world.furnish("Lin", bank)
        lins = {table: world.seen(table) for table in empty}
        self.berg = world.furnish("Berg", bank)
        self.lins = {table: lins[table] - empty[table] for table in empty}
        self.bergs = {table: world.seen(table) - lins[table] for table in empty}


@pytest.fixture(scope="module")
def furnished(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Two]:
    """Made once, since it takes seconds; what a test does to it is undone with the test."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        pytest.MonkeyPatch.context() as patch,
        clock.use(FrozenClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))),
    ):
        yield Two(behind_the_till(patch))
        transaction.set_rollback(True)


@pytest.fixture
def two(furnished: Two, db: None) -> Two:
    return furnished


@pytest.fixture
def as_lin(two: Two) -> Iterator[Two]:
    with acting_as(two.lin):
        yield two


def person(shop: Merchant) -> User:
    return shop.memberships.get().user


def ask(sql: str, *parameters: Any) -> int:
    """How many rows the statement met; a refusal leaves the test's transaction whole."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def rights_of(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind FROM unnest(%s::text[]) AS kind WHERE has_table_privilege(%s, %s, kind)",
            [["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"], tenancy.ROLE, table],
        )
        return {kind for (kind,) in cursor.fetchall()}


def test_every_table_has_a_policy_or_a_reason(db: None) -> None:
    known = {*world.protected(), *exempt.SHARED, *exempt.CLOSED}
    assert sorted(set(world.tables()) - known) == [], WHERE_TO_SAY_IT
    assert sorted(known - set(world.tables())) == []
    assert set(world.protected()).isdisjoint([*exempt.SHARED, *exempt.CLOSED])


def test_closed_tables_are_closed_and_none_can_be_emptied(db: None) -> None:
    assert {table: rights_of(table) for table in exempt.CLOSED if rights_of(table)} == {}
    assert [table for table in world.tables() if "TRUNCATE" in rights_of(table)] == []


def test_the_two_have_rows_in_every_protected_table(two: Two) -> None:
    bare = [t for t in two.lins if not two.lins[t] or not two.bergs[t]]
    assert bare == [], "Give both merchants a row in tests/tenancy/world.py."


def test_a_member_reads_all_of_the_own_rows_and_no_other(as_lin: Two) -> None:
    for table in as_lin.lins:
        assert world.seen(table) & as_lin.bergs[table] == set(), table
        assert as_lin.lins[table] <= world.seen(table), table


def test_a_member_changes_own_rows_and_no_other(as_lin: Two) -> None:
    for table in as_lin.lins:
        column = column_to_change(table)
        if column is None:
            continue
        again = (
            f'UPDATE "{table}" SET "{column}" = "{column}" WHERE {world.key_of(table)} = ANY (%s)'
        )
        assert ask(again, list(as_lin.bergs[table])) == 0, table
        assert ask(again, list(as_lin.lins[table])) == len(as_lin.lins[table]), table


def test_a_member_deletes_no_foreign_row(as_lin: Two) -> None:
    for table, foreign in as_lin.bergs.items():
        if "DELETE" in rights_of(table):
            drop = f'DELETE FROM "{table}" WHERE {world.key_of(table)} = ANY (%s)'
            assert ask(drop, list(foreign)) == 0, table


def test_a_member_writes_no_row_for_somebody_else(two: Two) -> None:
    """Berg's own rows once more: the policy speaks before any constraint does."""
    for table, foreign in two.bergs.items():
        copy = f'INSERT INTO "{table}" SELECT * FROM jsonb_populate_record(NULL::"{table}", %s)'
        for row in rows(table, foreign)[:1]:
            with acting_as(two.lin), pytest.raises(ProgrammingError) as refusal:
                ask(copy, row)
            told = "row-level security" if "INSERT" in rights_of(table) else "permission denied"
            assert told in str(refusal.value), table


def test_nobody_in_particular_sees_nothing(two: Two) -> None:
    with acting_as(two.lin):
        ask("SELECT set_config('sleek.merchant', '', false), set_config('sleek.person', '', false)")
        met = {table: world.seen(table) for table in two.lins}
    assert {table for table, rows in met.items() if rows} == set()


def test_the_operators_connections_are_read_and_not_changed(as_lin: Two) -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    shared = people.till(None)
    with acting_as(as_lin.lin):
        assert str(shared.pk) in world.seen("channels_connection")
        assert ask("UPDATE channels_connection SET name = 'Mine' WHERE id = %s", shared.pk) == 0


def test_who_left_is_still_named_on_what_they_made(two: Two) -> None:
    guest = User.objects.create_user("guest@example.com")
    two.lin.links.update(created_by=guest)
    with acting_as(two.lin):
        link = two.lin.links.select_related("created_by").first()
        assert link is not None
        assert link.created_by.email == "guest@example.com"
    with acting_as(two.berg):
        assert not User.objects.filter(pk=guest.pk).exists()


def test_every_row_that_names_a_person_shows_them(db: None) -> None:
    """Or an inner join would hide the row when the person is no member any more."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE_NAMED)
        named = {f"{table}.{column}" for table, column in cursor.fetchall()}
        cursor.execute("SELECT policyname FROM pg_policies WHERE tablename = 'merchants_user'")
        shown = {name for (name,) in cursor.fetchall()}
    assert sorted(named - shown) == [], "Add `tenancy.show_people(table, column)` to a migration."


# Where it is whose row it is, it leads to the person alone.
PEOPLE_NAMED = """
    SELECT con.conrelid::regclass::text, att.attname
    FROM pg_constraint con
    JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
    JOIN pg_class named ON named.oid = con.conrelid
    WHERE con.contype = 'f' AND con.confrelid = 'merchants_user'::regclass
      AND named.relrowsecurity AND att.attname <> 'user_id'
"""


def test_a_member_posts_to_the_own_books_only(as_lin: Two) -> None:
    def settle(shop: Merchant, subject: str) -> Entry:
        arrived = Money(100, "USD")
        postings = recipes.settlement_arrived("till", arrived, arrived)
        return Entry(shop.pk, "settlement_arrived", subject, postings, shop.created_at)

    ledger.post([settle(as_lin.lin, "set_lin")])
    for entries in (
        [settle(as_lin.berg, "set_berg")],
        [settle(as_lin.lin, "set_1"), settle(as_lin.berg, "set_2")],
    ):
        with pytest.raises(ProgrammingError, match="own merchant only"), transaction.atomic():
            ledger.post(entries)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert people.held(as_lin.lin, "available") == 600
    assert people.held(as_lin.berg, "available") == 500


@pytest.mark.parametrize(
    "deed",
    [
        "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
        "ALTER TABLE payments_payment DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own ON payments_payment",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION sleek_merchant() RETURNS bigint LANGUAGE sql RETURN 1",
        "INSERT INTO ledger_account (merchant_id, code, currency, is_guarded, sequence, balance)"
        " VALUES (sleek_merchant(), 'bank', 'USD', false, 0, 0)",
        "UPDATE ledger_account SET balance = balance + 1",
        "UPDATE merchants_user SET is_operator = true",
        "ALTER ROLE sleek_member BYPASSRLS",
    ],
)
def test_a_member_cannot_unlock_the_doors(as_lin: Two, deed: str) -> None:
    with pytest.raises(DatabaseError) as refusal:
        ask(deed)
    assert getattr(refusal.value.__cause__, "sqlstate", None) == "42501"


def acting_as(shop: Merchant) -> AbstractContextManager[None]:
    return tenancy.acting_for(shop.pk, person(shop).pk)


def column_to_change(table: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND has_column_privilege(%s, attrelid, attnum, 'UPDATE') LIMIT 1",
            [table, tenancy.ROLE],
        )
        found = cursor.fetchone()
    return found[0] if found else None


def rows(table: str, keys: set[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT to_jsonb(t)::text FROM "{table}" t WHERE {world.key_of(table)} = ANY (%s)',
            [list(keys)],
        )
        return [row for (row,) in cursor.fetchall()]
