"""What a credit note's paper says: which bill it corrects, what it takes back, and what is left."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sleek.core.money import Money
from sleek.invoices import rules
from sleek.invoices.models import CreditNote, Invoice
from sleek.invoices.queries.papers import Speech, Word, filled, in_words, payee, stamp
from sleek.invoices.queries.sheets import design_of, payer
from sleek.invoices.queries.words import NATURES
from sleek.invoices.rules import Tax
from sleek.papers.rules import Column, Kind, Note, Row, Sheet, Total

_TITLE = pgettext_lazy("paper", "Credit note")
_NOTICE = _(
    "This paper takes back part of what a bill asks. It is not a tax invoice (发票), nor does it "
    "cancel one."
)


def taken_back(note: CreditNote) -> tuple[Tax, ...]:
    """At each tax rate of its bill."""
    invoice = note.invoice
    billed = rules.totals(
        [line.figures for line in invoice.lines.all()],
        invoice.currency,
        is_tax_inclusive=invoice.is_tax_inclusive,
    )
    until_then = invoice.credit_notes.filter(pk__lte=note.pk).order_by("pk")
    amounts = [
        Money(minor, invoice.currency) for minor in until_then.values_list("amount", flat=True)
    ]
    return rules.taken_back(billed, amounts)


def note_sheet(note: CreditNote) -> Sheet:
    """It looks as its bill does. The bill has counted it already."""
    invoice, merchant = note.invoice, note.merchant
    design = design_of(invoice)
    speech = Speech(design.tongue)
    brand = invoice.brand or merchant.brands.get(is_default=True)
    parts = taken_back(note)
    return Sheet(
        kind=Kind.CREDIT_NOTE,
        layout=design.layout,
        languages=speech.languages,
        font=design.font or merchant.font,
        accent=design.accent_color or brand.accent_color,
        title=speech.label(_TITLE),
        number=note.number,
        made_at=int(note.created_at.timestamp()),
        payee=payee(merchant, speech),
        payer=payer(invoice, speech),
        logo=brand.logo.public_id if brand.logo else "",
        facts=filled(_facts(note, speech), speech),
        columns=_columns(parts, invoice.currency, speech),
        rows=_rows(note, parts, speech),
        running_label=speech.label(_("Carried forward")),
        totals=_totals(note, speech),
        in_words=in_words(note.money, speech),
        notes=(Note(speech.label(pgettext_lazy("credit note", "Reason")), note.reason),),
        signers=filled([(_("Handled by"), note.created_by.name)], speech),
        seal=stamp(design),
        notice=speech.text(lambda: str(_NOTICE)),
        footer=design.footer,
    )


def _facts(note: CreditNote, speech: Speech) -> list[tuple[Word, str]]:
    invoice = note.invoice
    return [
        (_("Date of issue"), speech.day(note.issued_on)),
        (_("Corrects the bill"), invoice.number),
        (_("Its date of issue"), speech.day(invoice.issued_on)),
        (_("Nature of the fee"), speech.text(lambda: str(NATURES[invoice.nature]))),
        (_("Subject"), invoice.title),
    ]


def _columns(parts: Sequence[Tax], currency: str, speech: Speech) -> tuple[Column, ...]:
    """Without any tax on the bill there is nothing to divide."""
    words: list[tuple[Word, bool]] = [(_("Taken back"), False)]
    if _is_taxed(parts):
        words += [(_("Tax rate"), True), (_("Net"), True), (_("Tax"), True)]
    columns = [Column(speech.label(word), figure, 0 if figure else 4) for word, figure in words]
    amount = speech.label(_("Amount"))
    return (*columns, Column((*amount[:-1], f"{amount[-1]} ({currency})"), is_figure=True))


def _rows(note: CreditNote, parts: Sequence[Tax], speech: Speech) -> tuple[Row, ...]:
    what = speech.text(lambda: str(_("From bill %(number)s")) % {"number": note.invoice.number})
    rows, running = [], Money(0, note.invoice.currency)
    for part in parts:
        whole = part.net + part.tax
        running += whole
        rate = f"{speech.number(part.rate)}%"
        taxed = (rate, speech.amount(part.net), speech.amount(part.tax))
        cells = (what, *(taxed if _is_taxed(parts) else ()), speech.amount(whole))
        rows.append(Row(cells, running=speech.money(running)))
    return tuple(rows)


def _totals(note: CreditNote, speech: Speech) -> tuple[Total, ...]:
    invoice = note.invoice
    before = Money(invoice.amount_credited, invoice.currency) - note.money
    known: list[tuple[Word, Money, bool]] = [(_("The bill asked for"), invoice.asked, False)]
    if before.minor:
        known.append((_("Taken back before"), -before, False))
    known += [
        (_("Taken back now"), note.money, True),
        (_("The bill now asks for"), invoice.asked - before - note.money, False),
    ]
    if invoice.amount_paid:
        known.append((_("Still to be paid"), invoice.due, False))
    return tuple(
        Total(speech.label(word), speech.money(money), is_strong=is_strong)
        for word, money, is_strong in known
    )


def _is_taxed(parts: Sequence[Tax]) -> bool:
    return any(part.rate for part in parts)


def notes_of(invoice: Invoice) -> list[CreditNote]:
    """The oldest first."""
    return list(invoice.credit_notes.select_related("invoice").order_by("pk"))
