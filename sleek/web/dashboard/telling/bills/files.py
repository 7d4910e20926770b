"""The list of bills as the rows of a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sleek.core.money import Money
from sleek.core.tables import Cell
from sleek.invoices import queries
from sleek.invoices.models import Invoice
from sleek.web.dashboard.telling import personal
from sleek.web.dashboard.telling.bills import badges
from sleek.web.ui import words


def bills(
    rows: Iterable[Invoice], *, today: date, language: str, rights: Collection[str]
) -> Iterator[Sequence[Cell]]:
    """Read after the request has ended, so its language is its own."""
    with translation.override(language):
        head = _head()
    yield head
    for invoice in rows:
        with translation.override(language):
            line = _line(invoice, today, rights)
        yield line


def _head() -> list[Cell]:
    return [
        pgettext("bill", "Number"),
        _("Status"),
        pgettext("bill", "Also"),
        _("Date of issue"),
        _("Due"),
        _("Days overdue"),
        _("Payer"),
        _("E-mail address"),
        _("Nature of the fee"),
        _("Subject"),
        _("Currency"),
        _("Total"),
        _("Of it tax"),
        _("Deducted"),
        pgettext("bill", "Credited"),
        pgettext("column", "Paid"),
        _("Refunded"),
        _("Still to be paid"),
        _("Documents"),
        _("Tags"),
        _("Id"),
    ]


def _line(invoice: Invoice, today: date, rights: Collection[str]) -> list[Cell]:
    def money(minor: int) -> Cell:
        return Money(minor, invoice.currency).decimal

    return [
        invoice.number,
        words.status("invoice", invoice.status),
        ", ".join(badge.word for badge in badges.of(invoice, today)),
        invoice.issued_on,
        invoice.due_on,
        badges.overdue_days(invoice, today) or None,
        payer(invoice, rights),
        personal.shown(invoice.payer_email, "email", rights),
        str(queries.NATURES[invoice.nature]),
        invoice.title,
        invoice.currency,
        money(invoice.amount),
        money(invoice.amount_tax),
        money(invoice.amount_deducted),
        money(invoice.amount_credited),
        money(invoice.amount_paid),
        money(invoice.amount_refunded),
        invoice.due.decimal if invoice.number else None,
        ", ".join(document.number for document in invoice.documents.all()),
        ", ".join(invoice.tags),
        invoice.public_id,
    ]


def payer(invoice: Invoice, rights: Collection[str]) -> str:
    """A company says more of itself than a name; of others the name is personal."""
    is_company = invoice.payer_contact or invoice.payer_credit_code or invoice.payer_tax_number
    name = invoice.payer_name
    return name if is_company else personal.shown(name, "name", rights)
