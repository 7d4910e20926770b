"""The bills that a table's rows make: what each would say, and whose rows make none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sleek.core import clock
from sleek.core.money import InvalidAmount, Money
from sleek.customers import actions as customers
from sleek.customers import rules as rows
from sleek.customers.actions import Details
from sleek.customers.models import Customer, TableFile
from sleek.customers.rules import BILLS, Around, BillRow, CellFlaw, Fault, Group, Rejected
from sleek.invoices import rules
from sleek.invoices.queries.drafts import Draft, Payer, Reference
from sleek.invoices.queries.sources.intake import WITH_TAX, WITHOUT_TAX, line_faults, line_wish
from sleek.invoices.queries.sources.payers import payers
from sleek.invoices.rules import DocumentKind, Nature, Policy
from sleek.invoices.rules.content import BillFlaw

MOST_BILLS = 1000  # of one table

_TOO_LARGE = Fault("price", CellFlaw.TOO_LARGE)
_NOTHING_TO_PAY = Fault("price", CellFlaw.NOTHING_TO_PAY)
_FLAWS = {
    BillFlaw.TOO_MANY_LINES: Fault("key", CellFlaw.TOO_MANY, (str(rules.MAX_LINES),)),
    BillFlaw.LESS_THAN_NOTHING: _NOTHING_TO_PAY,
}


@dataclass(frozen=True, slots=True)
class Usual:
    """What holds where a row says nothing of it: guessed, and then as a person says."""

    currency: str
    is_tax_inclusive: bool
    nature: Nature
    due_days: int

    def pack(self) -> dict[str, str]:
        return {
            "currency": self.currency,
            "tax": WITH_TAX if self.is_tax_inclusive else WITHOUT_TAX,
            "nature": self.nature,
            "due_days": str(self.due_days),
        }


@dataclass(frozen=True, slots=True)
class Drawn:
    """One bill as it would be, by the numbers of its rows. `newcomer` is its payer where the
    address book is to learn of them.
    """

    numbers: tuple[int, ...]
    draft: Draft
    total: Money
    newcomer: Details | None = None


@dataclass(frozen=True, slots=True)
class Sheaf:
    """All bills of a table. `earlier` is one of the same content that was imported before."""

    bills: tuple[Drawn, ...]
    rejected: tuple[Rejected, ...]
    usual: Usual
    earlier: TableFile | None = None

    @property
    def missing(self) -> int:
        """Rows that should have been on a bill."""
        return sum(not out.is_beside for out in self.rejected)

    @property
    def newcomers(self) -> tuple[Details, ...]:
        return tuple(dict.fromkeys(each.newcomer for each in self.bills if each.newcomer))


def sheaf(file: TableFile, base: Draft) -> Sheaf:
    """What rows say stands instead of what `base` does, a bill as the merchant's usually are."""
    usual = usual_for(file, base)
    base = replace(base, is_tax_inclusive=usual.is_tax_inclusive, customer=None, payer=Payer())
    groups, rejected = rows.group(customers.read(file, BILLS), file.grid, file.read_as.places)
    found = list(zip(groups, payers(file.merchant, groups), strict=True))
    known = Customer.objects.in_bulk([who for _group, who in found if isinstance(who, int)])
    today = clock.now().astimezone(file.merchant.zone).date()
    grid = {row.number: row for row in file.grid}
    bills = []
    for group, who in found:
        payer = known[who] if isinstance(who, int) else who
        faults = (payer,) if isinstance(payer, Fault) else tuple(_faults(group, usual, today))
        if faults or isinstance(payer, Fault):
            rejected += [Rejected(grid[number], faults) for number in group.numbers]
        else:
            bills.append(_draw(group, payer, usual, base))
    in_order = sorted(rejected, key=lambda out: out.row.number)
    return Sheaf(tuple(bills), tuple(in_order), usual, _earlier(file))


