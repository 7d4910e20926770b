"""Correcting what was issued: voiding and replacing it, taking part of it back, giving it up."""

from __future__ import annotations

from dataclasses import replace

import psycopg
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.invoices import queries, rules
from sleek.invoices.actions import deducting, drafting
from sleek.invoices.actions.drafting import record
from sleek.invoices.formats import facturx
from sleek.invoices.models import CreditNote, Invoice
from sleek.invoices.rules import InvoiceStatus
from sleek.invoices.rules.content import BillFlaw
from sleek.merchants.models import User
from sleek.papers import actions as papers
from sleek.papers.rules import Kind

_PAID = gettext_lazy("Something was paid on this bill. Give it back first, or issue a credit note.")


class NotVoidable(SleekError):
    """The bill was paid, at least in part, or has ended already."""

    code = "not_voidable"


class NotCreditableBill(SleekError):
    """A credit note takes something back, and no more than is still owed."""

    code = "not_creditable_bill"


@transaction.atomic
def void(invoice: Invoice, reason: str, *, by: User) -> Invoice:
    """It keeps its number and says that it is void. Raises `NotVoidable`."""
    invoice = drafting.lock(invoice)
    if not rules.may_be_void(InvoiceStatus(invoice.status), invoice.asked.minor):
        raise NotVoidable(_("Only a bill that is issued and not paid can be voided."))
    if invoice.amount_paid > invoice.amount_refunded:
        raise NotVoidable(str(_PAID))
    _end_unpaid(invoice, reason)
    deducting.give_back(invoice)
    deducting.follow(invoice)
    record(invoice, "invoice.voided", by, reason=invoice.end_reason)
    return invoice


def supersede(invoice: Invoice, *, by: User) -> Invoice:
    """Void it because its replacement is issued, in that one's transaction."""
    if invoice.status == InvoiceStatus.VOID:
        return invoice
    return void(invoice, _("Replaced by a corrected bill."), by=by)


@transaction.atomic
def write_off(invoice: Invoice, reason: str, *, by: User) -> Invoice:
    """Nobody expects the money any more; should it come, the bill is paid. Raises `NotVoidable`."""
    invoice = drafting.lock(invoice)
    if invoice.status != InvoiceStatus.OPEN:
        raise NotVoidable(_("Only a bill that is still to be paid can be written off."))
    _end(invoice, InvoiceStatus.UNCOLLECTIBLE, reason)
    record(invoice, "invoice.written_off", by, reason=invoice.end_reason)
    return invoice


@transaction.atomic
def replacement(invoice: Invoice, *, by: User) -> Invoice:
    """A draft that says the same; when it is issued, this bill is void. Raises `NotVoidable`."""
    invoice = drafting.lock(invoice)
    status = InvoiceStatus(invoice.status)
    may_end = status == InvoiceStatus.VOID or rules.may_be_void(status, invoice.asked.minor)
    if not may_end or invoice.amount_paid > invoice.amount_refunded:
        raise NotVoidable(_("Only an issued bill on which nothing was paid can be replaced."))
    known = Invoice.objects.filter(replaces=invoice).first()
    if known is not None:
        return known
    draft = replace(queries.draft_of(invoice), due_on=None)
    return drafting.create(invoice.merchant, draft, by=by, replaces=invoice)


@transaction.atomic
def credit(invoice: Invoice, amount: Money, reason: str, *, by: User) -> CreditNote:
    """Take back part of what is still owed, or all of it. Number, paper and row are one
    transaction, as with a bill. Raises `NotCreditableBill`, `NumberTaken`, `NotPrintable`,
    `NotElectronic`.
    """
    invoice = drafting.lock(invoice)
    if invoice.status not in rules.PAYABLE or not 0 < amount.minor <= invoice.due.minor:
        raise NotCreditableBill(
            _("A credit note takes back at most what is still owed: %(due)s.")
            % {"due": invoice.due}
        )
    now = clock.now()
    note = CreditNote(
        merchant=invoice.merchant,
        invoice=invoice,
        amount=amount.minor,
        reason=reason.strip(),
        issued_on=now.astimezone(invoice.merchant.zone).date(),
        created_by=by,
        created_at=now,
    )
    series = papers.series_for(invoice.merchant, Kind.CREDIT_NOTE)
    note.number = papers.take_number(series, note.public_id, on=note.issued_on).text
    note.save(force_insert=True)
    invoice.amount_credited += amount.minor
    invoice.updated_at = now
    invoice.save(update_fields=["amount_credited", "updated_at"])
    _keep_paper(note)
    said: dict[str, object] = {"note": note.number, "credit_note": note.public_id}
    money: dict[str, object] = {"amount": amount.minor, "currency": amount.currency}
    record(invoice, "invoice.credited", by, **said, **money)
    return note


def _keep_paper(note: CreditNote) -> None:
    """Figures and words are compared as a bill's are."""
    sheet = queries.note_sheet(note)
    if not all(rules.words.says(text, note.money) for _label, text in sheet.in_words):
        raise drafting.InvalidInvoice([BillFlaw.WORDS_DISAGREE])
    attached = {facturx.FILE: facturx.note_xml(note)} if note.invoice.wants_xml else {}
    papers.keep(
        note.merchant,
        subject=note.public_id,
        kind=Kind.CREDIT_NOTE,
        number=note.number,
        sheet=replace(sheet, attachments=tuple(attached)),
        at=note.created_at,
        attachments=attached,
    )


def _end_unpaid(invoice: Invoice, reason: str) -> None:
    """Money that the bill has not heard of yet is known to the database, which refuses."""
    try:
        with transaction.atomic():
            _end(invoice, InvoiceStatus.VOID, reason)
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, psycopg.Error) and cause.diag.constraint_name == _GOT_MONEY:
            raise NotVoidable(str(_PAID)) from error
        raise


_GOT_MONEY = "paid_bills_are_not_voided"  # a trigger, made in payments/migrations


def _end(invoice: Invoice, status: InvoiceStatus, reason: str) -> None:
    invoice.status, invoice.end_reason = status, reason.strip()
    invoice.ended_at = invoice.updated_at = clock.now()
    invoice.save(update_fields=["status", "end_reason", "ended_at", "updated_at"])
