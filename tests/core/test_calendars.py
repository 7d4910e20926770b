"""Working days: weekends, holidays, and days that are worked to make up."""

from __future__ import annotations

from datetime import date

import pytest

from sleek.core import calendars

# 2026: Spring Festival from 15 to 23 February, made up for on the 14th and the 28th.
DAYS = [
    ("CN", date(2026, 2, 13), True),
    ("CN", date(2026, 2, 14), True),  # a Saturday, worked to make up
    ("CN", date(2026, 2, 15), False),
    ("CN", date(2026, 2, 17), False),
    ("CN", date(2026, 2, 20), False),  # given for the 14th
    ("CN", date(2026, 2, 23), False),  # given for the 28th
    ("CN", date(2026, 2, 24), True),
    ("CN", date(2026, 2, 28), True),  # a Saturday, worked to make up
    ("CN", date(2026, 3, 1), False),
    ("CN", date(2026, 10, 1), False),
    ("CN", date(2026, 10, 10), True),  # a Saturday, worked to make up
    ("DE", date(2026, 2, 17), True),
    ("DE", date(2026, 10, 3), False),
    ("DE", date(2026, 12, 25), False),
    ("US", date(2026, 11, 26), False),  # Thanksgiving
    ("US", date(2026, 11, 27), True),
    ("AE", date(2026, 3, 7), False),  # Saturday
    ("SA", date(2026, 3, 6), False),  # Friday: the weekend there
    ("SA", date(2026, 3, 8), True),  # Sunday is worked
    ("XX", date(2026, 3, 7), False),  # nobody knows the country: Saturday
    ("XX", date(2026, 12, 25), True),
    ("", date(2026, 3, 9), True),
]


@pytest.mark.parametrize(("country", "day", "is_working"), DAYS)
def test_working_days(country, day, is_working):
    assert calendars.is_working_day(country, day) is is_working


@pytest.mark.parametrize(
    ("country", "start", "count", "expected"),
    [
        ("CN", date(2026, 2, 12), 1, date(2026, 2, 13)),
        ("CN", date(2026, 2, 12), 2, date(2026, 2, 14)),
        ("CN", date(2026, 2, 12), 3, date(2026, 2, 24)),
        ("DE", date(2026, 2, 12), 3, date(2026, 2, 17)),
        ("DE", date(2026, 3, 6), 0, date(2026, 3, 6)),
        ("DE", date(2026, 3, 6), 1, date(2026, 3, 9)),
        ("DE", date(2025, 12, 31), 1, date(2026, 1, 2)),  # over the turn of the year
        ("XX", date(2026, 3, 6), 15, date(2026, 3, 27)),
    ],
)
def test_counting_working_days(country, start, count, expected):
    assert calendars.working_days_after(country, start, count) == expected
