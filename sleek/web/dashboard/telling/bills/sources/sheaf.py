"""The bills that a table would make, and an empty table to begin with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.core.money import Money
from sleek.core.tables import Cell
from sleek.invoices.queries import MOST_BILLS, NATURES, Drawn, Sheaf
from sleek.invoices.rules import Nature
from sleek.web.dashboard.telling import customers as telling

_DUE_IN = timedelta(days=30)  # of the example


@dataclass(frozen=True, slots=True)
class Row:
    """One bill of a preview."""

    numbers: str
    payer: str
    email: str
    is_new: bool
    nature: str
    item: str
    more: int  # lines
    po_numbers: str
    due_on: date | None
    due_days: int | None
    total: Money


def preview(found: Sheaf, shown: int) -> dict[str, object]:
    sums: dict[str, Money] = {}
    for each in found.bills:
        currency = each.total.currency
        sums[currency] = sums.get(currency, Money(0, currency)) + each.total
    return {
        "fresh": [_row(each) for each in found.bills[:shown]],
        "fresh_count": len(found.bills),
        "sums": [sums[currency] for currency in sorted(sums)],
        "newcomer_count": len(found.newcomers),
        "missing": found.missing,
        "earlier": found.earlier,
        "too_many": MOST_BILLS if len(found.bills) > MOST_BILLS else 0,
    }


def template() -> Iterator[Sequence[Cell]]:
    """An empty table with the heads that are understood, and two bills, one of two lines."""
    yield [str(name) for name in telling.BILL_FIELDS.values()]
    due = (timezone.localdate(clock.now()) + _DUE_IN).isoformat()
    piece, name, address = _("pcs"), "Berg Keramik GmbH", "anna@example.com"
    sample, courier = _example(_("Celadon vase"), "QH-01", 2, piece, "35.50"), _courier()
    yield [name, address, str(NATURES[Nature.SAMPLING]), *sample, "USD", due, "PO-7", "A", "", ""]
    yield ["", "", "", *courier, "", "", "", "A", "", ""]
    mould = _example(_("Mould design"), "", 1, piece, "300")
    yield [
        "Okafor Imports Ltd",
        "",
        str(NATURES[Nature.TOOLING]),
        *mould,
        "EUR",
        "30",
        "",
        "",
        "",
        "",
    ]


def _row(each: Drawn) -> Row:
    draft = each.draft
    return Row(
        numbers=", ".join(map(str, each.numbers)),
        payer=draft.payer.name,
        email=draft.payer.email,
        is_new=each.newcomer is not None,
        nature=str(NATURES[draft.nature]),
        item=draft.lines[0].item,
        more=len(draft.lines) - 1,
        po_numbers=", ".join(document.number for document in draft.documents),
        due_on=draft.due_on,
        due_days=draft.due_days,
        total=each.total,
    )


def _example(item: str, spec: str, quantity: int, unit: str, price: str) -> list[Cell]:
    """The cells of a line: without tax, hours and an amount."""
    return [item, spec, quantity, unit, Decimal(price), "", None, None]


def _courier() -> list[Cell]:
    return _example(_("Courier"), "DHL", 1, _("parcel"), "12")
