"""What a bill's paper says: its sheet, for the preview as for the paper that is issued.

The workspace, brand and design are read as they are now; an issued bill keeps the sheet it was
issued with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sleek.core.money import Money, exponent
from sleek.invoices import rules
from sleek.invoices.models import Instalment, Invoice, Line
from sleek.invoices.queries.drafts import policy_of
from sleek.invoices.queries.dues import last_day
from sleek.invoices.queries.papers import Speech, Word, filled, in_words, payee, stamp
from sleek.invoices.queries.words import DOCUMENTS, NATURES, policy_in_words
from sleek.papers.models import Design, Paper
from sleek.papers.rules import (
    Block,
    Column,
    Kind,
    Note,
    Pay,
    Row,
    Sheet,
    Total,
)
from sleek.papers.rules.sheet import Label

COLUMNS: dict[str, tuple[Word, bool, int]] = {
    "item": (_("Item"), False, 4),
    "spec": (_("Specification"), False, 3),
    "quantity": (_("Quantity"), True, 0),
    "unit": (_("Unit"), False, 0),
    "hours": (_("Hours"), True, 0),
    "price": (_("Unit price"), True, 0),
    "tax_rate": (_("Tax rate"), True, 0),
    "amount": (_("Amount"), True, 0),
}
_PRICES_WITH_TAX, _PRICES_WITHOUT_TAX = _("Price incl. tax"), _("Price excl. tax")


def sheet(invoice: Invoice, *, made_at: int, version: int = 1) -> Sheet:
    """`version` counts the plans by which an issued bill is to be paid."""
    design = design_of(invoice)
    speech = Speech(design.tongue)
    brand = invoice.brand or invoice.merchant.brands.get(is_default=True)
    lines, stages = list(invoice.lines.all()), list(invoice.instalments.all())
    keys = _keys(design, lines)
    return Sheet(
        kind=Kind.BILL,
        layout=design.layout,
        languages=speech.languages,
        font=design.font or invoice.merchant.font,
        accent=design.accent_color or brand.accent_color,
        title=(design.heading,) if design.heading else speech.label(_("Payment request")),
        number=invoice.number,
        made_at=made_at,
        payee=payee(invoice.merchant, speech),
        payer=payer(invoice, speech),
        logo=brand.logo.public_id if brand.logo else "",
        watermark=() if invoice.number else speech.label(_("Draft")),
        facts=_facts(invoice, stages, speech) + _plan_facts(invoice, version, made_at, speech),
        opening=design.opening,
        columns=_columns(invoice, keys, speech),
        rows=_rows(invoice, lines, keys, speech),
        running_label=speech.label(_("Carried forward")),
        brought_label=speech.label(_("Brought forward")),
        totals=_totals(invoice, lines, speech),
        in_words=in_words(invoice.asked, speech),
        schedule_title=speech.label(_("Payment schedule")) if len(stages) > 1 else (),
        schedule_columns=_schedule_columns(speech) if len(stages) > 1 else (),
        schedule=_schedule(stages, speech) if len(stages) > 1 else (),
        notes=_notes(invoice, design, speech),
        signers=_signers(invoice, speech),
        pay=_pay(invoice, stages, speech),
        seal=stamp(design),
        notice=speech.text(lambda: str(NOTICE)),
        footer=design.footer,
    )


NOTICE = _(
    "This paper asks for a payment. It is neither a receipt (收据) nor a tax invoice (发票)."
)


def pay_url(invoice: Invoice) -> str:
    return settings.PUBLIC_URL + reverse("checkout-bill", args=[invoice.token])


def versions(invoice: Invoice) -> int:
    """How many papers there are of the bill: one, and another for each time it was divided anew."""
    return Paper.objects.filter(subject=invoice.public_id).count()


def design_of(invoice: Invoice) -> Design:
    """The bill's own, or the workspace's."""
    return invoice.design or invoice.merchant.designs.filter(is_default=True).first() or Design()


def payer(invoice: Invoice, speech: Speech) -> Block:
    known = [
        (_("Credit code"), invoice.payer_credit_code),
        (_("Tax number"), invoice.payer_tax_number),
        (_("Address"), invoice.payer_address),
        (_("Contact"), invoice.payer_contact),
        (_("Phone"), invoice.payer_phone),
        (_("E-mail"), invoice.payer_email),
    ]
    return Block(speech.label(_("Payer")), invoice.payer_name, filled(known, speech))


def _facts(
    invoice: Invoice, stages: Sequence[Instalment], speech: Speech
) -> tuple[tuple[Label, str], ...]:
    facts: list[tuple[Word, str]] = [
        (_("Date of issue"), speech.day(invoice.issued_on)),
        (_("Due"), speech.day(last_day(invoice, stages)) if len(stages) < 2 else ""),
        (_("Nature of the fee"), speech.text(lambda: str(NATURES[invoice.nature]))),
        (_("Subject"), invoice.title),
        (_("Replaces"), invoice.replaces.number if invoice.replaces else ""),
    ]
    facts += [(DOCUMENTS[each.kind], each.number) for each in invoice.documents.order_by("pk")]
    return filled(facts, speech)


def _plan_facts(
    invoice: Invoice, version: int, made_at: int, speech: Speech
) -> tuple[tuple[Label, str], ...]:
    """Of a bill that was divided anew after issue."""
    if version < 2:
        return ()
    day = speech.day(datetime.fromtimestamp(made_at, invoice.merchant.zone).date())

    def said() -> str:
        return _("version %(version)s of %(day)s") % {"version": version, "day": day}

    return filled([(_("Payment plan"), speech.text(said))], speech)


def _keys(design: Design, lines: Sequence[Line]) -> list[str]:
    """The columns that a bill shows; without a choice those that have something to say."""
    if design.columns:
        return [key for key in design.columns if key in COLUMNS]
    is_empty = {
        "spec": not any(line.spec for line in lines),
        "unit": not any(line.unit for line in lines),
        "hours": all(line.hours is None for line in lines),
        "tax_rate": not any(line.tax_rate for line in lines),
    }
    return [key for key in COLUMNS if not is_empty.get(key)]


def _columns(invoice: Invoice, keys: Sequence[str], speech: Speech) -> tuple[Column, ...]:
    columns = []
    for key in keys:
        word, is_figure, weight = COLUMNS[key]
        if key == "price" and invoice.amount_tax:
            word = _PRICES_WITH_TAX if invoice.is_tax_inclusive else _PRICES_WITHOUT_TAX
        label = speech.label(word)
        if key == "amount":
            label = (*label[:-1], f"{label[-1]} ({invoice.currency})")
        columns.append(Column(label, is_figure, weight))
    return tuple(columns)


def _rows(
    invoice: Invoice, lines: Sequence[Line], keys: Sequence[str], speech: Speech
) -> tuple[Row, ...]:
    rows, running = [], Money(0, invoice.currency)
    for line in lines:
        running += Money(line.amount, invoice.currency)
        cells = _cells(line, invoice.currency, speech)
        rows.append(Row(tuple(cells[key] for key in keys), running=speech.money(running)))
    return tuple(rows)


def _cells(line: Line, currency: str, speech: Speech) -> dict[str, str]:
    return {
        "item": line.item,
        "spec": line.spec,
        "quantity": speech.number(line.quantity),
        "unit": line.unit,
        "hours": speech.number(line.hours) if line.hours is not None else "",
        "price": speech.number(line.price, exponent(currency)),
        "tax_rate": f"{speech.number(line.tax_rate)}%",
        "amount": speech.amount(Money(line.amount, currency)),
    }


def _totals(invoice: Invoice, lines: Sequence[Line], speech: Speech) -> tuple[Total, ...]:
    counted = rules.totals(
        [line.figures for line in lines],
        invoice.currency,
        is_tax_inclusive=invoice.is_tax_inclusive,
    )
    found = []
    if counted.tax:
        found.append(Total(speech.label(_("Net")), speech.money(counted.net)))
        found += [
            Total(
                tuple(f"{word} {speech.number(tax.rate)}%" for word in speech.label(_("Tax"))),
                speech.money(tax.tax),
            )
            for tax in counted.taxes
            if tax.tax
        ]
    deducted = list(invoice.deductions.select_related("entitlement__invoice"))
    if deducted:
        found.append(Total(speech.label(_("Total")), speech.money(counted.total)))
    for each in deducted:
        source = each.entitlement.invoice
        found.append(
            Total(
                tuple(
                    f"{word} {source.number} · {source.issued_on}"
                    for word in speech.label(_("Deducted:"))
                ),
                speech.money(-Money(each.amount, invoice.currency)),
            )
        )
    found.append(Total(speech.label(_("Amount due")), speech.money(invoice.asked), is_strong=True))
    return tuple(found)


def _schedule_columns(speech: Speech) -> tuple[Column, ...]:
    return (
        Column(speech.label(_("Stage")), weight=2),
        Column(speech.label(_("Deliverable")), weight=4),
        Column(speech.label(_("Due"))),
        Column(speech.label(_("Amount")), is_figure=True),
    )


def _schedule(stages: Sequence[Instalment], speech: Speech) -> tuple[Row, ...]:
    return tuple(
        Row(
            (
                f"{place}. {stage.label}".rstrip(". "),
                stage.deliverable,
                speech.day(stage.due_on),
                speech.money(stage.money),
            )
        )
        for place, stage in enumerate(stages, start=1)
    )


def _notes(invoice: Invoice, design: Design, speech: Speech) -> tuple[Note, ...]:
    policy = policy_of(invoice)
    notes = []
    if policy:
        notes.append(
            Note(speech.label(_("Deduction policy")), speech.text(lambda: policy_in_words(policy)))
        )
    if invoice.remarks:
        notes.append(Note(speech.label(_("Remarks")), invoice.remarks))
    if design.closing:
        notes.append(Note((), design.closing))
    return tuple(notes)


def _signers(invoice: Invoice, speech: Speech) -> tuple[tuple[Label, str], ...]:
    approval = invoice.reviews.filter(verdict="approved").select_related("by").last()
    known = [
        (_("Drawn up by"), invoice.created_by.name),
        (_("Approved by"), approval.by.name if approval else ""),
    ]
    return filled(known, speech)


def _pay(invoice: Invoice, stages: Sequence[Instalment], speech: Speech) -> Pay | None:
    if not invoice.number or not invoice.asked.minor:
        return None
    caption = speech.text(lambda: str(_("Scan to pay")))
    return Pay(speech.label(_("Pay online")), pay_url(invoice), caption)
