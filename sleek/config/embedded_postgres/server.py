"""Starting, finding, adopting and stopping the server of one home folder."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import LiteralString
from urllib.parse import quote

from sleek.config.embedded_postgres import places
from sleek.config.embedded_postgres.account import Account, PostgresError

START_TIMEOUT_S = 300  # recovery after a crash can take this long; a normal start takes 0.1 s
STOP_TIMEOUT_S = 60
ORPHANS_TIMEOUT_S = 30
MAX_LOG_BYTES = 10 * 1024 * 1024
SUPERUSER = "postgres"
# Sleek itself connects as this one: no superuser, and so subject to row-level security.
ROLE = "sleek"
# `sleek_member` is what it works as on behalf of a merchant: see sleek/core/tenancy.py.
ROLES: dict[str, LiteralString] = {
    ROLE: "CREATE ROLE sleek LOGIN",
    "sleek_member": "CREATE ROLE sleek_member NOLOGIN NOINHERIT; GRANT sleek_member TO sleek",
}

# Written anew at every start: configuration belongs to the program, not to the data.
SETTINGS: dict[str, str] = {
    "listen_addresses": "",
    "port": str(places.PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than it saves on queries of milliseconds
    "fsync": "on",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "wal_buffers": "16MB",
    "min_wal_size": "128MB",
    "max_wal_size": "1GB",  # bounds recovery after a crash to seconds
    "checkpoint_timeout": "15min",
    "idle_in_transaction_session_timeout": "5min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
    "log_min_duration_statement": "2s",
}


class Server:
    """The server of one home folder. Its process may outlive this object and be found by the next
    one.
    """

    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.home = home.resolve()
        self._account = Account()
        self.base = places.base_folder(self.home, self._account)
        self.data = self.base / "data"
        self.log = self.base / "server.log"
        self._sockets = places.socket_folder(self.base)
        self._settings = SETTINGS | dict(settings or {})

    def start(self) -> str:
        """Start the server, or adopt the one that already runs. Returns the superuser's URL."""
        with self._locked():
            give_up_at = time.monotonic() + START_TIMEOUT_S
            while not self._is_ready():
                if time.monotonic() > give_up_at:
                    raise PostgresError(f"PostgreSQL does not answer; see {self.log}.")
                # One that was just killed can seem to run for a moment, hence again and again.
                if not self.is_running():
                    self._prepare()
                    self._launch()
                time.sleep(0.02)
        return self.url("postgres", user=SUPERUSER)

    def stop(self) -> None:
        with self._locked():
            for mode in ("fast", "immediate"):
                if self.is_running():
                    self._control("stop", "-m", mode, "-t", STOP_TIMEOUT_S)
            if self.is_running():
                raise PostgresError(f"PostgreSQL does not stop; see {self.log}.")
            with suppress(OSError):  # not there, or a stale socket is in it
                self._sockets.rmdir()

    def delete(self) -> None:
        """Stop, and delete the database's files for good."""
        self.stop()
        shutil.rmtree(self.base)
        (self.home / "postgres").unlink(missing_ok=True)  # where it was a link to files elsewhere

    def is_running(self) -> bool:
        pid = self._noted_pid()
        return pid is not None and _works_in(pid, self.data)

    def ensure_database(self, name: str) -> str:
        """Create roles and database where missing. Returns the URL that Sleek connects to."""
        import psycopg  # costs more time than the server's start
        from psycopg.sql import SQL, Identifier

        with psycopg.connect(self.url("postgres", user=SUPERUSER), autocommit=True) as connection:
            for role, make in ROLES.items():
                known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
                if not known.rowcount:
                    connection.execute(make)
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name])
            if not known.rowcount:
                create = SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(create.format(Identifier(name), Identifier(ROLE)))
        return self.url(name)

    def url(self, database: str, *, user: str = ROLE) -> str:
        return f"postgresql://{user}@/{quote(database)}?host={quote(str(self._sockets), safe='')}"

    def _prepare(self) -> None:
        self._refuse_other_version()
        self._account.give_private_folder(self._sockets)
        if not self.data.exists():
            self._initialise()
        self._configure()
        if self.log.exists() and self.log.stat().st_size > MAX_LOG_BYTES:
            self.log.unlink()
        self.log.touch(mode=0o600)
        self._account.give(self.log)

    def _refuse_other_version(self) -> None:
        marker = self.data / "PG_VERSION"
        if not self.data.exists():
            return
        if not self._account.owns(self.data):
            raise PostgresError(f"{self.data} belongs to another user; start Sleek as that user.")
        ours, theirs = places.version().split(".")[0], marker.read_text().strip()
        if ours != theirs:
            raise PostgresError(
                f"{self.data} was written by PostgreSQL {theirs}, and this is PostgreSQL {ours}. "
                "Dump it with the release of Sleek that wrote it, move the folder away, "
                "start again and restore the dump."
            )

    def _initialise(self) -> None:
        """Under another name until complete, so that a start that was killed leaves nothing half
        done.
        """
        unfinished = self.base / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._account.give_private_folder(unfinished)
        done = self._run(
            *("initdb", "-D", unfinished, "-U", SUPERUSER, "-E", "UTF8", "-A", "peer"),
            *("--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"),
        )
        if done.returncode:
            raise PostgresError(f"PostgreSQL can't set up {unfinished}: {done.stderr.strip()}")
        unfinished.rename(self.data)

    def _configure(self) -> None:
        settings = self._settings | {"unix_socket_directories": str(self._sockets)}
        callers = [
            f"sleek {caller} {role}\n"
            for caller in sorted(self._account.callers)
            for role in (ROLE, SUPERUSER)
        ]
        for name, lines in (
            ("postgresql.conf", [f"{key} = '{value}'\n" for key, value in settings.items()]),
            ("pg_hba.conf", ["local all all peer map=sleek\n"]),
            ("pg_ident.conf", callers),
        ):
            (self.data / name).write_text("".join(lines))
            self._account.give(self.data / name)

    def _launch(self) -> None:
        self._forget_the_killed()
        give_up_at = time.monotonic() + ORPHANS_TIMEOUT_S
        while self._control("start", "-l", self.log, "-t", START_TIMEOUT_S).returncode:
            last_words = self.log.read_text(errors="replace")[-2000:]
            # When only the server's first process was killed, its sessions take a moment to notice.
            if "is still in use" not in last_words or time.monotonic() > give_up_at:
                raise PostgresError(f"PostgreSQL did not start. {self.log} ends:\n{last_words}")
            time.sleep(0.2)

    def _forget_the_killed(self) -> None:
        """Remove notes of a killed server that name a living process: PostgreSQL would refuse to
        start.

        After a restart of the machine the number may be some other process's of the same user; and
        in containers without an init the killed one stays as a zombie. Sessions that outlived their
        server are noticed all the same, by the shared memory of the data folder.
        """
        pid = self._noted_pid()
        if pid is not None and _is_alive(pid):
            (self.data / "postmaster.pid").unlink()
        (self._sockets / f".s.PGSQL.{places.PORT}.lock").unlink(missing_ok=True)

    def _is_ready(self) -> bool:
        if not self.is_running():
            return False
        where = ("-h", self._sockets, "-p", places.PORT, "-U", SUPERUSER, "-d", "postgres")
        done = self._run("pg_isready", "-q", *where)
        if done.returncode > 3:  # not one of its own answers: it could not be run
            raise PostgresError(
                f"The embedded PostgreSQL does not work here: {done.stderr.strip()}"
            )
        return done.returncode == 0

    def _noted_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().partition("\n")[0])
        except (FileNotFoundError, ValueError):
            return None

    def _control(self, verb: str, *options: object) -> subprocess.CompletedProcess[str]:
        return self._run("pg_ctl", verb, "-D", self.data, "-w", "-s", *options)

    def _run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        return self._account.run(self._binaries / program, *arguments)

    @cached_property
    def _binaries(self) -> Path:
        return places.binaries(self.base, self._account)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Two starts of one home take turns; the second finds a running server."""
        with (self.home / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _works_in(pid: int, folder: Path) -> bool:
    """PostgreSQL's first process works in its data folder, which no other process does."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
    except PermissionError:
        return False
    ask = ["ps", "-ww", "-o", "command=", "-p", str(pid)]  # macOS has no /proc
    command = subprocess.run(ask, capture_output=True, text=True, check=False).stdout
    return str(folder) in command


def _is_alive(pid: int) -> bool:
    ask = ["ps", "-p", str(pid)]
    if Path("/proc/self").exists():
        return Path(f"/proc/{pid}").exists()
    return subprocess.run(ask, capture_output=True, check=False).returncode == 0
