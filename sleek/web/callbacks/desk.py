"""The writing desk: concurrent notices share one commit.

Every request waits until its notice is on disk. While one commit is under way the next notices
gather, and go together with the next one: no timer, no delay for a lone notice, and under load one
commit for dozens.

While the database does not answer, neither do providers wait: they are told at once to come again,
so that a pause of it holds up no thread. What was handed in by then is kept all the same when it is
back, and its repeat is passed over.
"""

from __future__ import annotations

import queue
import threading

from django.conf import settings
from django.db import OperationalError, connection

from sleek.core import clock
from sleek.payments import actions as payments
from sleek.payments.actions import Kept

BATCH = 256


class _Ticket:
    """A notice handed in, and the lock that its request waits at."""

    __slots__ = ("done", "error", "kept")

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.error: Exception | None = None
        self.done = threading.Lock()
        self.done.acquire()

    def settle(self, error: Exception | None) -> None:
        self.error = error
        self.done.release()


class Desk:
    """One per process; its thread starts with the first notice, so a forked process has its own."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Ticket] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._writing_since: float | None = None

    def hand_in(self, kept: Kept) -> None:
        """Return when the notice is durable. Raises what the database raised, or `TimeoutError`."""
        if self._is_overdue():
            raise TimeoutError("the database does not answer")
        self._ensure_thread()
        ticket = _Ticket(kept)
        self._queue.put(ticket)
        if not ticket.done.acquire(timeout=settings.NOTICE_PATIENCE_S):
            raise TimeoutError("the notice was not written in time")
        if ticket.error:
            raise ticket.error

    def _is_overdue(self) -> bool:
        since = self._writing_since
        return since is not None and clock.monotonic() - since > settings.NOTICE_PATIENCE_S

    def _ensure_thread(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._write, name="desk", daemon=True)
                    self._thread.start()

    def _write(self) -> None:
        while True:
            batch = self._next_batch()
            self._writing_since = clock.monotonic()
            error = _keep([ticket.kept for ticket in batch])
            for ticket in batch:
                # One notice that cannot be stored must not keep its neighbours out.
                ticket.settle(_keep([ticket.kept]) if error and len(batch) > 1 else error)
            self._writing_since = None

    def _next_batch(self) -> list[_Ticket]:
        batch = [self._queue.get()]
        while len(batch) < BATCH:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch


def _keep(batch: list[Kept]) -> Exception | None:
    try:
        try:
            payments.keep(batch)
        except OperationalError:
            # The database was restarted since the last notice. Keeping twice is keeping once.
            connection.close()
            payments.keep(batch)
    except Exception as error:  # handed to the waiting request, which answers 503
        connection.close()
        return error
    return None
