"""`sleek up` as a person meets it: real processes, real ports, real `kill -9`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import TIMEOUT_S, Installation, copy_of, told, wait

PROCESSES = ("sandbox", "web", "worker")
# Six seconds are promised where nothing else runs; here other tests take their share of the cores.
SERVED_WITHIN_S = 20


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


@pytest.fixture(scope="module")
def story() -> Path:
    return told()


@pytest.fixture(scope="module")
def running(story: Path) -> Iterator[Installation]:
    """One that every test leaves as it was, running."""
    it = copy_of(story)
    it.start()
    yield it
    ended = it.stop()
    _remove(it)
    assert ended == 0


@pytest.fixture
def installation(story: Path) -> Iterator[Installation]:
    it = copy_of(story)
    yield it
    if it.supervisor and it.supervisor.poll() is None:
        it.stop()
    _remove(it)


def _remove(it: Installation) -> None:
    left = it.processes()
    for pid in left.values():
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(it.home)
    assert left == {}


def test_the_first_start_tells_the_story_and_keeps_its_secrets_to_itself(story: Path):
    demo = json.loads((story / "demo.json").read_text())
    parts = {"web", "sandbox", "database_url", "merchant", "operator", "links", "bills"}
    assert parts <= set(demo)
    assert demo["together"].startswith(f"{demo['web']}/b/")
    assert (story / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_it_serves_within_seconds_beside_another_and_ctrl_c_leaves_nothing_of_it_running(
    running: Installation, installation: Installation
):
    begun = time.monotonic()
    installation.run()
    wait(installation.answers)
    assert time.monotonic() - begun < SERVED_WITHIN_S
    wait(lambda: set(installation.processes()) == {*PROCESSES, "postgres", "sleek"})

    assert installation.stop() == 0
    assert installation.processes() == {}
    assert running.answers()


def test_each_killed_process_is_started_again(running: Installation):
    before = running.processes()
    for name in (*PROCESSES, "postgres"):
        os.kill(before[name], signal.SIGKILL)
    wait(lambda: _all_new(before, running.processes()))
    wait(running.answers)
    wait(lambda: running.answers(running.sandbox_port))


def _all_new(before: dict[str, int], now: dict[str, int]) -> bool:
    return all(now.get(name, before[name]) != before[name] for name in (*PROCESSES, "postgres"))


def test_a_killed_supervisor_takes_its_children_along_and_the_next_one_takes_over(
    installation: Installation,
):
    installation.start()
    installation.stop(signal.SIGKILL)
    wait(lambda: set(installation.processes()) <= {"postgres"})

    installation.start()
    assert installation.answers()
    for pid in installation.processes().values():
        os.kill(pid, signal.SIGKILL)
    assert installation.supervisor
    installation.supervisor.wait()

    installation.start()
    assert installation.answers()
    assert installation.stop(signal.SIGTERM) == 0


def test_one_home_runs_once(running: Installation):
    again = Installation(running.home)
    again.output = running.home / "again.txt"
    assert again.run().wait(TIMEOUT_S) == 1
    assert "already runs" in again.output.read_text()
    assert running.answers()


def test_a_port_in_use_is_named_with_its_setting(installation: Installation):
    with socket.create_server(("127.0.0.1", installation.sandbox_port)):
        assert installation.run().wait(TIMEOUT_S) == 1
    assert f"SLEEK_SANDBOX_PORT={installation.sandbox_port + 10}" in installation.output.read_text()


def test_a_setting_that_makes_no_sense_is_named(installation: Installation, monkeypatch):
    installation.port = 99999
    assert installation.run().wait(TIMEOUT_S) == 1
    assert "SLEEK_PORT=99999" in installation.output.read_text()
