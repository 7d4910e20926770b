"""Bills, and what the exchange brought with them, as the rows of a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sleek.core.money import Money
from sleek.core.tables import Cell
from sleek.invoices import queries
from sleek.invoices.models import Invoice
from sleek.invoices.rules import Exchange, together
from sleek.reports.queries import bills as reports
from sleek.reports.queries.bills import Realised
from sleek.web.dashboard.telling import personal
from sleek.web.dashboard.telling.bills import badges
from sleek.web.dashboard.telling.files import moment
from sleek.web.ui import words

AT_ONCE = 500  # rows in memory


def bills(
    rows: Iterable[Invoice], *, today: date, rights: Collection[str]
) -> Iterator[Sequence[Cell]]:
    yield _head()
    for batch in _batches(rows):
        found = reports.exchanges(batch)
        for invoice in batch:
            line = _line(invoice, today, rights)
            line[-3:-3] = _exchange(invoice, list(found.get(invoice.pk, {}).values()))
            yield line


def realised(rows: Iterable[Realised], *, zone: ZoneInfo) -> Iterator[Sequence[Cell]]:
    """One row for each payment of a bill; a gain below zero is a loss."""
    yield [
        _("Paid (%(zone)s)") % {"zone": zone.key},
        pgettext("bill", "Number"),
        _("Currency"),
        _("Paid and kept"),
        _("Home currency"),
        _("Rate on issue"),
        _("Rate when paid"),
        _("Worth on issue"),
        _("Worth when paid"),
        _("Exchange gain or loss"),
        _("Payment"),
        _("Bill"),
    ]
    for row in rows:
        kept, found = row.kept, row.exchange
        yield [
            moment(row.at, zone),
            row.number,
            kept.currency,
            kept.decimal,
            row.home,
            row.issue_rate,
            row.payment_rate,
            *(_known(each) for each in (found.at_issue, found.at_payment, found.gain)),
            row.payment,
            row.bill,
        ]


def _batches(rows: Iterable[Invoice]) -> Iterator[list[Invoice]]:
    left = iter(rows)
    while batch := list(islice(left, AT_ONCE)):
        yield batch


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
        _("Home currency"),
        _("Worth on issue"),
        _("Worth when paid"),
        _("Exchange gain or loss"),
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
        queries.due_day(invoice),
        queries.overdue_days(invoice, today) or None,
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


def _exchange(invoice: Invoice, parts: Sequence[Exchange]) -> list[Cell]:
    """Of what was paid and kept; nothing for a bill in the home currency."""
    if not parts:
        return [None, None, None, None]
    whole = together(parts)
    known = (_known(each) for each in (whole.at_issue, whole.at_payment, whole.gain))
    return [invoice.home_currency, *known]


def _known(worth: Money | None) -> Cell:
    return worth.decimal if worth is not None else _("no rate known")


def payer(invoice: Invoice, rights: Collection[str]) -> str:
    """A company says more of itself than a name; of others the name is personal."""
    is_company = invoice.payer_contact or invoice.payer_credit_code or invoice.payer_tax_number
    name = invoice.payer_name
    return name if is_company else personal.shown(name, "name", rights)
