"""Two acts that meet at the worst moment, the same one each time.

The first has read all that it decides by and stops before it writes. The second then goes as far
as it can: to its end, or to where it waits for a lock that the first one holds. Then the first goes
on. Where that lock is missing, both have decided by what was true before either of them wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from django.db import connection

from sleek.core.errors import SleekError

WRITES = r"INSERT|UPDATE|DELETE|SELECT \* FROM ledger_post"
LOOK_EVERY_S = 0.01
PATIENCE_S = 30.0

DONE, REFUSED = "done", "refused"


class NoRace(Exception):
    """The two did not meet: that proves nothing."""


@dataclass
class _Act:
    """One of the two, in a thread with a connection of its own."""

    do: Callable[[], object]
    stops_before: str = ""
    pid: int = 0
    has_begun: Event = field(default_factory=Event)
    has_stopped: Event = field(default_factory=Event)
    may_go_on: Event = field(default_factory=Event)

    def run(self) -> str:
        try:
            connection.ensure_connection()
            self.pid = connection.connection.info.backend_pid
            self.has_begun.set()
            with connection.execute_wrapper(self._stop):
                self.do()
        except SleekError:
            return REFUSED
        finally:
            connection.close()
        return DONE

    def _stop(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        is_here = self.stops_before and re.match(self.stops_before, sql.lstrip())
        if is_here and not self.has_stopped.is_set():
            self.has_stopped.set()
            if not self.may_go_on.wait(PATIENCE_S):
                raise NoRace("nobody let the first one go on")
        return execute(sql, params, many, context)


def meet(
    first: Callable[[], object], second: Callable[[], object], *, before: str = WRITES
) -> tuple[str, str]:
    """What came of each: done, refused, or the error that the database stopped it with."""
    one, two = _Act(first, before), _Act(second)
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(one.run)
        _until(running, one.has_stopped.is_set)
        if not one.has_stopped.is_set():
            raise NoRace(f"the first one ended before it wrote: {_outcome(running)}")
        other = pool.submit(two.run)
        _until(other, lambda: two.has_begun.is_set() and _is_held_up(two.pid, by=one.pid))
        one.may_go_on.set()
        return _outcome(running), _outcome(other)


def _until(running: Future[str], is_so: Callable[[], bool]) -> None:
    """It has ended, or that is so."""
    for _ in range(int(PATIENCE_S / LOOK_EVERY_S)):
        if is_so() or wait([running], timeout=LOOK_EVERY_S).done:
            return
    raise NoRace("neither came")


def _is_held_up(pid: int, *, by: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s = ANY (pg_blocking_pids(%s))", [by, pid])
        return bool(cursor.fetchone()[0])


def _outcome(act: Future[str]) -> str:
    error = act.exception(PATIENCE_S)
    return act.result() if error is None else type(error).__name__
