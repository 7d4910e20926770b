"""Making the role: by whoever may, once for all databases of a server, or with words that help."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections
from pytest_django.plugin import DjangoDbBlocker

from sleek.config import database, doctor
from sleek.config.embedded_postgres import SUPERUSER, Server
from sleek.core import tenancy
from tests.plugin import UNSAFE_BUT_FAST

SQL = Path(tenancy.__file__).with_name("migrations") / "0001_member.sql"
MIGRATION = SQL.read_text()
MAY_BECOME = "SELECT pg_has_role('anna', 'sleek_member', 'SET')"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Without the roles that ours makes for itself: as an operator's server is."""
    home = tmp_path_factory.mktemp("server")
    home.chmod(0o711)
    server = Server(home, settings=UNSAFE_BUT_FAST)
    server.start()
    yield server
    server.delete()


@pytest.fixture
def admin(server: Server) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server.url("postgres", user=SUPERUSER), autocommit=True) as admin:
        yield admin
        for number in range(4):
            admin.execute(f"DROP DATABASE IF EXISTS shop{number}")
        admin.execute("DROP ROLE IF EXISTS sleek_member")
        admin.execute("DROP ROLE anna")


def migrate(server: Server, database: str) -> None:
    """As Anna, who owns the database."""
    with psycopg.connect(server.url(database, user=SUPERUSER)) as session:
        session.execute("SET SESSION AUTHORIZATION anna")
        session.execute(MIGRATION)


def new_database(admin: psycopg.Connection, name: str = "shop0") -> str:
    admin.execute(f"CREATE DATABASE {name} OWNER anna")
    return name


def test_who_may_make_roles_makes_it_and_may_become_it(
    server: Server, admin: psycopg.Connection
) -> None:
    admin.execute("CREATE ROLE anna LOGIN CREATEROLE")
    migrate(server, new_database(admin))
    made = admin.execute(
        "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname = 'sleek_member'"
    )
    assert made.fetchone() == (False, False, False, False, False)
    assert admin.execute(MAY_BECOME).fetchone() == (True,)


def test_who_may_not_is_told_what_to_ask_for(server: Server, admin: psycopg.Connection) -> None:
    admin.execute("CREATE ROLE anna LOGIN")
    name = new_database(admin)
    with pytest.raises(psycopg.errors.RaiseException) as refusal:
        migrate(server, name)
    hint = refusal.value.diag.message_hint or ""
    assert "GRANT sleek_member TO anna" in hint

    for remedy in hint.removeprefix("As an administrator: ").split("; ")[:2]:
        admin.execute(remedy)
    migrate(server, name)
    assert admin.execute(MAY_BECOME).fetchone() == (True,)


def test_databases_that_are_migrated_at_once_do_not_trip_each_other(
    server: Server, admin: psycopg.Connection
) -> None:
    admin.execute("CREATE ROLE anna LOGIN CREATEROLE")
    names = [new_database(admin, f"shop{number}") for number in range(4)]
    start, errors = threading.Barrier(len(names)), []

    def run(name: str) -> None:
        start.wait()
        try:
            migrate(server, name)
        except psycopg.Error as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert admin.execute(MAY_BECOME).fetchone() == (True,)


@pytest.fixture
def as_anna(
    server: Server, admin: psycopg.Connection, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Django works on that server, as a user who may do nothing but log in."""
    admin.execute("CREATE ROLE anna LOGIN")
    settings = connections.settings["default"]
    before = {key: settings[key] for key in ("NAME", "HOST", "USER", "OPTIONS")}
    parts = database.from_url(server.url("postgres", user=SUPERUSER), pooled=False)
    connections.close_all()
    settings.update({key: parts[key] for key in before})
    try:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("SET SESSION AUTHORIZATION anna")
            yield
    finally:
        connections.close_all()
        settings.update(before)


def test_the_doctor_says_what_is_missing_until_nothing_is(
    as_anna: None, admin: psycopg.Connection
) -> None:
    [missing] = doctor._member_role()
    remedy = "`CREATE ROLE sleek_member NOLOGIN NOINHERIT; GRANT sleek_member TO anna;`"
    assert remedy in missing

    admin.execute("CREATE ROLE sleek_member BYPASSRLS")
    [forbidden, too_strong] = doctor._member_role()
    assert "administrator: `GRANT sleek_member TO anna;`" in forbidden
    assert "`ALTER ROLE sleek_member NOSUPERUSER NOBYPASSRLS;`" in too_strong

    admin.execute("GRANT sleek_member TO anna; ALTER ROLE sleek_member NOSUPERUSER NOBYPASSRLS")
    assert list(doctor._member_role()) == []
