"""One supervised process: started, restarted when it dies, its words passed on with its name in
front.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

LIFELINE = Path(__file__).with_name("lifeline.py")
STOP_TIMEOUT_S = 15.0
# A process that lived this long has proved itself; one that dies sooner waits before its next try.
HEALTHY_AFTER_S = 30.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
MAX_LOG_BYTES = 10 * 1024 * 1024


@dataclass(slots=True)
class Child:
    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    _reader: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        """In a process group of its own: Ctrl-C is the supervisor's, and a group can be ended
        whole.
        """
        self.process = subprocess.Popen(
            [sys.executable, "-IS", str(LIFELINE), str(os.getpid()), *self.command],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        assert self.process.stdout
        self._reader = threading.Thread(target=self._pass_on, args=(self.process.stdout,))
        self._reader.daemon = True
        self._reader.start()

    @property
    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def revive(self) -> None:
        """Start again if it died, at growing distances."""
        if self.process is None or not self.has_ended:
            return
        lived_s = time.monotonic() - self.started_at
        if lived_s > HEALTHY_AFTER_S:
            self.pause_s = FIRST_PAUSE_S
        if lived_s < self.pause_s:
            return
        self.end_group()
        say("sleek", f"{self.name} ended ({_reason(self.process.returncode)}); starting it again")
        self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)
        self.start()

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def wait_until_stopped(self, give_up_at: float) -> None:
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, give_up_at - time.monotonic()))
        self.end_group()
        self.process.wait()
        if self._reader:
            self._reader.join(1)

    def end_group(self) -> None:
        """Its own children too: granian's workers outlive a granian that was killed."""
        assert self.process
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def _pass_on(self, output: IO[str]) -> None:
        if self.log.exists() and self.log.stat().st_size > MAX_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with output, self.log.open("a", buffering=1) as log:
            for line in output:
                log.write(line)
                say(self.name, line.rstrip("\n"))


def say(name: str, line: str) -> None:
    # A closed terminal must not take the processes with it.
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(f"{name:<8}| {line}\n")
        sys.stdout.flush()


def _reason(returncode: int) -> str:
    if returncode < 0:
        return f"by {signal.Signals(-returncode).name}"
    return f"with exit code {returncode}"
