"""The one source of time. A simulation or a test may own it; nothing else calls `datetime.now`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _source()


def monotonic() -> float:
    """Seconds for measuring durations; never for dates."""
    return time.monotonic()


@contextmanager
def use(source: Callable[[], datetime]) -> Iterator[None]:
    """Take time from `source` while the block runs, in every thread of this process."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Stop time at `moment` while the block runs."""
    with use(lambda: moment):
        yield
