"""Issuing: from then on the bill has a number, a paper and an address to be paid at.

All of it is one transaction, the drawing of the paper included (tens of milliseconds): there is no
moment at which a number is given out without its paper.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.fx import queries as fx
from sleek.invoices import queries, rules
from sleek.invoices.actions import deducting
from sleek.invoices.actions.drafting import InvalidInvoice, lock, record
from sleek.invoices.actions.ending import supersede
from sleek.invoices.actions.settling import Standing, settle
from sleek.invoices.formats import facturx
from sleek.invoices.models import Invoice
from sleek.invoices.rules import InvoiceStatus
from sleek.invoices.rules.content import BillFlaw, lacks
from sleek.merchants.models import Membership
from sleek.papers import actions as papers
from sleek.papers.rules import Kind


class NotIssuable(SleekError):
    """The bill is issued already, or the rules want a second person to look at it first."""

    code = "not_issuable"


class ContentChanged(SleekError):
    """The bill is not the one that was read."""

    code = "content_changed"


@transaction.atomic
def issue(invoice: Invoice, *, by: Membership, seen_hash: str = "") -> Invoice:
    """Whoever pressed a page's button says which content they read. Raises `InvalidInvoice`,
    `NotIssuable`, `ContentChanged`, `DeductionGone`, `NoRate`, `NumberTaken`, `NotElectronic`.
    """
    invoice = lock(invoice)
    if invoice.status not in rules.UNISSUED:
        raise NotIssuable(_("This bill is issued already."))
    if seen_hash:
        refuse_unseen(invoice, seen_hash)
    if queries.needs_review(invoice) and invoice.approved_hash != queries.content_hash(invoice):
        raise NotIssuable(_("A second person has to approve this bill before it is issued."))
    now = clock.now()
    today = now.astimezone(invoice.merchant.zone).date()
    _fix_days(invoice, today)
    _refuse_what_lacks(invoice, today)
    if invoice.replaces:
        supersede(invoice.replaces, by=by.user)  # first, since it may hold what this one deducts
    deducting.reserve(invoice)
    invoice.issued_at, invoice.issued_on, invoice.issued_by = now, today, by.user
    _fix_rate(invoice)
    number = papers.take_number(
        papers.series_for(invoice.merchant, Kind.BILL), invoice.public_id, on=today
    )
    invoice.number, invoice.status, invoice.updated_at = number.text, InvoiceStatus.OPEN, now
    invoice.save()
    deducting.promise(invoice, today)
    keep_paper(invoice, at=now)
    asked = invoice.asked
    record(
        invoice,
        "invoice.issued",
        by.user,
        number=invoice.number,
        amount=asked.minor,
        currency=asked.currency,
    )
    if not invoice.asked.minor:
        # Deposits cover it: nobody has to pay, and nobody is asked to.
        invoice = settle(invoice, Standing({}, 0, now))
    return invoice


def refuse_unseen(invoice: Invoice, seen_hash: str) -> None:
    if seen_hash != queries.content_hash(invoice):
        raise ContentChanged(_("The bill changed since you opened it. Read it again."))


def _fix_days(invoice: Invoice, today: date) -> None:
    """A bill is due with its last instalment; what has no day of its own by the bill's terms."""
    if invoice.due_on is None:
        invoice.due_on = today + timedelta(days=invoice.due_days or 0)
    stages = list(invoice.instalments.all())
    for stage in stages:
        if stage.due_on is None:
            stage.due_on = invoice.due_on
            stage.save(update_fields=["due_on"])
    if len(stages) > 1:
        invoice.due_on = max(stage.due_on for stage in stages if stage.due_on)


def _refuse_what_lacks(invoice: Invoice, today: date) -> None:
    merchant = invoice.merchant
    first = invoice.instalments.order_by("due_on").first()
    found = lacks(
        has_lines=invoice.lines.exists(),
        total=invoice.amount,
        payer=invoice.payer_name,
        payee=merchant.legal_name or merchant.name,
        due_on=first.due_on if first else invoice.due_on,
        today=today,
    )
    if found:
        raise InvalidInvoice(found)


def _fix_rate(invoice: Invoice) -> None:
    """What the bill's currency is worth at home today, to tell later what the exchange brought."""
    home = invoice.merchant.default_currency
    quote = fx.convert(invoice.total, home) if home != invoice.currency else None
    invoice.home_currency = home
    invoice.home_rate = quote.rate if quote else None


def keep_paper(invoice: Invoice, *, at: datetime, version: int = 1) -> None:
    """The words are read back as a bank's clerk reads them, by other code than wrote them."""
    sheet = queries.sheet(invoice, made_at=int(at.timestamp()), version=version)
    attached = {facturx.FILE: facturx.xml(invoice)} if invoice.wants_xml else {}
    if not all(rules.words.says(text, invoice.asked) for _label, text in sheet.in_words):
        raise InvalidInvoice([BillFlaw.WORDS_DISAGREE])
    papers.keep(
        invoice.merchant,
        subject=invoice.public_id,
        kind=Kind.BILL,
        number=invoice.number,
        sheet=replace(sheet, attachments=tuple(attached)),
        at=at,
        attachments=attached,
    )
