"""A customer's bills and the last word with them, for their page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from sleek.invoices import queries as invoices
from sleek.invoices.models import Invoice
from sleek.reports.queries.bills import Contact, How
from sleek.web.dashboard.telling.bills import badges, words
from sleek.web.dashboard.telling.bills.badges import Badge

WAYS: dict[str, Promise] = {
    How.MAILED: gettext_lazy("Bill sent by mail"),
    How.REMINDED: gettext_lazy("Reminded by mail"),
    How.HANDED_OVER: gettext_lazy("Bill handed over"),
    How.ASKED: gettext_lazy("Asked after"),
}


@dataclass(frozen=True, slots=True)
class Row:
    invoice: Invoice
    badges: list[Badge]
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """`detail` is what came of it, where somebody noted that."""

    what: Promise
    at: datetime
    invoice: Invoice
    detail: Promise | str = ""


def row(invoice: Invoice, today: date) -> Row:
    return Row(invoice, badges.of(invoice, today), invoices.due_day(invoice))


def told(contact: Contact | None) -> Spoken | None:
    if contact is None:
        return None
    detail = words.OUTCOMES.get(contact.outcome, "")
    return Spoken(WAYS[contact.how], contact.at, contact.invoice, detail)
