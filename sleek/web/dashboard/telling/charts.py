"""What the overview's charts draw, as plain data for the script, and the same for the tables.

Every text in it is written here, in the reader's language; the script only draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sleek.core.money import exponent
from sleek.reports.queries.figures.collected import Collected, Figure
from sleek.reports.rules import periods
from sleek.reports.rules.periods import Unit
from sleek.web.ui import words
from sleek.web.ui.templatetags.sleek_ui import month, plain_day, plain_money


@dataclass(frozen=True, slots=True)
class Row:
    """One bar, and one row of the table behind it."""

    label: str  # under the bar
    title: str  # in the table, and over the bar's words
    figure: Figure


@dataclass(frozen=True, slots=True)
class Chart:
    """`kind` is how it is drawn: bars that stand, or lie."""

    key: str
    kind: str
    currency: str
    rows: Sequence[Row]

    @property
    def is_empty(self) -> bool:
        return not any(row.figure.count for row in self.rows)

    @property
    def data_id(self) -> str:
        return f"data-{self.key}"

    @property
    def data(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "currency": self.currency,
            "digits": exponent(self.currency),
            "labels": [row.label for row in self.rows],
            "values": [row.figure.total.minor for row in self.rows],
            "texts": [_words(row) for row in self.rows],
        }


def over_time(found: Collected, unit: Unit) -> Chart:
    rows = [Row(*_names(first, unit), found.on(first)) for first in found.firsts]
    return Chart("time", "standing", found.currency, rows)


def by_way(found: Collected) -> Chart:
    """By channel and method, the largest first; those that brought nothing are left out."""
    ways = sorted(found.ways.items(), key=lambda each: each[1].total.minor, reverse=True)
    rows = [Row(name := _way(*way), name, figure) for way, figure in ways if figure.count]
    return Chart("ways", "lying", found.currency, rows)


def by_hour(hours: Iterable[Figure], currency: str) -> Chart:
    rows = [
        Row(f"{hour:02}", f"{hour:02}:00–{hour:02}:59", figure) for hour, figure in enumerate(hours)
    ]
    return Chart("hours", "standing", currency, rows)


def _names(first: date, unit: Unit) -> tuple[str, str]:
    match unit:
        case Unit.DAY:
            return plain_day(first), plain_day(first)
        case Unit.WEEK:
            last = periods.after(first, unit) - timedelta(days=1)
            return plain_day(first), f"{plain_day(first)} – {plain_day(last)}"
    return month(first), month(first)


def _way(channel: str, method: str) -> str:
    where, how = words.channel(channel), words.method(method)
    return where if where == how else _("%(how)s by %(channel)s") % {"how": how, "channel": where}


def _words(row: Row) -> list[str]:
    count = row.figure.count
    payments = ngettext("%(count)s payment", "%(count)s payments", count) % {"count": count}
    return [row.title, plain_money(row.figure.total), payments]
