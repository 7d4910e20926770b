"""The database of a test run, known before Django is set up.

One embedded server per run, in a throw-away home, started by the first test that needs it; or any
other server by `DATABASE_URL`. One template database is migrated once, and every worker and every
test that commits works on a clone of it. No test flushes: the ledger's tables refuse that, as they
should. Only a superuser makes the clone for the next test what it was.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from sleek.config.embedded_postgres import ROLE, SUPERUSER, Server
from tests.restoring import Clone

# A test's data does not outlive the run: nothing is gained by waiting for a disk.
UNSAFE_BUT_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "4GB",
    "log_min_duration_statement": "-1",
}
# Handed to the workers of pytest-xdist: this run's home, and the server given instead of the
# embedded one.
RUN = "SLEEK_TEST_RUN"
OTHER_SERVER = "SLEEK_TEST_OTHER_SERVER"
HOMES = "sleek-test-"
# Whose tests copy one told story, which takes long to tell.
INSTALLED = ("tests/journeys/", "tests/config/test_supervisor.py")
# The files that take longest, alone on their core. They come first: one that came last would leave
# the other core idle.
LONGEST = (
    "tests/web/test_rights.py",
    "tests/channels/faults/",
    *INSTALLED,
    "tests/simulation/",
    "tests/tenancy/test_policies.py",
    "tests/invoices/formats/test_official_rules.py",
)


class Database:
    """Clones of the migrated template, under names that belong to this run alone."""

    def __init__(self, home: Path, *, other_server: str) -> None:
        self.home = home
        self._server = None if other_server else Server(home, settings=UNSAFE_BUT_FAST)
        self._other_server = other_server
        self._prefix = home.name.replace("-", "_").lower()
        self._template = f"{self._prefix}_template"
        self.worker = f"{self._prefix}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        self._clones = 0
        self._spare: Clone | None = None

    def url(self, name: str) -> str:
        if self._server:
            return self._server.url(name)
        return make_conninfo(self._other_server, dbname=name)

    def clone(self) -> str:
        """A fresh database for one test. Returns its name."""
        self._clones += 1
        name = f"{self.worker}_{self._clones}"
        self.create(name)
        return name

    def lend(self) -> str:
        """A database as fresh as a clone, for a test that gives it back."""
        if self._spare is None and self._server:  # where we may act as its superuser
            name = self.clone()
            self._spare = Clone(name, self._connect(name))
        return self._spare.name if self._spare else self.clone()

    def take_back(self, name: str) -> None:
        if self._spare and self._spare.restore():
            return
        self.close()
        self.drop(name)

    def close(self) -> None:
        if self._spare:
            self._spare.close()
        self._spare = None

    def create(self, name: str) -> None:
        """A clone of the template, which the first caller of the run migrates."""
        self._make_template()
        # Copying files needs a checkpoint, which is cheap only without fsync; then it is twice as
        # fast.
        strategy = "FILE_COPY" if self._server else "WAL_LOG"
        create = "CREATE DATABASE {} TEMPLATE {} STRATEGY {}"
        self._execute(create, name, self._template, strategy)

    def drop(self, name: str) -> None:
        with self._connect() as admin:  # who may end a superuser's session, too
            admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def finish(self) -> None:
        """Once, when the whole run is over."""
        if self._server:
            self._server.delete()
        else:
            with self._connect() as admin:
                ask = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
                names = [row[0] for row in admin.execute(ask, [self._prefix])]
            for name in names:
                self.drop(name)
        shutil.rmtree(self.home, ignore_errors=True)

    def _make_template(self) -> None:
        done = self.home / "template"
        with self._locked():
            if done.exists():
                return
            if self._server:
                self._server.start()
                self._server.ensure_database(self._template)
                with self._connect() as admin:
                    admin.execute(f"ALTER ROLE {ROLE} CREATEDB")
            else:
                self._execute("CREATE DATABASE {}", self._template)
            with pointing_django_at(self._template):
                call_command("migrate", verbosity=0, interactive=False)
            done.touch()

    def _execute(self, statement: LiteralString, *names: str) -> None:
        with self._connect() as admin:
            if self._server:
                admin.execute(f"SET ROLE {ROLE}")  # who thereby owns what is created
            admin.execute(SQL(statement).format(*map(Identifier, names)))

    def _connect(self, name: str = "postgres") -> psycopg.Connection:
        url = self._other_server
        if self._server:
            url = self._server.url(name, user=SUPERUSER)
        return psycopg.connect(url, autocommit=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.home / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextmanager
def pointing_django_at(name: str) -> Iterator[None]:
    """Every connection of every thread that is opened meanwhile goes to that database."""
    settings = connections.settings["default"]
    before = settings["NAME"]
    connections.close_all()
    settings["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        settings["NAME"] = before


DATABASE = pytest.StashKey[Database]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Around pytest-django's own hook, which reads the settings."""
    early_config.stash[DATABASE] = _prepare_environment()
    return (yield)


class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # it comes without types
    """Tests of one file on one process; and those of installations, else one would wait for what
    another tells.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "installed" if nodeid.startswith(INSTALLED) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_unconfigure(config: pytest.Config) -> None:
    if DATABASE not in config.stash:
        return
    config.stash[DATABASE].close()
    if not hasattr(config, "workerinput"):
        config.stash[DATABASE].finish()


def _prepare_environment() -> Database:
    if RUN not in os.environ:
        _remove_what_killed_runs_left()
        home = Path(tempfile.mkdtemp(prefix=f"{HOMES}{os.getpid()}-"))
        home.chmod(0o711)  # the server's user passes through
        (home / "home/static").mkdir(parents=True)
        os.environ[RUN] = str(home)
        os.environ[OTHER_SERVER] = os.environ.get("DATABASE_URL", "")
    database = Database(Path(os.environ[RUN]), other_server=os.environ[OTHER_SERVER])
    os.environ |= {
        "SLEEK_MODE": "test",
        "SLEEK_NOTICE_PATIENCE_S": "10",  # other tests may keep the machine busy
        "SLEEK_HOME": str(database.home / "home"),
        "DATABASE_URL": database.url(database.worker),
    }
    return database


def _remove_what_killed_runs_left() -> None:
    for home in Path(tempfile.gettempdir()).glob(f"{HOMES}*"):
        try:
            os.kill(int(home.name.removeprefix(HOMES).partition("-")[0]), 0)
        except ProcessLookupError:
            # Another run that starts now may be removing it, too.
            with suppress(FileNotFoundError):
                Database(home, other_server="").finish()
        except (PermissionError, ValueError):
            continue  # another user's
        except FileNotFoundError:
            continue  # another run that starts now has just removed it
