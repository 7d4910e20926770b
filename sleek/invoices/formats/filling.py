"""One bill into its document of Word: which words, and which template."""

from __future__ import annotations

from sleek.core import clock
from sleek.core.money import Money, exponent
from sleek.invoices.formats import docx, word_template
from sleek.invoices.formats.docx import Item
from sleek.invoices.models import Invoice, WordTemplate
from sleek.invoices.queries.papers import Speech
from sleek.invoices.queries.sheets import sheet
from sleek.papers import queries as papers
from sleek.papers.rules import Sheet, unpack


def document(invoice: Invoice) -> bytes:
    """What its paper says, as it was issued; of a draft what would be printed. Raises
    `docx.UnusableTemplate`.
    """
    own = WordTemplate.objects.filter(merchant_id=invoice.merchant_id).first()
    return filled(invoice, bytes(own.content) if own else word_template.built_in())


def filled(invoice: Invoice, template: bytes) -> bytes:
    """Raises `docx.UnusableTemplate`."""
    said = _sheet(invoice)
    return docx.document(said, _items(invoice, Speech(said.languages[-1])), template)


def _sheet(invoice: Invoice) -> Sheet:
    kept = papers.newest(invoice.public_id) if invoice.number else None
    if kept is not None:
        return unpack(kept.sheet)
    return sheet(invoice, made_at=int(clock.now().timestamp()))


def _items(invoice: Invoice, speech: Speech) -> list[Item]:
    return [
        Item(
            place=str(place),
            item=line.item,
            spec=line.spec,
            quantity=speech.number(line.quantity),
            unit=line.unit,
            hours=speech.number(line.hours) if line.hours is not None else "",
            price=speech.number(line.price, exponent(invoice.currency)),
            tax_rate=f"{speech.number(line.tax_rate)}%",
            amount=speech.amount(Money(line.amount, invoice.currency)),
        )
        for place, line in enumerate(invoice.lines.all(), start=1)
    ]
