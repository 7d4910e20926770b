"""Geometry of the bars on the overview. Pure: the template draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sleek.core.money import Money
from sleek.reports.queries.collected import Collected, Figure

WIDTH, HEIGHT = 720, 160  # of the drawing, in its own units
GAP = 0.28  # of a slot, left free
LEAST = 2  # a day that brought anything shows something


@dataclass(frozen=True, slots=True)
class Bar:
    day: date
    figure: Figure
    x: float
    y: float
    width: float
    height: float
    slot_x: float
    slot_width: float


@dataclass(frozen=True, slots=True)
class Chart:
    currency: str
    bars: list[Bar]
    top: Money
    total: Figure

    @property
    def is_empty(self) -> bool:
        return not self.total.count


def draw(figures: Collected, days: Sequence[date], currency: str) -> Chart:
    per_day = [figures.on(day, currency) for day in days]
    top = max((figure.total.minor for figure in per_day), default=0)
    slot = WIDTH / len(days)
    bars = []
    for index, (day, figure) in enumerate(zip(days, per_day, strict=True)):
        height = _height(figure.total.minor, top)
        bars.append(
            Bar(
                day=day,
                figure=figure,
                x=round(index * slot + slot * GAP / 2, 2),
                y=round(HEIGHT - height, 2),
                width=round(slot * (1 - GAP), 2),
                height=height,
                slot_x=round(index * slot, 2),
                slot_width=round(slot, 2),
            )
        )
    total = figures.between(days[0], days[-1], currency)
    return Chart(currency, bars, Money(top, currency), total)


def _height(minor: int, top: int) -> float:
    if minor <= 0:
        return 0
    return max(LEAST, round(HEIGHT * minor / top, 2))
