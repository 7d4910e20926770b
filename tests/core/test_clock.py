from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sleek.core import clock

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def test_time_is_aware_and_in_utc():
    assert clock.now().utcoffset() == timedelta(0)


def test_time_stands_still_while_it_is_frozen_and_runs_on_after_an_error():
    try:
        with clock.frozen(NEW_YEAR):
            assert clock.now() == clock.now() == NEW_YEAR
            raise LookupError
    except LookupError:
        assert clock.now() != NEW_YEAR


def test_a_test_moves_time_by_hand(frozen_clock):
    before = clock.now()
    frozen_clock.advance(days=1, seconds=30)
    assert clock.now() - before == timedelta(days=1, seconds=30)
