"""Payments in simulated worlds: whatever goes wrong in them, the invariants hold."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from tests.simulation.life import Stage, live
from tests.simulation.seeds import REGRESSIONS

SEEDS = int(os.environ.get("SLEEK_SIMULATION_SEEDS") or 30)  # CI plays 300
FIRST = int(os.environ.get("SLEEK_SIMULATION_FIRST") or 1)
AT_ONCE = 10


@pytest.mark.parametrize("first", range(FIRST, FIRST + SEEDS, AT_ONCE))
def test_no_world_breaks_an_invariant(stage: Stage, first: int) -> None:
    for seed in range(first, min(first + AT_ONCE, FIRST + SEEDS)):
        live(stage, seed)


@pytest.mark.parametrize("seed", REGRESSIONS)
def test_a_world_that_once_broke_one_does_no_more(stage: Stage, seed: int) -> None:
    live(stage, seed)


@pytest.mark.parametrize("seed", [3, 14, 159])
def test_the_same_seed_is_the_same_world(stage: Stage, seed: int) -> None:
    first = live(stage, seed)
    assert len(first) > 50
    assert live(stage, seed) == first


def test_no_world_takes_the_lock_that_all_databases_share(stage: Stage) -> None:
    """As a NOTIFY would, of the events, the notices or a job that was deferred."""
    with connection.cursor() as cursor:
        for channel in ("sleek_events", "sleek_notices", "procrastinate_any_queue_v1"):
            cursor.execute(f"LISTEN {channel}")
        live(stage, 14)
        cursor.execute("SELECT 1")
    assert not [*connection.connection.notifies(timeout=0)]
