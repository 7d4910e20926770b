"""A bill as a workbook, as accountants want it: what it says as cells, figures as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from sleek.core import tables
from sleek.core.money import Money
from sleek.core.tables import Cell
from sleek.invoices import rules
from sleek.invoices.models import Invoice, Line
from sleek.invoices.queries.dues import last_day
from sleek.invoices.queries.words import DOCUMENTS, NATURES

Rows = Iterator[Sequence[Cell]]


def workbook(invoice: Invoice) -> bytes:
    """In the language of whoever asks. Nothing in it is a formula, and no number is rounded."""
    title = invoice.number or _("Draft")
    return tables.workbook(title, _rows(invoice))


def _rows(invoice: Invoice) -> Rows:
    lines = list(invoice.lines.all())
    yield from _head(invoice)
    yield ()
    yield from _lines(invoice, lines)
    yield ()
    yield from _totals(invoice, lines)
    stages = list(invoice.instalments.all())
    if len(stages) > 1:
        yield ()
        yield [_("Stage"), _("Deliverable"), _("Due"), _("Amount")]
        for stage in stages:
            yield [stage.label, stage.deliverable, stage.due_on, stage.money.decimal]


def _head(invoice: Invoice) -> Rows:
    merchant = invoice.merchant
    known: list[tuple[str, Cell]] = [
        (_("Payment request"), invoice.number or _("Draft")),
        (_("Payee"), merchant.legal_name or merchant.name),
        (_("Credit code"), merchant.credit_code),
        (_("Tax number"), merchant.tax_number),
        (_("Payer"), invoice.payer_name),
        (_("Credit code"), invoice.payer_credit_code),
        (_("Tax number"), invoice.payer_tax_number),
        (_("Address"), invoice.payer_address),
        (_("Contact"), invoice.payer_contact),
        (_("Nature of the fee"), str(NATURES[invoice.nature])),
        (_("Subject"), invoice.title),
        (_("Date of issue"), invoice.issued_on),
        (_("Due"), last_day(invoice, list(invoice.instalments.all()))),
        (_("Currency"), invoice.currency),
    ]
    known += [(str(DOCUMENTS[each.kind]), each.number) for each in invoice.documents.order_by("pk")]
    known.append((_("Remarks"), invoice.remarks))
    for label, value in known:
        if value:
            yield [label, value]


def _lines(invoice: Invoice, lines: Sequence[Line]) -> Rows:
    counted = _counted(invoice, lines)
    yield [
        *("#", _("Item"), _("Specification"), _("Quantity"), _("Unit"), _("Hours")),
        *(_("Unit price"), _("Tax rate in %"), _("Amount"), _("Net")),
    ]
    rows = zip(lines, counted.amounts, counted.nets, strict=True)
    for place, (line, amount, net) in enumerate(rows, start=1):
        yield [
            *(place, line.item, line.spec, line.quantity.normalize(), line.unit),
            *(line.hours, line.price.normalize(), line.tax_rate.normalize()),
            *(amount.decimal, net.decimal),
        ]


def _totals(invoice: Invoice, lines: Sequence[Line]) -> Rows:
    counted = _counted(invoice, lines)
    yield [_("Net"), counted.net.decimal]
    for tax in counted.taxes:
        if tax.tax:
            yield [f"{_('Tax')} {tax.rate.normalize():f}%", tax.tax.decimal]
    yield [_("Total"), counted.total.decimal]
    for each in invoice.deductions.select_related("entitlement__invoice").order_by("pk"):
        label = f"{_('Deducted:')} {each.entitlement.invoice.number}"
        yield [label, -Money(each.amount, invoice.currency).decimal]
    yield [_("Amount due"), invoice.asked.decimal]


def _counted(invoice: Invoice, lines: Sequence[Line]) -> rules.Totals:
    return rules.totals(
        [line.figures for line in lines],
        invoice.currency,
        is_tax_inclusive=invoice.is_tax_inclusive,
    )
