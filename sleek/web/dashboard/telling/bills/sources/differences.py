"""Where a bill differs from what it was copied from, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sleek.invoices.queries import Comparison
from sleek.invoices.rules import Change, Difference, ListedLine
from sleek.web.dashboard.telling.bills import words
from sleek.web.dashboard.telling.bills.sources import numbers

_SAYS: dict[Change, Promise] = {
    Change.ITEM: gettext_lazy("Called “%(ours)s”, in %(source)s “%(theirs)s”."),
    Change.SPEC: gettext_lazy("%(source)s says “%(theirs)s”, not “%(ours)s”."),
    Change.UNIT: gettext_lazy("Counted in “%(ours)s”, in %(source)s in “%(theirs)s”."),
    Change.QUANTITY: gettext_lazy("Quantity %(ours)s, in %(source)s %(theirs)s."),
    Change.HOURS: gettext_lazy("Hours %(ours)s, in %(source)s %(theirs)s."),
    Change.PRICE_LOWER: gettext_lazy("Price %(ours)s, lower than %(theirs)s in %(source)s."),
    Change.PRICE_HIGHER: gettext_lazy("Price %(ours)s, higher than %(theirs)s in %(source)s."),
    Change.TAX_RATE: gettext_lazy("Tax %(ours)s %%, in %(source)s %(theirs)s %%."),
}
_COLUMNS = {
    Change.ITEM: "item",
    Change.SPEC: "spec",
    Change.UNIT: "unit",
    Change.QUANTITY: "quantity",
    Change.HOURS: "hours",
    Change.PRICE_LOWER: "price",
    Change.PRICE_HIGHER: "price",
    Change.TAX_RATE: "tax_rate",
}


@dataclass(frozen=True, slots=True)
class Told:
    """By the places of the bill's lines, and what concerns no line of it."""

    by_line: dict[int, list[str]] = field(default_factory=dict)
    apart: list[str] = field(default_factory=list)


def tell(comparisons: Sequence[Comparison]) -> Told:
    """Beside the lines, where one sees which is meant."""
    told = Told()
    for comparison in comparisons:
        for each in comparison.differences:
            sentence = _sentence(each, comparison)
            if each.place is None:
                told.apart.append(sentence)
            else:
                told.by_line.setdefault(each.place, []).append(sentence)
    return told


def listed(comparisons: Sequence[Comparison]) -> list[tuple[str, list[str]]]:
    """Away from the lines: under the items' names, and last what concerns none of them."""
    told = tell(comparisons)
    items = {
        each.place: each.ours.item
        for comparison in comparisons
        for each in comparison.differences
        if each.place is not None and each.ours
    }
    found = [(items[place], sentences) for place, sentences in sorted(told.by_line.items())]
    return [*found, *([("", told.apart)] if told.apart else [])]


def _sentence(each: Difference, comparison: Comparison) -> str:
    source = _source(each, comparison)
    if each.change == Change.ADDED:
        return _("Not in %(source)s.") % {"source": source}
    if each.change == Change.LEFT_OUT and each.theirs:
        line = {"item": each.theirs.item, "sum": _counted(each.theirs, _currency(each, comparison))}
        return _("Left out of %(source)s: %(item)s, %(sum)s.") % (line | {"source": source})
    if each.change == Change.CURRENCY:
        said = _("%(source)s is in %(currency)s: its prices cannot be compared.")
        return said % {"source": source, "currency": _currency(each, comparison)}
    if each.change == Change.UNREAD:
        said = ngettext(
            "%(count)s row of %(source)s could not be read and is not on the bill.",
            "%(count)s rows of %(source)s could not be read and are not on the bill.",
            each.count,
        )
        return said % {"count": each.count, "source": source}
    return str(_SAYS[each.change]) % {"source": source, **_values(each, comparison)}


def _source(each: Difference, comparison: Comparison) -> str:
    """A line that stands in no source is in none of them."""
    if comparison.other is not None:
        return words.name(comparison.other)
    if each.source is None:
        return ", ".join(dict.fromkeys(comparison.names))
    return comparison.names[each.source]


def _currency(each: Difference, comparison: Comparison) -> str:
    return comparison.sources[each.source or 0].currency


def _values(each: Difference, comparison: Comparison) -> dict[str, str]:
    name = _COLUMNS[each.change]
    sides = {"ours": each.ours, "theirs": each.theirs}
    currency = _currency(each, comparison) if name == "price" else ""
    return {side: _value(getattr(line, name), currency) for side, line in sides.items()}


def _value(value: object, currency: str) -> str:
    if isinstance(value, Decimal):
        return numbers.price_in(value, currency) if currency else numbers.number(value)
    return str(value or "—")


def _counted(line: ListedLine, currency: str) -> str:
    return " × ".join(_factors(line, currency))


def _factors(line: ListedLine, currency: str) -> Iterator[str]:
    yield f"{numbers.number(line.quantity)} {line.unit}".strip()
    if line.hours is not None:
        yield numbers.number(line.hours)
    yield numbers.price_in(line.price, currency)
