"""What is true of a bill beside its status, each with its word, shape and colour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from sleek.invoices import queries
from sleek.invoices.models import Invoice
from sleek.invoices.rules import PAYABLE, UNISSUED


@dataclass(frozen=True, slots=True)
class Badge:
    word: str
    icon: str
    tone: str = ""
    at: datetime | None = None


def of(invoice: Invoice, today: date) -> list[Badge]:
    """The gravest first."""
    return [*_money(invoice, today), *_reach(invoice)]


def _money(invoice: Invoice, today: date) -> Iterator[Badge]:
    if days := queries.overdue_days(invoice, today):
        word = ngettext("Overdue by %(days)s day", "Overdue by %(days)s days", days)
        yield Badge(word % {"days": days}, "clock-exclamation", "bad")
    if invoice.overpaid:
        yield Badge(pgettext("bill", "Overpaid"), "coins", "wait")
    if invoice.status in PAYABLE and invoice.amount_paid > invoice.amount_refunded:
        yield Badge(pgettext("bill", "Partly paid"), "circle-half-2", "wait")
    if invoice.amount_refunded:
        whole = invoice.amount_refunded >= invoice.amount_paid
        word = _("Refunded") if whole else _("Partly refunded")
        yield Badge(word, "arrow-back-up")
    if invoice.amount_credited:
        yield Badge(_("Credit note"), "file-minus")


def _reach(invoice: Invoice) -> Iterator[Badge]:
    if invoice.status in UNISSUED:
        return
    if invoice.viewed_at:
        yield Badge(pgettext("bill", "Viewed"), "eye", "open", invoice.viewed_at)
    elif invoice.sent_at:
        yield Badge(pgettext("bill", "Sent"), "send", "open", invoice.sent_at)
