"""When the periodic jobs run, and how events reach their consumers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from croniter import croniter  # type: ignore[import-untyped]
from procrastinate.contrib.django import app

from sleek.config import worker
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.events.models import Event

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
FIRST_RUNS = {
    "sleek.payments.tasks.check_due": ["00:00:05", "00:00:10", "00:00:15"],
    "sleek.payments.tasks.expire_due": ["00:00:05", "00:00:10", "00:00:15"],
    "sleek.payments.tasks.forget_due": ["00:00:05", "00:00:10", "00:00:15"],
    "sleek.payments.tasks.measure_prices": ["00:23:00", "01:23:00", "02:23:00"],
    "sleek.payments.tasks.end_holds": ["00:00:05", "00:00:10", "00:00:15"],
    "sleek.notifications.tasks.send_due": ["00:00:05", "00:00:10", "00:00:15"],
    "sleek.risk.tasks.forget": ["00:05:00", "00:10:00", "00:15:00"],
    "sleek.refunds.tasks.check_due": ["00:00:05", "00:00:10", "00:00:15"],
    "sleek.refunds.tasks.forget_accounts": ["00:41:00", "01:41:00", "02:41:00"],
    "sleek.refunds.tasks.watch_clocks": ["00:01:00", "00:02:00", "00:03:00"],
    "sleek.receipts.tasks.try_again": ["00:07:00", "01:07:00", "02:07:00"],
    "sleek.splits.tasks.release_due": ["00:00:05", "00:00:10", "00:00:15"],
    "sleek.splits.tasks.try_again": ["00:01:00", "00:02:00", "00:03:00"],
    "sleek.channels.tasks.probe_due": ["00:00:10", "00:00:20", "00:00:30"],
    "sleek.reconciliation.tasks.look": ["00:01:00", "00:02:00", "00:03:00"],
    "sleek.reconciliation.tasks.match_lines": ["00:01:00", "00:02:00", "00:03:00"],
    "sleek.invoices.tasks.expire_entitlements": ["00:07:00", "01:07:00", "02:07:00"],
    "sleek.invoices.tasks.follow_up": ["00:10:00", "00:20:00", "00:30:00"],
    "sleek.fx.tasks.refresh": ["15:20:00", "17:20:00", "21:20:00"],
}


class Follower:
    FOLLOWED = frozenset({"user.activated"})

    def __init__(self, *, stumbles: bool = False) -> None:
        self.stumbles = stumbles
        self.read: list[str] = []

    def follow(self, news: Sequence[Event]) -> None:
        if self.stumbles:
            raise RuntimeError("stumbled")
        self.read += [event.subject for event in news]


def test_a_consumer_that_stumbles_keeps_the_news_from_nobody_but_itself(committed_db) -> None:
    events.record([Fact("user.activated", "usr_1", None)])
    bad, good = Follower(stumbles=True), Follower()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="stumbled"):
            worker.feed({"bad": bad, "good": good})
    assert good.read == ["usr_1"]

    bad.stumbles = False
    worker.feed({"bad": bad, "good": good})
    assert (bad.read, good.read) == (["usr_1"], ["usr_1"])


def test_every_periodic_job_runs_when_it_should() -> None:
    runs = {}
    for (name, _), job in app.periodic_registry.periodic_tasks.items():
        times = croniter(job.cron, MIDNIGHT)
        runs[name] = [f"{times.get_next(datetime):%H:%M:%S}" for _ in range(3)]
    assert runs == FIRST_RUNS
