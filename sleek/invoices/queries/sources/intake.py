"""What a table's lines would make of a draft: they come to its own, or instead of them.

What the table said goes along as a document of the bill, so that a later difference shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from sleek.core.money import InvalidAmount, Money
from sleek.customers import actions as customers
from sleek.customers import rules as rows
from sleek.customers.models import TableFile
from sleek.customers.rules import LINES, CellFlaw, Fault, Found, LineRow, Rejected
from sleek.invoices.queries.drafts import Draft, LineWish, Reference
from sleek.invoices.rules import DocumentKind, Figures, ListedLine, Listing, totals

WITH_TAX, WITHOUT_TAX = "with", "without"


class Mode(StrEnum):
    """What becomes of the lines that are on the draft."""

    ADD = "add"
    REPLACE = "replace"


class Obstacle(StrEnum):
    """Why a table's lines cannot stand on this draft."""

    OTHER_CURRENCY = "other_currency"
    OTHER_TAX = "other_tax"


@dataclass(frozen=True, slots=True)
class Wish:
    """How a table is taken over: guessed from what it says, and then as a person says."""

    mode: Mode
    currency: str
    is_tax_inclusive: bool
    kind: DocumentKind
    number: str

    def pack(self) -> dict[str, str]:
        return {
            "mode": self.mode,
            "currency": self.currency,
            "tax": WITH_TAX if self.is_tax_inclusive else WITHOUT_TAX,
            "kind": self.kind,
            "number": self.number,
        }


@dataclass(frozen=True, slots=True)
class Intake:
    """`draft` is the bill as it would be; `missing` are rows that should have been lines."""

    draft: Draft
    wish: Wish
    found: Found[LineRow]
    obstacle: Obstacle | None = None

    @property
    def missing(self) -> int:
        return sum(not out.is_beside for out in self.found.rejected)


def intake(file: TableFile, draft: Draft) -> Intake:
    wish = wish_for(file, draft)
    found = assessed(file, wish)
    kept = draft.lines if wish.mode == Mode.ADD else ()
    fresh = replace(
        draft,
        currency=wish.currency,
        is_tax_inclusive=wish.is_tax_inclusive,
        lines=kept + tuple(line_wish(row) for _number, row in found.entries),
        documents=_documents(draft, wish, _listing(file, wish, found)),
    )
    return Intake(fresh, wish, found, _obstacle(draft, fresh, kept))


def wish_for(file: TableFile, draft: Draft) -> Wish:
    layout = file.read_as
    told = rows.around(file.grid, layout.head_row, layout.places, file.name)
    has_tax = draft.is_tax_inclusive if told.has_tax is None else told.has_tax
    guessed = {
        "mode": Mode.ADD if draft.lines else Mode.REPLACE,
        "currency": told.currency(draft.currency),
        "tax": WITH_TAX if has_tax else WITHOUT_TAX,
        "kind": told.kind,
        "number": told.number,
    }
    said = guessed | dict(layout.options)
    return Wish(
        mode=Mode(said["mode"]),
        currency=said["currency"],
        is_tax_inclusive=said["tax"] == WITH_TAX,
        kind=DocumentKind(said["kind"]),
        number=said["number"] or file.name or file.public_id,
    )


def assessed(file: TableFile, wish: Wish) -> Found[LineRow]:
    """Without lines that say another currency, or another amount than the bill would count."""
    found = customers.read(file, LINES)
    grid = {row.number: row for row in file.grid}
    entries, rejected = [], list(found.rejected)
    for number, line in found.entries:
        if faults := line_faults(line, wish.currency, wish.is_tax_inclusive):
            rejected.append(Rejected(grid[number], faults))
        else:
            entries.append((number, line))
    return Found(tuple(entries), tuple(sorted(rejected, key=lambda out: out.row.number)))


def line_wish(row: LineRow) -> LineWish:
    return LineWish(
        item=row.item,
        figures=_figures(row),
        spec=row.spec,
        unit=row.unit,
        is_hourly=row.hours is not None,
        quoted_price=row.price,
    )


