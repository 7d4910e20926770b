"""What is still owed on bills, by how long it has been due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Greatest

from sleek.core.money import Money
from sleek.invoices.models import Instalment, Invoice
from sleek.invoices.rules import InvoiceStatus

# Beyond which day a column begins, and its name.
COLUMNS = (("not_due", None), ("days_30", 0), ("days_60", 30), ("days_90", 60), ("more", 90))


@dataclass(frozen=True, slots=True)
class Aged:
    """Of one currency, what is owed in each column, in their order, and all of it."""

    currency: str
    columns: tuple[Money, ...]

    @property
    def whole(self) -> Money:
        return Money(sum(each.minor for each in self.columns), self.currency)

    @property
    def overdue(self) -> Money:
        return Money(sum(each.minor for each in self.columns[1:]), self.currency)


def aging(bills: QuerySet[Invoice], *, today: date) -> list[Aged]:
    """By instalments, since each has a day of its own. The largest sum first."""
    open_ones = bills.filter(status=InvoiceStatus.OPEN)
    rows = Instalment.objects.filter(invoice__in=open_ones)
    rows = rows.annotate(owed=Greatest(F("amount") - F("amount_paid"), 0))
    sums = {
        name: Coalesce(Sum("owed", filter=_between(place, today)), 0)
        for place, (name, _days) in enumerate(COLUMNS)
    }
    found = rows.values_list("invoice__currency").annotate(**sums)
    credited = _credited(open_ones)
    aged = [_aged(currency, list(columns), credited) for currency, *columns in found]
    return sorted((each for each in aged if each.whole.minor), key=lambda each: -each.whole.minor)


def _between(place: int, today: date) -> Q:
    """What has no day is not due yet."""
    if place == 0:
        return Q(due_on=None) | Q(due_on__gte=today)
    days = COLUMNS[place][1]
    assert days is not None
    later = Q(due_on__lt=today - timedelta(days=days))
    if place + 1 == len(COLUMNS):
        return later
    beyond = COLUMNS[place + 1][1]
    assert beyond is not None
    return later & Q(due_on__gte=today - timedelta(days=beyond))


def _credited(bills: QuerySet[Invoice]) -> dict[str, int]:
    rows = bills.filter(amount_credited__gt=0).values_list("currency")
    return dict(rows.annotate(Sum("amount_credited")))


def _aged(currency: str, sums: list[int], credited: dict[str, int]) -> Aged:
    """Credit notes belong to no instalment: they take from what has been due longest."""
    left = credited.get(currency, 0)
    for place in reversed(range(len(sums))):
        taken = min(left, sums[place])
        sums[place] -= taken
        left -= taken
    return Aged(currency, tuple(Money(minor, currency) for minor in sums))
