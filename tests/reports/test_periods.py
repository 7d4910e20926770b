"""Days of a time zone, also where clocks jump."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sleek.reports.rules import periods

SHANGHAI, BERLIN, CAIRO = (
    ZoneInfo("Asia/Shanghai"),
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("Africa/Cairo"),
)


def test_a_day_in_shanghai_begins_eight_hours_before_utc():
    start = periods.start_of(date(2026, 3, 2), SHANGHAI)

    assert start == datetime(2026, 3, 1, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_in_berlin_is_as_long_as_its_clocks_say(day, hours):
    first, last = periods.boundaries([day], BERLIN)

    assert last - first == timedelta(hours=hours)


def test_where_midnight_does_not_exist_the_day_begins_with_the_jump():
    before, start, after = periods.boundaries([date(2026, 4, 23), date(2026, 4, 24)], CAIRO)

    assert start == datetime(2026, 4, 23, 22, 0, tzinfo=UTC)
    assert (start - before, after - start) == (timedelta(hours=24), timedelta(hours=23))


def test_a_young_business_is_not_measured_against_days_before_it_was_born():
    today = date(2026, 3, 16)

    days = periods.same_weekdays_before(today, 4, not_before=date(2026, 3, 2))

    assert days == [date(2026, 3, 9), date(2026, 3, 2)]


def test_days_with_a_gap_are_refused():
    with pytest.raises(ValueError, match="follow"):
        periods.boundaries([date(2026, 3, 2), date(2026, 3, 4)], SHANGHAI)
