from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sleek.config.embedded_postgres import PostgresError, Server
from sleek.config.embedded_postgres.places import MAX_SOCKET_FOLDER

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def initialised() -> Iterator[Path]:
    """A stopped server with a database, to copy: setting one up takes a second."""
    home = _home("sleek-postgres-")
    server = Server(home)
    server.start()
    with psycopg.connect(server.ensure_database("sleek")) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")
    server.stop()
    yield home
    shutil.rmtree(home)


@pytest.fixture
def server(initialised: Path) -> Iterator[Server]:
    home = _home("sleek-postgres-")
    _copy(initialised, home)
    server = Server(home)
    yield server
    server.delete()
    shutil.rmtree(home)


def _home(prefix: str) -> Path:
    home = Path(tempfile.mkdtemp(prefix=prefix))
    home.chmod(0o711)
    return home


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", source / "postgres", target], check=True)


def _kept(server: Server) -> str:
    with psycopg.connect(server.url("sleek")) as connection:
        row = connection.execute("SELECT text FROM note").fetchone()
    assert row
    return str(row[0])


def _pid(server: Server) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def test_it_starts_stops_and_keeps_what_it_was_given(server: Server):
    server.start()
    assert server.is_running()
    assert _kept(server) == "kept"
    server.stop()
    assert not server.is_running()
    server.stop()
    server.start()
    assert _kept(server) == "kept"


def test_sleek_is_no_superuser_and_nobody_may_come_by_network(server: Server):
    superuser = server.start()
    with psycopg.connect(server.url("sleek")) as connection:
        rights = "SELECT rolsuper, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = %s"
        assert connection.execute(rights, ["sleek"]).fetchone() == (False, False, False)
    with psycopg.connect(superuser) as connection:
        settings = {
            name: value
            for name, value in connection.execute(
                "SELECT name, setting FROM pg_settings WHERE name IN "
                "('listen_addresses', 'fsync', 'synchronous_commit', 'full_page_writes', 'jit')"
            )
        }
        collation = "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'sleek'"
        assert connection.execute(collation).fetchone() == ("b", "C.UTF-8")
    assert settings == {
        "listen_addresses": "",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "jit": "off",
    }


def test_its_data_are_its_own(server: Server):
    server.start()
    assert server.data.stat().st_mode & 0o777 == 0o700
    assert (server.base / "run").stat().st_mode & 0o777 == 0o700
    assert server.base.stat().st_mode & 0o777 == 0o711


def test_a_second_start_finds_the_running_one(server: Server):
    server.start()
    first = _pid(server)
    Server(server.home).start()
    assert _pid(server) == first


def test_starts_at_the_same_time_take_turns(server: Server):
    failures: list[Exception] = []

    def start() -> None:
        try:
            Server(server.home).start()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert _kept(server) == "kept"


def test_it_recovers_from_kill_9_while_somebody_works(server: Server):
    server.start()
    with psycopg.connect(server.url("sleek"), autocommit=True) as busy:
        busy.execute("UPDATE note SET text = 'committed'")
        sleeper = threading.Thread(target=_sleep_until_cut_off, args=(server.url("sleek"),))
        sleeper.start()
        os.kill(_pid(server), signal.SIGKILL)
        server.start()
    assert _kept(server) == "committed"
    sleeper.join()


def _sleep_until_cut_off(url: str) -> None:
    with pytest.raises(psycopg.OperationalError), psycopg.connect(url) as connection:
        connection.execute("SELECT pg_sleep(60)")


