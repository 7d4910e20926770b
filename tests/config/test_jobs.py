"""When the periodic jobs run."""

from __future__ import annotations

from datetime import UTC, datetime

from croniter import croniter  # type: ignore[import-untyped]
from procrastinate.contrib.django import app

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
FIRST_RUNS = {
    "sleek.payments.tasks.check_due": ["00:00:05", "00:00:10", "00:00:15"],
    "sleek.payments.tasks.expire_due": ["00:00:05", "00:00:10", "00:00:15"],
    "sleek.refunds.tasks.check_due": ["00:00:05", "00:00:10", "00:00:15"],
    "sleek.fx.tasks.refresh": ["15:20:00", "17:20:00", "21:20:00"],
}


def test_every_periodic_job_runs_when_it_should() -> None:
    runs = {}
    for (name, _), job in app.periodic_registry.periodic_tasks.items():
        times = croniter(job.cron, MIDNIGHT)
        runs[name] = [f"{times.get_next(datetime):%H:%M:%S}" for _ in range(3)]
    assert runs == FIRST_RUNS
