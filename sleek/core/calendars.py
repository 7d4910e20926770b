"""Working days by country: weekends, public holidays, and the days that China works to make up.

What each country keeps is the `holidays` library's to know; a country that it does not know has
Saturdays and Sundays off.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import holidays

_WEEKEND = frozenset({5, 6})  # Saturday and Sunday, as `date.weekday` counts
MAX_DAYS = 400  # looked through at most


def is_working_day(country: str, day: date) -> bool:
    known = _calendar(country)
    return day.weekday() not in _WEEKEND if known is None else bool(known.is_working_day(day))


def working_days_after(country: str, start: date, count: int) -> date:
    """The `count`-th working day after `start`; with none, `start` itself."""
    day = start
    for _ in range(MAX_DAYS):
        if count <= 0:
            break
        day += timedelta(days=1)
        count -= is_working_day(country, day)
    return day


@cache
def _calendar(country: str) -> holidays.HolidayBase | None:
    """It adds the years that it is asked about by itself."""
    import holidays  # a tenth of a second, which few processes need

    try:
        return holidays.country_holidays(country)
    except NotImplementedError:
        return None
