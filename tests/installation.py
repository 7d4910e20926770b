"""A whole installation, as a person starts it: real processes, real ports, a home of its own."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT_S = 180  # a first start tells the whole story, and other tests run beside it


class Installation:
    """One home with its ports, and the supervisor that runs it at the moment."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port, self.sandbox_port = free_port(), free_port()
        self.supervisor: subprocess.Popen[bytes] | None = None
        self.output = home / "output.txt"
        self.settings: dict[str, str] = {}  # from the environment, beside what it needs to run

    def run(self) -> subprocess.Popen[bytes]:
        ours = ("SLEEK_", "DATABASE_URL", "DJANGO_", "PYTEST_")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)} | {
            "SLEEK_HOME": str(self.home),
            "SLEEK_PORT": str(self.port),
            "SLEEK_SANDBOX_PORT": str(self.sandbox_port),
            # Other tests may keep the machine busy: none is about a notice that comes again.
            "SLEEK_NOTICE_PATIENCE_S": "10",
            **self.settings,
        }
        with self.output.open("wb") as output:
            self.supervisor = subprocess.Popen(
                [sys.executable, "-m", "sleek.config.cli", "up"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.supervisor

    def start(self) -> None:
        supervisor = self.run()
        wait(lambda: b"Ctrl-C stops" in self.output.read_bytes() or supervisor.poll() is not None)
        assert supervisor.poll() is None, self.output.read_text()

    def stop(self, signal_number: int = signal.SIGINT) -> int:
        assert self.supervisor
        self.supervisor.send_signal(signal_number)
        return self.supervisor.wait(TIMEOUT_S)

    def answers(self, port: int | None = None) -> bool:
        try:
            urllib.request.urlopen(
                f"http://127.0.0.1:{port or self.port}/healthz", timeout=1
            ).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def is_ready(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2).close()
        except OSError:  # an HTTPError is one, too
            return False
        return True

    def processes(self) -> dict[str, int]:
        """What runs for this home: the first process of each kind."""
        found: dict[str, int] = {}
        for pid in sorted(int(folder.name) for folder in Path("/proc").glob("[0-9]*")):
            if name := self._name(Path("/proc", str(pid))):
                found.setdefault(name, pid)
        noted = self.home / "postgres/data/postmaster.pid"
        if "postgres" in found and noted.exists():
            found["postgres"] = int(noted.read_text().split()[0])
        return found

    def _name(self, process: Path) -> str | None:
        try:
            if (process / "cwd").readlink() == (self.home / "postgres/data").resolve():
                return "postgres"
            if f"SLEEK_HOME={self.home}" not in (process / "environ").read_text().split("\0"):
                return None
            command = (process / "cmdline").read_text().replace("\0", " ")
        except OSError:
            return None  # it has just ended
        kinds = {"-m sandbox": "sandbox", "granian": "web", "config.worker": "worker"}
        return next((name for part, name in kinds.items() if part in command), "sleek")


def told() -> Path:
    """A home whose story is told, stopped: to copy, for telling it takes longest. A run has one."""
    home = Path(os.environ["SLEEK_TEST_RUN"], "told")
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            home.with_suffix(".unfinished").mkdir(mode=0o711)
            first = Installation(home.with_suffix(".unfinished"))
            first.start()
            assert first.stop() == 0
            first.home.rename(home)
    return home


def copy_of(home: Path) -> Installation:
    copy = Path(tempfile.mkdtemp(prefix="sleek-up-"))
    copy.chmod(0o711)
    subprocess.run(["cp", "-a", f"{home}/.", copy], check=True)
    return Installation(copy)


def told_again() -> Installation:
    """On the ports that the story tells of: notices go there, and the channels' questions."""
    copy = copy_of(told())
    story = json.loads((copy.home / "demo.json").read_text())
    copy.port = urlsplit(story["web"]).port
    copy.sandbox_port = urlsplit(story["sandbox"]).port
    return copy


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(condition: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < give_up_at, "waited too long"
        time.sleep(0.05)
