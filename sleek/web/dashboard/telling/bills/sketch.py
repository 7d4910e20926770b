"""What a bill that is being typed would come to, and its paper: written, looked at, undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices import queries, rules
from sleek.invoices.actions import InvalidInvoice
from sleek.invoices.models import Invoice
from sleek.invoices.queries import Draft
from sleek.invoices.rules import Tax, Totals
from sleek.merchants.models import Membership
from sleek.papers.rules import Sheet
from sleek.web.dashboard.forms.bills import flaws
from sleek.web.dashboard.forms.bills.editor import Editor
from sleek.web.dashboard.telling.bills import paper
from sleek.web.dashboard.telling.bills.paper import Pages
from sleek.web.dashboard.telling.bills.sources import differences
from sleek.web.dashboard.telling.bills.sources.differences import Told


@dataclass(frozen=True, slots=True)
class Deducted:
    number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Sketch:
    """`amounts` are those of the editor's lines, nothing for an empty one; `differs` is in what
    each is not as in its source, and `apart` what else is not. `problem` says what the figures
    leave out, because it does not fit yet.
    """

    currency: str
    amounts: list[Money | None] = field(default_factory=list)
    stages: list[Money] = field(default_factory=list)
    net: Money | None = None
    taxes: list[Tax] = field(default_factory=list)
    total: Money | None = None
    deducted: list[Deducted] = field(default_factory=list)
    asked: Money | None = None
    needs_review: bool = False
    differs: list[list[str]] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    problem: str = ""
    paper: Pages = field(default_factory=Pages)
    is_live: bool = False  # sent alone, to stand in for what a page shows


def sketch(
    editor: Editor, *, by: Membership, invoice: Invoice | None, draws: bool = True
) -> Sketch:
    """`editor` is bound. Without `draws` only the figures."""
    problem = ""
    for draft in _ever_less(editor.draft):
        try:
            with invoices.trial(draft, by=by, invoice=invoice) as wished:
                found = _figures(editor, draft, wished)
                sheet = paper.sketched(wished) if draws else None
        except InvalidInvoice as error:
            asked = _asked(draft)
            problem = problem or flaws.sentence(error, currency=draft.currency, asked=asked)
            continue
        told = differences.tell(queries.compared(draft, invoice))
        differs, apart = _differing(editor, told), told.apart
        return replace(
            found, problem=problem, paper=_drawn(by, sheet), differs=differs, apart=apart
        )
    return Sketch(editor.bill.chosen_currency, problem=problem)


def asked(editor: Editor, *, by: Membership, invoice: Invoice | None) -> Money | None:
    """What the bill asks for, for a complaint that names it."""
    return sketch(editor, by=by, invoice=invoice, draws=False).asked


def _ever_less(draft: Draft) -> Iterator[Draft]:
    """What does not fit yet is left out, so that the rest can be looked at meanwhile."""
    yield draft
    yield replace(draft, stages=())
    yield replace(draft, stages=(), policy=None)


def _asked(draft: Draft) -> Money | None:
    figures = [line.figures for line in draft.lines]
    try:
        return rules.totals(figures, draft.currency, is_tax_inclusive=draft.is_tax_inclusive).total
    except (ArithmeticError, ValueError):
        return None


def _figures(editor: Editor, draft: Draft, wished: Invoice) -> Sketch:
    counted = rules.totals(
        [line.figures for line in draft.lines],
        draft.currency,
        is_tax_inclusive=draft.is_tax_inclusive,
    )
    claims = wished.deductions.select_related("entitlement__invoice").order_by("pk")
    return Sketch(
        currency=draft.currency,
        amounts=_by_row(editor, counted),
        stages=[stage.money for stage in wished.instalments.all()] if draft.stages else [],
        net=counted.net,
        taxes=[tax for tax in counted.taxes if tax.tax.minor],
        total=counted.total,
        deducted=[
            Deducted(each.entitlement.invoice.number, Money(each.amount, draft.currency))
            for each in claims
        ],
        asked=wished.asked,
        needs_review=queries.needs_review(wished),
    )


def _by_row(editor: Editor, counted: Totals) -> list[Money | None]:
    left = iter(counted.amounts)
    return [next(left) if form.wish else None for form in editor.lines]


def _differing(editor: Editor, told: Told) -> list[list[str]]:
    places = count()
    return [told.by_line.get(next(places), []) if form.wish else [] for form in editor.lines]


def _drawn(by: Membership, sheet: Sheet | None) -> Pages:
    return paper.drawn(by.merchant, sheet) if sheet else Pages()
