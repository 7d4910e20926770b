"""The worker process: the notice inbox, the consumers of events, acts on many bills, and the jobs.

Each is woken by NOTIFY. The readers are threads that survive a lost database and go on when it
is back. The jobs are Procrastinate's; its own heartbeat tells `/readyz` that this process lives,
and when it gives up the process ends and its supervisor starts a new one.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

import django
import psycopg

from sleek.config.processes import garbage

if TYPE_CHECKING:
    from sleek.events.models import Event

logger = logging.getLogger("sleek.worker")

JOB_CONCURRENCY = 4
AFTER_ERROR_S = 1.0


class Rhythm(NamedTuple):
    """How often to look though nothing woke us, and how soon after a batch the next may begin."""

    poll_s: float
    batch_every_s: float


NOTICES = Rhythm(poll_s=1.0, batch_every_s=0.02)  # a notice whose retry is due wakes nobody
EVENTS = Rhythm(poll_s=0.2, batch_every_s=0.1)  # nor does one that an older transaction hid
BATCHES = Rhythm(poll_s=1.0, batch_every_s=0.0)  # nor one that waited for a limit


def main() -> None:
    garbage.look_rarely()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sleek.config.settings")
    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from sleek.events.actions import CHANNEL
    from sleek.invoices.actions import batching
    from sleek.payments import actions as payments

    stopping = threading.Event()
    readers = [
        _reader("notices", payments.WAKE, NOTICES, payments.apply_waiting, stopping),
        _reader("events", CHANNEL, EVENTS, _consume, stopping),
        _reader("batches", batching.WAKE, BATCHES, batching.work, stopping),
    ]
    for reader in readers:
        reader.start()
    try:
        connector = cast(DjangoConnector, app.connector).get_worker_connector()
        worker_app = app.with_connector(connector)
        worker_app.run_worker(
            concurrency=JOB_CONCURRENCY, delete_jobs="successful", fetch_job_polling_interval=5.0
        )
    finally:
        stopping.set()
        for reader in readers:
            reader.join()


def _consume() -> int:
    from sleek.notifications import actions as notifications
    from sleek.payments import tasks as payments
    from sleek.payments.actions import billing
    from sleek.receipts import tasks as receipts
    from sleek.reconciliation import actions as reconciliation
    from sleek.refunds import actions as refunds
    from sleek.reports import actions as reports
    from sleek.risk import actions as risk
    from sleek.splits import tasks as splits

    return feed(
        {
            "payments": payments,
            "billing": billing,
            "receipts": receipts,
            "splits": splits,
            "refunds": refunds,
            "reconciliation": reconciliation,
            "reports": reports,
            "notifications": notifications,
            "risk": risk,
        }
    )


class Consumer(Protocol):
    """What follows events: a module with the kinds it is interested in."""

    @property
    def FOLLOWED(self) -> Collection[str]: ...  # a module's constant

    def follow(self, news: Sequence[Event], /) -> None: ...


def feed(consumers: Mapping[str, Consumer]) -> int:
    """Hand each its next events. One that stumbles does not keep them from those behind it; its own
    wait for the next round, which the error puts off a little.
    """
    from sleek.events import actions as events
    from sleek.events import queries

    behind = queries.behind(consumers)
    passed, errors = 0, []
    for name, each in consumers.items():
        if name not in behind:
            continue
        try:
            passed += events.consume(name, each.follow, kinds=each.FOLLOWED)
        except Exception as error:
            logger.exception("worker.consumer_failed", extra={"consumer": name})
            errors.append(error)
    if errors:
        raise errors[0]
    return passed


def _reader(
    name: str, channel: str, rhythm: Rhythm, work: Callable[[], int], stopping: threading.Event
) -> threading.Thread:
    def run() -> None:
        while not stopping.is_set():
            try:
                _read(channel, rhythm, work, stopping)
            except Exception:  # the database may be away; nothing is lost, it waits in its tables
                logger.exception("worker.reader_failed", extra={"reader": name})
                stopping.wait(AFTER_ERROR_S)

    return threading.Thread(target=run, name=name)


def _read(channel: str, rhythm: Rhythm, work: Callable[[], int], stopping: threading.Event) -> None:
    from django.db import connection

    # Listening starts before the first look, so that nothing arrives unheard between the two.
    with _listening(channel) as listener:
        try:
            while not stopping.is_set():
                _work_off(work, rhythm.batch_every_s, stopping)
                for _ in listener.notifies(timeout=rhythm.poll_s, stop_after=1):
                    pass
        finally:
            connection.close()


def _work_off(work: Callable[[], int], batch_every_s: float, stopping: threading.Event) -> None:
    """Work until nothing is left. The first batch is taken at once, the next not too close behind.

    What comes in meanwhile shares a transaction; many small ones would eat the time of a large one.
    """
    while not stopping.is_set():
        started = time.monotonic()
        if not work():
            return
        stopping.wait(max(0.0, started + batch_every_s - time.monotonic()))


@contextmanager
def _listening(channel: str) -> Iterator[psycopg.Connection]:
    from django.db import connection

    parameters = connection.get_connection_params()
    known = {
        key: parameters[key]
        for key in ("host", "port", "dbname", "user", "password")
        if key in parameters
    }
    with psycopg.connect(**known, autocommit=True) as listener:
        listener.execute(f"LISTEN {channel}")
        yield listener


if __name__ == "__main__":
    main()
