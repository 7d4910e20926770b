"""Days of a time zone. A day begins at its local midnight and has 23, 24 or 25 hours. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, in UTC.

    Where clocks jump over midnight, zoneinfo reads 00:00 with the offset before the jump, which is
    the moment of the jump itself; where midnight comes twice it is the first one.
    """
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def last_days(today: date, count: int) -> list[date]:
    """`count` days up to and including today, oldest first."""
    return [today - timedelta(days=back) for back in reversed(range(count))]


def boundaries(days: Sequence[date], zone: ZoneInfo) -> list[datetime]:
    """Where consecutive days begin, and where the last one ends."""
    if any(later - earlier != timedelta(days=1) for earlier, later in pairwise(days)):
        raise ValueError("the days do not follow each other")
    return [start_of(day, zone) for day in [*days, days[-1] + timedelta(days=1)]]


def start_of_week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def start_of_month(day: date) -> date:
    return day.replace(day=1)


def same_weekdays_before(day: date, weeks: int, *, not_before: date) -> list[date]:
    """The same weekday of the last weeks; a business has no average of days before its birth."""
    past = [day - timedelta(weeks=week) for week in range(1, weeks + 1)]
    return [candidate for candidate in past if candidate >= not_before]