def obstacle_in_words(intake: Intake, draft: Draft) -> str:
    """What to do about it, for `draft` as it is."""
    if intake.obstacle == Obstacle.OTHER_CURRENCY:
        said = _(
            "The table is in %(theirs)s, and amounts on the bill are in %(ours)s. Change the "
            "bill's currency first, or make a new bill of the table."
        )
        return said % {"theirs": intake.wish.currency, "ours": draft.currency}
    if intake.wish.is_tax_inclusive:
        return _("The table's prices contain tax, those on the bill do not. Replace them instead.")
    return _("The table's prices are without tax, those on the bill contain it. Replace them.")


def line_faults(line: LineRow, currency: str, is_tax_inclusive: bool) -> tuple[Fault, ...]:
    """Where a line says another currency, or another amount than a bill would count."""
    faults = []
    if line.money and currency not in rows.means(line.money):
        about = (line.money, currency)
        faults.append(Fault("price", CellFlaw.OTHER_MONEY, about))
    try:
        if line.amount is not None and not _comes_to(line, line.amount, currency, is_tax_inclusive):
            faults.append(Fault("amount", CellFlaw.AMOUNT, _sum(line, currency)))
    except (ArithmeticError, InvalidAmount):
        faults.append(Fault("amount", CellFlaw.TOO_LARGE))
    return tuple(faults)


def _comes_to(line: LineRow, told: Decimal, currency: str, is_tax_inclusive: bool) -> bool:
    """Beside prices without tax people write amounts with it, and the other way round."""
    counted = totals([_figures(line)], currency, is_tax_inclusive=is_tax_inclusive)
    return _rounded(told, currency) in (counted.net, counted.total)


def _rounded(told: Decimal, currency: str) -> Money:
    """As a line of one piece at that price, so that both are rounded alike."""
    price = Figures(Decimal(1), told)
    return totals([price], currency, is_tax_inclusive=True).total


def _sum(line: LineRow, currency: str) -> tuple[str, str]:
    factors = [line.quantity, *([line.hours] if line.hours is not None else []), line.price]
    told = " × ".join(f"{factor:f}" for factor in factors)
    amount = totals([_figures(line)], currency, is_tax_inclusive=True).total.decimal
    return f"{line.amount:f}", f"{told} = {amount:f}"


def _obstacle(draft: Draft, fresh: Draft, kept: Sequence[LineWish]) -> Obstacle | None:
    """Amounts that stand on the draft are of its currency, and its prices with tax or without."""
    has_amounts = kept or draft.policy or any(stage.amount for stage in draft.stages)
    if has_amounts and draft.currency != fresh.currency:
        return Obstacle.OTHER_CURRENCY
    is_taxed = any(line.figures.tax_rate for line in fresh.lines)
    if kept and is_taxed and draft.is_tax_inclusive != fresh.is_tax_inclusive:
        return Obstacle.OTHER_TAX
    return None


def _documents(draft: Draft, wish: Wish, listing: Listing) -> tuple[Reference, ...]:
    """With the table's among them. Instead of all lines it stands instead of all that they were
    taken from; the numbers stay.
    """
    others = draft.documents
    if wish.mode == Mode.REPLACE:
        others = tuple(replace(each, listing=None) for each in others)
    same = [each for each in others if (each.kind, each.number) == (wish.kind, wish.number)]
    said = [each.listing for each in same if each.listing]
    whole = replace(
        listing,
        lines=tuple(line for each in said for line in each.lines) + listing.lines,
        unread=sum(each.unread for each in said) + listing.unread,
    )
    rest = tuple(each for each in others if each not in same)
    return (*rest, Reference(wish.kind, wish.number, whole))


def _listing(file: TableFile, wish: Wish, found: Found[LineRow]) -> Listing:
    return Listing(
        currency=wish.currency,
        is_tax_inclusive=wish.is_tax_inclusive,
        lines=_listed(row for _number, row in found.entries),
        name=file.name,
        unread=sum(not out.is_beside for out in found.rejected),
    )


def _listed(lines: Iterable[LineRow]) -> tuple[ListedLine, ...]:
    return tuple(
        ListedLine(
            item=line.item,
            spec=line.spec,
            unit=line.unit,
            quantity=line.quantity,
            price=line.price,
            tax_rate=line.tax_rate,
            hours=line.hours,
        )
        for line in lines
    )


def _figures(row: LineRow) -> Figures:
    return Figures(row.quantity, row.price, row.hours or Decimal(1), row.tax_rate)
