"""Days, weeks and months of a time zone, also where clocks jump."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sleek.reports.rules import periods
from sleek.reports.rules.periods import Offset, Unit

SHANGHAI, BERLIN, CAIRO, KATHMANDU, LORD_HOWE = (
    ZoneInfo("Asia/Shanghai"),
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("Africa/Cairo"),
    ZoneInfo("Asia/Kathmandu"),
    ZoneInfo("Australia/Lord_Howe"),
)


def test_a_day_in_shanghai_begins_eight_hours_before_utc():
    start = periods.start_of(date(2026, 3, 2), SHANGHAI)

    assert start == datetime(2026, 3, 1, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_in_berlin_is_as_long_as_its_clocks_say(day, hours):
    first, last = periods.boundaries([day], Unit.DAY, BERLIN)

    assert last - first == timedelta(hours=hours)


def test_where_midnight_does_not_exist_the_day_begins_with_the_jump():
    days = [date(2026, 4, 23), date(2026, 4, 24)]
    before, start, after = periods.boundaries(days, Unit.DAY, CAIRO)

    assert start == datetime(2026, 4, 23, 22, 0, tzinfo=UTC)
    assert (start - before, after - start) == (timedelta(hours=24), timedelta(hours=23))


def test_a_young_business_is_not_measured_against_days_before_it_was_born():
    today = date(2026, 3, 16)

    days = periods.same_weekdays_before(today, 4, not_before=date(2026, 3, 2))

    assert days == [date(2026, 3, 9), date(2026, 3, 2)]


def test_days_with_a_gap_are_refused():
    with pytest.raises(ValueError, match="follow"):
        periods.boundaries([date(2026, 3, 2), date(2026, 3, 4)], Unit.DAY, SHANGHAI)


def test_weeks_begin_on_monday_and_months_on_the_first():
    sunday = date(2026, 3, 1)

    assert periods.last_ones(sunday, Unit.WEEK, 2) == [date(2026, 2, 16), date(2026, 2, 23)]
    assert periods.last_ones(sunday, Unit.MONTH, 3) == [
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 3, 1),
    ]
    assert periods.last_ones(sunday, Unit.DAY, 2) == [date(2026, 2, 28), sunday]


def test_pieces_cover_their_slots_without_gap_or_overlap_and_use_whole_days():
    firsts = periods.last_ones(date(2026, 10, 30), Unit.MONTH, 3)
    edges = periods.boundaries(firsts, Unit.MONTH, KATHMANDU)

    found = periods.pieces(edges)

    assert [piece.slot for piece in found] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert [piece.first for piece in found[1:]] == [piece.last for piece in found[:-1]]
    assert (found[0].first, found[-1].last) == (edges[0], edges[-1])
    assert [(p.last - p.first).days for p in found if p.is_days] == [30, 29, 30]
    assert all(p.first.hour == p.first.minute == 0 for p in found if p.is_days)


def test_a_day_that_is_one_of_utc_is_one_piece():
    [piece] = periods.pieces(periods.boundaries([date(2026, 3, 2)], Unit.DAY, ZoneInfo("UTC")))

    assert piece.is_days


def test_changes_of_clocks_are_found_to_the_quarter_of_an_hour():
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)

    assert periods.offsets(first, last, LORD_HOWE) == [
        Offset(first, datetime(2026, 4, 4, 15, 0, tzinfo=UTC), timedelta(hours=11)),
        Offset(datetime(2026, 4, 4, 15, 0, tzinfo=UTC), last, timedelta(hours=10, minutes=30)),
    ]
    assert periods.offsets(first, last, SHANGHAI) == [Offset(first, last, timedelta(hours=8))]
