"""Reading receipts, and what the paper of one says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from sleek.channels.names import METHODS
from sleek.core import clock
from sleek.core.money import Money
from sleek.invoices import queries as bills
from sleek.invoices.models import Invoice
from sleek.invoices.queries import Speech
from sleek.papers.models import Design
from sleek.papers.rules import Block, Column, Kind, Row, Sheet, Total
from sleek.papers.rules.sheet import Label
from sleek.payments import queries as payments
from sleek.payments.models import Payment
from sleek.receipts.models import Receipt

_NOTICE = _("This paper confirms that money was received. It is not a tax invoice (发票).")


def of_payment(payment: Payment) -> Receipt | None:
    return Receipt.objects.filter(payment=payment).first()


def of_bill(invoice: Invoice) -> list[Receipt]:
    """One for each payment that it got something of, the oldest first."""
    found = Receipt.objects.filter(payment__allocations__instalment__invoice=invoice)
    return list(found.select_related("payment").distinct().order_by("pk"))


def reason(paid: Sequence[Invoice]) -> str:
    """收款事由: the natures of what was paid for, and its subjects, as its paper says them."""
    speech = Speech(_design(paid[0]).tongue)
    said = dict.fromkeys(speech.label(bills.NATURES[each.nature])[0] for each in paid)
    said |= dict.fromkeys(each.title for each in paid if each.title)
    text = " · ".join(said)
    return text if len(text) <= 300 else f"{text[:299]}…"


def sheet(receipt: Receipt, paid: Sequence[Invoice]) -> Sheet:
    """What its paper says; it looks like that of the first bill that was paid."""
    first, merchant = paid[0], receipt.merchant
    design = _design(first)
    speech = Speech(design.tongue)
    brand = first.brand or merchant.brands.get(is_default=True)
    return Sheet(
        kind=Kind.RECEIPT,
        layout=design.layout,
        languages=speech.languages,
        font=design.font or merchant.font,
        accent=design.accent_color or brand.accent_color,
        title=speech.label(_("Receipt")),
        number=receipt.number,
        made_at=int(receipt.created_at.timestamp()),
        payee=bills.payee(merchant, speech),
        payer=_payer(first, speech),
        logo=brand.logo.public_id if brand.logo else "",
        facts=bills.filled(_facts(receipt, paid, speech), speech),
        columns=_columns(receipt.currency, speech),
        rows=_rows(receipt.payment, speech),
        running_label=speech.label(_("Carried forward")),
        totals=(Total(speech.label(_("Received")), speech.money(receipt.money), is_strong=True),),
        in_words=bills.in_words(receipt.money, speech),
        signers=bills.filled(_signers(first), speech),
        seal=bills.stamp(design),
        notice=speech.text(lambda: str(_NOTICE)),
        footer=design.footer,
    )


def _design(bill: Invoice) -> Design:
    return bill.design or bill.merchant.designs.filter(is_default=True).first() or Design()


def _payer(bill: Invoice, speech: Speech) -> Block:
    known: list[tuple[bills.Word, str]] = [
        (_("Credit code"), bill.payer_credit_code),
        (_("Tax number"), bill.payer_tax_number),
        (_("Address"), bill.payer_address),
    ]
    return Block(speech.label(_("Payer")), bill.payer_name, bills.filled(known, speech))


def _facts(
    receipt: Receipt, paid: Sequence[Invoice], speech: Speech
) -> list[tuple[bills.Word, str]]:
    numbers = ", ".join(each.number for each in paid)
    return [
        (_("Date of issue"), speech.day(receipt.issued_on)),
        (_("Received on"), speech.day(_paid_on(receipt.payment))),
        (_("Received by"), speech.text(lambda: str(METHODS.get(receipt.method, receipt.method)))),
        (_("Nature of the fee"), speech.text(lambda: _natures(paid))),
        (_("For the bill"), numbers),
        (_("Payment number"), receipt.payment.public_id),
    ]


def _natures(paid: Sequence[Invoice]) -> str:
    return ", ".join(dict.fromkeys(str(bills.NATURES[each.nature]) for each in paid))


def _columns(currency: str, speech: Speech) -> tuple[Column, ...]:
    amount: Label = speech.label(_("Amount"))
    return (
        Column(speech.label(_("Bill")), weight=2),
        Column(speech.label(_("Received for")), weight=5),
        Column((*amount[:-1], f"{amount[-1]} ({currency})"), is_figure=True),
    )


def _rows(payment: Payment, speech: Speech) -> tuple[Row, ...]:
    """What of the money each instalment got."""
    rows, running = [], Money(0, payment.currency)
    for stage, minor in payments.spread(payment):
        part = Money(minor, payment.currency)
        if not part.minor:
            continue
        running += part
        bill = stage.invoice
        subject = bill.title or speech.text(lambda bill=bill: str(bills.NATURES[bill.nature]))  # type: ignore[misc]
        detail = f"{stage.position + 1}. {stage.label}" if stage.label else ""
        cells = (bill.number, subject, speech.amount(part))
        rows.append(Row(cells, running=speech.money(running), detail=detail))
    return tuple(rows)


def _signers(bill: Invoice) -> list[tuple[bills.Word, str]]:
    return [(_("Handled by"), bill.issued_by.name if bill.issued_by else "")]


def _paid_on(payment: Payment) -> date:
    at = payment.succeeded_at or clock.now()
    return at.astimezone(payment.merchant.zone).date()