def test_a_note_of_a_process_that_is_another_one_now_does_not_stop_it(server: Server):
    server.start()
    os.kill(_pid(server), signal.SIGKILL)
    note = server.data / "postmaster.pid"
    _, _, rest = note.read_text().partition("\n")
    account = server._account
    stranger = subprocess.Popen(["sleep", "60"], user=account._runs_as.pw_uid)
    try:
        note.write_text(f"{stranger.pid}\n{rest}")
        assert not server.is_running()
        time.sleep(0.5)
        server.start()
        assert _kept(server) == "kept"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_what_an_interrupted_first_start_left_is_cleared_away():
    home = _home("sleek-postgres-")
    server = Server(home)
    (server.base / "data.unfinished" / "base").mkdir(parents=True)
    server._account.give(server.base / "data.unfinished")
    server.start()
    assert server.is_running()
    server.delete()
    shutil.rmtree(home)


def test_data_of_another_major_version_are_left_alone(server: Server):
    marker = server.data / "PG_VERSION"
    marker.write_text("15\n")
    with pytest.raises(
        PostgresError, match=r"written by PostgreSQL 15, and this is PostgreSQL \d+"
    ):
        server.start()
    assert not server.is_running()
    assert not (server.data / "postmaster.pid").exists()


def test_a_path_too_long_for_a_socket_gets_a_short_folder(initialised: Path):
    top = _home("sleek-postgres-")
    home = top / ("a" * 100)
    home.mkdir()
    _copy(initialised, home)
    server = Server(home)
    server.start()
    folder = Path(server._sockets)
    assert len(str(folder)) <= MAX_SOCKET_FOLDER
    assert folder.stat().st_mode & 0o777 == 0o700
    assert _kept(server) == "kept"
    server.stop()
    assert not folder.exists()
    shutil.rmtree(top)


def test_a_socket_folder_that_somebody_else_made_is_refused(server: Server, tmp_path: Path):
    server._sockets.symlink_to(tmp_path)
    with pytest.raises(PostgresError, match="belongs to another user"):
        server.start()
    server._sockets.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that others can't pass")
def test_a_home_that_the_servers_user_cannot_reach_stays_closed():
    top = Path(tempfile.mkdtemp(prefix="sleek-postgres-"))
    server = Server(top / "home")
    elsewhere = server.base
    server.start()
    assert server.is_running()
    assert (top / "home/postgres").readlink() == elsewhere
    assert top.stat().st_mode & 0o777 == 0o700
    assert Server(top / "home").is_running()
    server.delete()
    assert not elsewhere.exists()
    shutil.rmtree(top)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_an_ordinary_user_runs_it_as_themselves():
    python = next((p for p in (sys.executable, "/usr/bin/python3") if _nobody_may_run(p)), None)
    if python is None:
        pytest.skip("the unprivileged user has no Python here")
    home = _home("sleek-postgres-")
    shutil.chown(home, "nobody")
    program = (
        "import sys; from pathlib import Path; from sleek.config.embedded_postgres import Server;"
        "server = Server(Path(sys.argv[1])); server.start(); print(server.is_running());"
        "print(server.data.stat().st_uid); server.delete()"
    )
    paths = os.pathsep.join([str(ROOT), *[path for path in sys.path if "site-packages" in path]])
    done = subprocess.run(
        [python, "-c", program, home],
        user="nobody",
        env={"PYTHONPATH": paths, "PATH": os.defpath},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.split() == ["True", str(home.stat().st_uid)]
    shutil.rmtree(home)


def _nobody_may_run(python: str) -> bool:
    try:
        version = subprocess.run(
            [python, "-c", "import sys; print(sys.version_info[:2])"],
            user="nobody",
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return False
    return version.stdout.strip() == str(sys.version_info[:2])


@pytest.mark.skipif(os.geteuid() != 0, reason="everybody else can read their own files")
def test_binaries_that_the_servers_user_cannot_read_are_copied(server: Server, monkeypatch):
    may = server._account.may
    monkeypatch.setattr(
        server._account,
        "may",
        lambda what, path: "site-packages" not in str(path) and may(what, path),
    )
    server.start()
    assert _kept(server) == "kept"
    assert Path(f"/proc/{_pid(server)}/exe").readlink().is_relative_to(server.base)
