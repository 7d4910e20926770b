"""Reading events in tests that commit."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence

from sleek.events import actions, queries
from sleek.events.models import Event

PATIENCE = 20.0  # seconds
A_MOMENT = 0.01


def consume(
    consumer: str,
    handle: Callable[[Sequence[Event]], None],
    *,
    kinds: Collection[str] | None = None,
    limit: int = actions.BATCH,
) -> int:
    """As the worker does: look again while there is something that is not shown yet.

    A transaction of another database on the server, which ends between two looks of the query,
    counts as one of ours for that query. The tests beside this one run such transactions.
    """
    until = time.monotonic() + PATIENCE
    while not (passed := actions.consume(consumer, handle, kinds=kinds, limit=limit)):
        if not queries.behind([consumer]):
            return 0
        assert time.monotonic() < until, f"something stayed hidden from {consumer}"
        time.sleep(A_MOMENT)
    return passed
