"""What a table's lines would make of a bill, and an empty table to begin with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from sleek.core.money import Money
from sleek.core.tables import Cell
from sleek.customers.rules import LineRow
from sleek.invoices import actions as invoices
from sleek.invoices import queries, rules
from sleek.invoices.actions import InvalidInvoice, Page
from sleek.invoices.queries import Intake
from sleek.invoices.rules import Figures
from sleek.merchants.models import Membership
from sleek.web.dashboard.forms.bills import flaws
from sleek.web.dashboard.telling import customers as telling
from sleek.web.dashboard.telling.bills.sources import numbers


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    line: LineRow
    quantity: str
    price: str
    amount: Money


def preview(found: Intake, page: Page, *, by: Membership, shown: int) -> dict[str, object]:
    """The lines as the bill would have them, and what it would come to."""
    entries, draft = found.found.entries, found.draft
    lines = [line for _number, line in entries]
    problem = queries.obstacle_in_words(found, page.draft) if found.obstacle else ""
    told: dict[str, object] = {
        "fresh_count": len(entries),
        "has_hours": any(line.hours is not None for line in lines),
        "has_tax": any(line.tax_rate for line in lines),
    }
    try:
        with invoices.trial(draft, by=by, invoice=page.invoice) as wished:
            counted = rules.totals(
                [line.figures for line in draft.lines],
                draft.currency,
                is_tax_inclusive=draft.is_tax_inclusive,
            )
            told |= {"total": counted.total, "net": counted.net, "asked": wished.asked}
            told["taxes"] = [tax for tax in counted.taxes if tax.tax.minor]
            amounts = counted.amounts[len(draft.lines) - len(lines) :]
    except InvalidInvoice as error:
        problem = problem or flaws.sentence(error, currency=draft.currency)
        amounts = tuple(_amounts(lines, draft.currency))
    told["fresh"] = [
        Row(
            number,
            line,
            numbers.number(line.quantity),
            numbers.price(line.price, draft.currency),
            amount,
        )
        for (number, line), amount in zip(entries[:shown], amounts[:shown], strict=True)
    ]
    return told | {"problem": problem}


def template() -> Iterator[Sequence[Cell]]:
    """An empty table with the heads that are understood, and two examples."""
    yield [str(name) for name in telling.LINE_FIELDS.values()]
    piece, hour = _("pcs"), _("hours of work")
    yield [_("Celadon vase"), "QH-01", 12, piece, Decimal("35.50"), "13%", None, Decimal(426), ""]
    yield [_("Mould design"), "", 1, hour, Decimal(300), "6%", Decimal("2.5"), Decimal(750), ""]


def _amounts(lines: Sequence[LineRow], currency: str) -> Iterator[Money]:
    """Line by line, where together they make no bill; nothing is as large as what is too large."""
    for line in lines:
        figures = Figures(line.quantity, line.price, line.hours or Decimal(1), line.tax_rate)
        try:
            yield rules.totals([figures], currency, is_tax_inclusive=True).total
        except (ArithmeticError, ValueError):
            yield Money(0, currency)