def usual_for(file: TableFile, base: Draft) -> Usual:
    layout = file.read_as
    told = rows.around(file.grid, layout.head_row, layout.places, file.name)
    has_tax = base.is_tax_inclusive if told.has_tax is None else told.has_tax
    guessed = {
        "currency": told.currency(base.currency),
        "tax": WITH_TAX if has_tax else WITHOUT_TAX,
        "nature": base.nature.value,
        "due_days": str(base.due_days or 0),
    }
    said = guessed | dict(layout.options)
    return Usual(
        currency=said["currency"],
        is_tax_inclusive=said["tax"] == WITH_TAX,
        nature=Nature(said["nature"]),
        due_days=int(said["due_days"]),
    )


def _earlier(file: TableFile) -> TableFile | None:
    same = TableFile.objects.filter(
        merchant_id=file.merchant_id,
        purpose=file.purpose,
        content_hash=file.content_hash,
        imported_at__isnull=False,
    )
    return same.exclude(pk=file.pk).order_by("-imported_at").first()


def _faults(group: Group, usual: Usual, today: date) -> Iterator[Fault]:
    """What keeps a group whose payer is known from being a bill."""
    if group.said.due_on is not None and group.said.due_on < today:
        yield Fault("due", CellFlaw.PAST)
    currency = _currency(group, usual)
    told = [line_faults(line, currency, usual.is_tax_inclusive) for line in group.lines]
    yield from dict.fromkeys(fault for faults in told for fault in faults)
    if not any(told):
        yield from dict.fromkeys(_flaws(group, currency, usual))


def _flaws(group: Group, currency: str, usual: Usual) -> Iterator[Fault]:
    try:
        counted = _totals(group, currency, usual)
    except (ArithmeticError, InvalidAmount):
        yield _TOO_LARGE
        return
    wishes = [line_wish(line) for line in group.lines]
    for flaw in rules.content.flaws(wishes, counted):
        yield _FLAWS.get(flaw, _TOO_LARGE)
    if counted.total.minor == 0:
        yield _NOTHING_TO_PAY


def _draw(group: Group, payer: Customer | Details, usual: Usual, base: Draft) -> Drawn:
    said, currency = group.said, _currency(group, usual)
    nature = Nature(said.nature or usual.nature)
    draft = replace(
        base,
        currency=currency,
        lines=tuple(replace(line_wish(line), quoted_price=None) for line in group.lines),
        customer=payer if isinstance(payer, Customer) else None,
        payer=_named(payer, said.payer),
        nature=nature,
        title=said.title,
        language=said.payer.language or payer.language or base.language,
        due_on=said.due_on,
        due_days=None if said.due_on else _days(said, payer, usual),
        policy=_policy(nature, currency),
        documents=tuple(
            Reference(DocumentKind.PURCHASE_ORDER, number) for number in group.po_numbers
        ),
        remarks=said.remarks,
    )
    newcomer = None if isinstance(payer, Customer) else payer
    return Drawn(group.numbers, draft, _totals(group, currency, usual).total, newcomer)


def _currency(group: Group, usual: Usual) -> str:
    """As a column says it, or a sign beside a price."""
    signs = (line.money for line in group.lines if line.money)
    return group.said.payer.currency or Around(money=next(signs, "")).currency(usual.currency)


def _totals(group: Group, currency: str, usual: Usual) -> rules.Totals:
    figures = [line_wish(line).figures for line in group.lines]
    return rules.totals(figures, currency, is_tax_inclusive=usual.is_tax_inclusive)


def _named(payer: Customer | Details, told: Details) -> Payer:
    """As the address book names them; what the row says beside the name holds for its bill."""
    values = {name: getattr(told, name) or getattr(payer, name) for name in Payer.__slots__}
    return Payer(**(values | {"name": payer.name}))


def _days(said: BillRow, payer: Customer | Details, usual: Usual) -> int:
    days = (said.due_days, payer.terms_days, usual.due_days)
    return next(each for each in days if each is not None)


def _policy(nature: Nature, currency: str) -> Policy | None:
    """A deposit is deducted whole from the final bill, as the editor offers it."""
    if nature != Nature.DEPOSIT:
        return None
    return rules.deduction.deposit(Money(0, currency), currency)
