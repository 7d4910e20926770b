"""Days, weeks and months of a time zone, and how they are put together from roll-ups of UTC. Pure.

A day begins at its local midnight and has 23, 24 or 25 hours, or half an hour more or less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_QUARTER = timedelta(minutes=15)


class Unit(StrEnum):
    """What figures are shown by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the slot with this number, to be read from days of UTC or from quarters."""

    slot: int
    is_days: bool
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Offset:
    """A stretch in which a zone's clocks show UTC and `shift`."""

    first: datetime
    last: datetime
    shift: timedelta


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, in UTC.

    Where clocks jump over midnight, zoneinfo reads 00:00 with the offset before the jump, which is
    the moment of the jump itself; where midnight comes twice it is the first one.
    """
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def first_of(day: date, unit: Unit) -> date:
    """The first day of the week (a Monday) or month that the day is in; of a day, itself."""
    match unit:
        case Unit.WEEK:
            return day - timedelta(days=day.weekday())
        case Unit.MONTH:
            return day.replace(day=1)
    return day


def last_ones(today: date, unit: Unit, count: int) -> list[date]:
    """The first days of `count` units up to the one that today is in, oldest first."""
    found = [first_of(today, unit)]
    while len(found) < count:
        found.append(first_of(found[-1] - timedelta(days=1), unit))
    return found[::-1]


def after(first: date, unit: Unit) -> date:
    """Where the next unit begins."""
    match unit:
        case Unit.WEEK:
            return first + timedelta(days=7)
        case Unit.MONTH:
            return first_of(first + timedelta(days=31), unit)
    return first + timedelta(days=1)


def boundaries(firsts: Sequence[date], unit: Unit, zone: ZoneInfo) -> list[datetime]:
    """Where consecutive units begin, and where the last one ends."""
    if any(after(earlier, unit) != later for earlier, later in pairwise(firsts)):
        raise ValueError(f"the {unit}s do not follow each other")
    return [start_of(day, zone) for day in [*firsts, after(firsts[-1], unit)]]


def pieces(edges: Sequence[datetime]) -> list[Piece]:
    """The slots between the edges, in as few roll-ups as they can be read from."""
    return [
        piece
        for slot, (first, last) in enumerate(pairwise(edges))
        for piece in _pieces(slot, first, last)
        if piece.first < piece.last
    ]


def offsets(first: datetime, last: datetime, zone: ZoneInfo) -> list[Offset]:
    """How far the zone's clocks are from UTC, from change to change.

    Changes are looked for from day to day and then found to the quarter of an hour.
    """
    found: list[Offset] = []
    while first < last:
        shift = _shift(first, zone)
        end = min(first + _DAY, last)
        while end < last and _shift(end, zone) == shift:
            end = min(end + _DAY, last)
        if _shift(end, zone) != shift:
            end = _change_before(end, shift, zone)
        found.append(Offset(first, end, shift))
        first = end
    return found


def _change_before(moment: datetime, shift: timedelta, zone: ZoneInfo) -> datetime:
    while _shift(moment - _QUARTER, zone) != shift:
        moment -= _QUARTER
    return moment


def _shift(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _pieces(slot: int, first: datetime, last: datetime) -> list[Piece]:
    whole_first = _midnight(first) if first == _midnight(first) else _midnight(first) + _DAY
    whole_last = _midnight(last)
    if whole_first >= whole_last:
        return [Piece(slot, False, first, last)]
    return [
        Piece(slot, False, first, whole_first),
        Piece(slot, True, whole_first, whole_last),
        Piece(slot, False, whole_last, last),
    ]


def _midnight(moment: datetime) -> datetime:
    """The beginning of its day in UTC."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def same_weekdays_before(day: date, weeks: int, *, not_before: date) -> list[date]:
    """The same weekday of the last weeks; a business has no average of days before its birth."""
    past = [day - timedelta(weeks=week) for week in range(1, weeks + 1)]
    return [candidate for candidate in past if candidate >= not_before]
