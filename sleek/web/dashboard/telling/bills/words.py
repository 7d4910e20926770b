"""What states, orders and ages of bills are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sleek.invoices import queries
from sleek.invoices.models import Invoice
from sleek.reports.queries.bills import Order, State

STATES: dict[str, Promise] = {
    State.DRAFT: pgettext_lazy("bill", "Draft"),
    State.IN_REVIEW: pgettext_lazy("bill", "In review"),
    State.OPEN: pgettext_lazy("bill", "To be paid"),
    State.OVERDUE: pgettext_lazy("bill", "Overdue"),
    State.TO_ASK: pgettext_lazy("bill", "To ask after"),
    State.UNSENT: pgettext_lazy("bill", "Not sent"),
    State.VIEWED: pgettext_lazy("bill", "Viewed"),
    State.PART_PAID: pgettext_lazy("bill", "Partly paid"),
    State.OVERPAID: pgettext_lazy("bill", "Overpaid"),
    State.PAID: pgettext_lazy("bill", "Paid"),
    State.UNCOLLECTIBLE: pgettext_lazy("bill", "Written off"),
    State.VOID: pgettext_lazy("bill", "Void"),
}
ORDERS: dict[str, Promise] = {
    Order.NEWEST: gettext_lazy("Newest first"),
    Order.DUE: gettext_lazy("Due first"),
    Order.AMOUNT: gettext_lazy("Largest first"),
}
AGES: tuple[Promise, ...] = (
    gettext_lazy("Not due yet"),
    gettext_lazy("1–30 days late"),
    gettext_lazy("31–60 days"),
    gettext_lazy("61–90 days"),
    gettext_lazy("More than 90"),
)
VERDICTS: dict[str, Promise] = {
    "edited": pgettext_lazy("review", "Changed by a second person"),
    "submitted": gettext_lazy("Handed in for review"),
    "approved": gettext_lazy("Approved"),
    "returned": gettext_lazy("Returned"),
    "withdrawn": pgettext_lazy("review", "Taken back"),
}
PROMISES: dict[str, Promise] = {
    "promised": pgettext_lazy("deduction", "Promised, once this bill is paid"),
    "available": pgettext_lazy("deduction", "Available"),
    "reserved": pgettext_lazy("deduction", "Reserved by a bill"),
    "used": pgettext_lazy("deduction", "Used"),
    "expired": pgettext_lazy("deduction", "Expired"),
    "forfeited": pgettext_lazy("deduction", "Kept, since the payer cancelled"),
    "void": pgettext_lazy("deduction", "Void"),
}
CLAIMS: dict[str, Promise] = {
    "planned": pgettext_lazy("deduction", "Planned"),
    "reserved": pgettext_lazy("deduction", "Reserved"),
    "used": pgettext_lazy("deduction", "Deducted"),
    "released": pgettext_lazy("deduction", "Given back"),
}
OUTCOMES: dict[str, Promise] = {
    "received": gettext_lazy("It arrived and is right"),
    "wrong": gettext_lazy("Something is wrong"),
    "promised": gettext_lazy("They promised a day"),
    "settled": gettext_lazy("Settled without asking"),
}


def name(invoice: Invoice) -> str:
    """By its number, or a draft by what it is about."""
    return invoice.number or invoice.title or subject(invoice)


def subject(invoice: Invoice) -> str:
    return invoice.title or str(queries.NATURES[invoice.nature])


def draft_name() -> str:
    return _("Draft")
