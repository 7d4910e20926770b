"""`sleek up`: the demo and development installation, whole, in the foreground.

Database, migrations, the demo's story once, then web, worker and sandbox. A process that dies is
started again; Ctrl-C stops them all and the database last. Whatever a killed supervisor left is
taken over by the next.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from sleek.config.embedded_postgres import PostgresError, Server
from sleek.config.processes import children, migrations, web
from sleek.config.processes.children import Child, say
from sleek.config.processes.environment import HOST, Demo, SettingError

DATABASE = "sleek"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WEB_WORKERS = 1  # two more Python processes cost a small machine more than they bring a demo
TICK_S = 0.2
PORT_TIMEOUT_S = 3.0  # what a killed supervisor left needs a moment to go
ANSWER_TIMEOUT_S = 60.0


class CannotStart(RuntimeError):
    """What is in the way, and which setting changes it."""


class Stopped(BaseException):
    """Somebody wants all of it to stop. Not an `Exception`, so that nothing on the way keeps it."""


def up(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="sleek up", description=__doc__).parse_args(arguments)
    for name in SIGNALS:
        signal.signal(name, _raise_stopped)
    running: list[Child] = []
    server: Server | None = None
    try:
        demo = Demo.read(os.environ)
        with _alone(demo.home):
            try:
                server = None if os.environ.get("DATABASE_URL") else Server(demo.home)
                _run(demo, server, running)
            finally:
                _stop(running, server)
    except Stopped:
        say("sleek", "stopped")
        return 0
    except (CannotStart, PostgresError, SettingError, migrations.Failed) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _run(demo: Demo, server: Server | None, running: list[Child]) -> NoReturn:
    _wait_for_free_port("SLEEK_PORT", demo.port)
    _wait_for_free_port("SLEEK_SANDBOX_PORT", demo.sandbox_port)
    url = os.environ.get("DATABASE_URL", "")

    def start(name: str, command: list[str]) -> Child:
        log = demo.home / "log" / f"{name}.log"
        child = Child(name, command, demo.environment(url), log=log)
        running.append(child)
        child.start()
        return child

    # The providers have no database, and the site loads while the story is told.
    sandbox_command = [sys.executable, "-m", "sandbox", "--port", str(demo.sandbox_port)]
    sandbox = start("sandbox", [*sandbox_command, "--home", str(demo.home)])
    if server:
        server.start()
        url = server.ensure_database(DATABASE)
    migrations.apply(demo.home, demo.environment(url))
    site = start("web", web.command(HOST, demo.port, workers=WEB_WORKERS))
    if not (demo.home / "demo.json").exists():
        # The story opens accounts at the simulated providers, so these have to be there.
        _wait_for_answer(sandbox, demo.sandbox_url)
        _seed(demo, demo.environment(url))
    start("worker", [sys.executable, "-m", "sleek.config.worker"])
    _wait_for_answer(sandbox, demo.sandbox_url)
    _wait_for_answer(site, f"http://{HOST}:{demo.port}")
    _greet(demo)
    while True:
        time.sleep(TICK_S)
        if server and not server.is_running():
            say("sleek", "the database ended; starting it again")
            server.start()
        for child in running:
            child.revive()


def _stop(running: list[Child], server: Server | None) -> None:
    """Once begun it is carried through: a second Ctrl-C must not leave half of it behind."""
    for name in SIGNALS:
        signal.signal(name, signal.SIG_IGN)
    for child in running:
        child.ask_to_stop()
    give_up_at = time.monotonic() + children.STOP_TIMEOUT_S
    for child in running:
        child.wait_until_stopped(give_up_at)
    if server:
        server.stop()


def _seed(demo: Demo, environment: dict[str, str]) -> None:
    say("sleek", "telling the demo's story")
    done = subprocess.run(
        [sys.executable, "-m", "sleek.config.cli", "seed"], env=environment, check=False
    )
    if done.returncode or not (demo.home / "demo.json").exists():
        raise CannotStart("The demo's story could not be told; its error is above.")


def _wait_for_free_port(setting: str, port: int) -> None:
    give_up_at = time.monotonic() + PORT_TIMEOUT_S
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
                return
            except OSError:
                if time.monotonic() > give_up_at:
                    raise CannotStart(
                        f"Port {port} is in use. Choose another one: {setting}={port + 10} make up"
                    ) from None
        time.sleep(TICK_S)


def _wait_for_answer(child: Child, url: str) -> None:
    """Any answer will do, even a refusal: it says that the process listens."""
    give_up_at = time.monotonic() + ANSWER_TIMEOUT_S
    while time.monotonic() < give_up_at:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=TICK_S * 10).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if child.has_ended:
                break
        time.sleep(0.05)
    raise CannotStart(f"{child.name} did not start; its last words are above and in {child.log}.")


def _greet(demo: Demo) -> None:
    print(
        f"""
  Sleek is ready.

    Sleek          {demo.web_url}
    Sandbox        {demo.sandbox_url}   simulated banks, wallets and a mailbox
    Who signs in   {demo.home / "demo.json"}

  Ctrl-C stops everything.
""",
        flush=True,
    )


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    for name in ("log", "mail", "static"):
        (home / name).mkdir(exist_ok=True)
    with (home / "sleek.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"Sleek already runs in {home}. Stop it, or choose another SLEEK_HOME."
            ) from None
        yield


def _raise_stopped(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped
