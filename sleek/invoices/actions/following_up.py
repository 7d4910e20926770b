"""Asking after a bill: a task for the working day after it was sent, and again after each promise.

Working days are those of the payer's country, or of the merchant's where the bill names none. A
bill that is paid or over needs no asking; its open task ends by itself.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.core import calendars, clock
from sleek.core.errors import SleekError
from sleek.invoices import rules
from sleek.invoices.actions.drafting import lock, record
from sleek.invoices.models import FollowUp, Invoice
from sleek.invoices.rules import Answer, InvoiceStatus
from sleek.merchants.models import User

MAX_NOTE = 500  # letters


class FollowUpRefused(SleekError):
    """There is nothing to be asked any more, or the promised day is none."""

    code = "follow_up_refused"


@transaction.atomic
def mark_sent(invoice: Invoice, *, by: User) -> Invoice:
    """Somebody handed it over by a way of their own: a chat, a letter. Raises `FollowUpRefused`."""
    invoice = lock(invoice)
    if invoice.status != InvoiceStatus.OPEN:
        raise FollowUpRefused(_("Only a bill that is still to be paid can be sent."))
    if invoice.sent_at is None:
        invoice.sent_at = invoice.updated_at = clock.now()
        invoice.save(update_fields=["sent_at", "updated_at"])
        record(invoice, "invoice.handed_over", by)
    return plan(invoice)


@transaction.atomic
def plan(invoice: Invoice) -> Invoice:
    """The first task of a bill that was sent; a second time changes nothing."""
    invoice = lock(invoice)
    is_due = invoice.status == InvoiceStatus.OPEN and invoice.sent_at is not None
    if is_due and invoice.sent_at and not invoice.follow_ups.exists():
        sent_on = invoice.sent_at.astimezone(invoice.merchant.zone).date()
        _open(invoice, sent_on)
    return invoice


@transaction.atomic
def answer(
    invoice: Invoice,
    outcome: Answer,
    *,
    by: User,
    note: str = "",
    promised_on: date | None = None,
) -> FollowUp:
    """What the payer said, whether a task was open or not. After a promise comes another task, for
    the working day behind it. Raises `FollowUpRefused`.
    """
    invoice = lock(invoice)
    if invoice.status not in rules.PAYABLE:
        raise FollowUpRefused(_("This bill is not to be paid any more."))
    today = clock.now().astimezone(invoice.merchant.zone).date()
    is_promise = outcome == Answer.PROMISED
    if is_promise and (promised_on is None or promised_on < today):
        raise FollowUpRefused(_("Enter the day on which it will be paid; it cannot have passed."))
    task = invoice.follow_ups.filter(done_at=None).first()
    task = task or FollowUp(merchant_id=invoice.merchant_id, invoice=invoice, due_on=today)
    task.outcome, task.note = outcome, note.strip()[:MAX_NOTE]
    task.promised_on = promised_on if is_promise else None
    task.done_by, task.done_at = by, clock.now()
    task.save()
    if task.promised_on:
        _open(invoice, task.promised_on)
    record(invoice, "invoice.followed_up", by, outcome=outcome.value, day=_iso(task.promised_on))
    return task


@transaction.atomic
def end(task: FollowUp) -> None:
    """Its bill is paid or over."""
    invoice = lock(task.invoice)
    if invoice.status != InvoiceStatus.OPEN:
        ended = {"outcome": Answer.SETTLED, "done_at": clock.now()}
        invoice.follow_ups.filter(pk=task.pk, done_at=None).update(**ended)


def _open(invoice: Invoice, after: date) -> None:
    country = invoice.payer_country or invoice.merchant.country
    due_on = calendars.working_days_after(country, after, rules.ASK_AFTER_WORKING_DAYS)
    FollowUp.objects.create(merchant_id=invoice.merchant_id, invoice=invoice, due_on=due_on)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
