"""Lists as CSV files, safe to open in a spreadsheet; amounts are plain, beside their currency."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sleek.core.money import Money
from sleek.core.tables import BYTE_ORDER_MARK, Line, safe
from sleek.payments.models import Payment
from sleek.reports.queries.links import LinkRow
from sleek.reports.queries.payments import PaymentRow
from sleek.web.dashboard.telling import personal, share
from sleek.web.ui import words


def payments(
    rows: Iterable[PaymentRow], *, zone: ZoneInfo, language: str, rights: Collection[str]
) -> Iterator[str]:
    """Line by line. It is read after the request has ended, so language and zone are its own.

    Personal data is masked as on the pages, by the reader's rights.
    """
    writer = csv.writer(Line())
    with translation.override(language):
        headings = writer.writerow(_headings(zone))
    yield BYTE_ORDER_MARK + headings
    for row in rows:
        with translation.override(language):
            line = writer.writerow([*_cells(row, zone), *_payer_cells(row.payment, rights)])
        yield line


def links(rows: Iterable[LinkRow], *, zone: ZoneInfo, language: str) -> Iterator[str]:
    """Like `payments`."""
    writer = csv.writer(Line())
    with translation.override(language):
        headings = writer.writerow(_link_headings(zone))
    yield BYTE_ORDER_MARK + headings
    for row in rows:
        with translation.override(language):
            line = writer.writerow(_link_cells(row, zone))
        yield line


def _link_headings(zone: ZoneInfo) -> list[str]:
    return [
        _("Link"),
        _("Created (%(zone)s)") % {"zone": zone.key},
        _("Expires (%(zone)s)") % {"zone": zone.key},
        _("Status"),
        _("Reason"),
        _("Amount"),
        _("Currency"),
        _("Tags"),
        _("Brand"),
        _("Views"),
        _("Started"),
        pgettext("column", "Paid"),
        _("Collected"),
        _("Refunded"),
        _("Address"),
    ]


def _link_cells(row: LinkRow, zone: ZoneInfo) -> list[str]:
    link = row.link
    return [
        link.public_id,
        _moment(link.created_at, zone),
        _moment(link.expires_at, zone),
        words.status("paymentlink", row.state),
        safe(link.reason),
        f"{link.money.decimal:f}" if link.amount is not None else "",
        link.currency,
        safe(", ".join(link.tags)),
        safe(link.brand.display_name),
        str(row.figures.views),
        str(row.figures.started),
        str(row.figures.paid),
        f"{row.collected.decimal:f}",
        f"{row.refunded.decimal:f}",
        share.address(link),
    ]


def _headings(zone: ZoneInfo) -> list[str]:
    return [
        _("Payment"),
        _("Opened (%(zone)s)") % {"zone": zone.key},
        _("Paid (%(zone)s)") % {"zone": zone.key},
        _("Status"),
        _("Amount"),
        _("Currency"),
        _("Refunded"),
        _("Channel fee"),
        _("Fee currency"),
        _("Reason"),
        _("Channel"),
        _("Method"),
        _("Payer"),
        _("Channel's reference"),
        _("Name"),
        _("Company"),
        _("E-mail address"),
        _("Phone"),
        _("PO number"),
        _("Address"),
    ]


def _cells(row: PaymentRow, zone: ZoneInfo) -> list[str]:
    payment, attempt = row.payment, row.attempt
    fee = None
    if attempt and attempt.fee is not None:
        fee = Money(attempt.fee, attempt.fee_currency)
    return [
        payment.public_id,
        _moment(payment.created_at, zone),
        _moment(payment.succeeded_at, zone),
        words.status("payment", row.state),
        f"{payment.money.decimal:f}",
        payment.currency,
        f"{Money(payment.amount_refunded, payment.currency).decimal:f}",
        f"{fee.decimal:f}" if fee else "",
        fee.currency if fee else "",
        safe(payment.description),
        words.channel(attempt.channel) if attempt else "",
        words.method(attempt.method) if attempt else "",
        safe(attempt.payer) if attempt else "",
        safe(attempt.reference) if attempt else "",
    ]


def _payer_cells(payment: Payment, rights: Collection[str]) -> list[str]:
    payer = getattr(payment, "payer", None)
    if payer is None:
        return [""] * 6
    return [
        safe(personal.shown(payer.name, "name", rights)),
        safe(payer.company),
        safe(personal.shown(payer.email, "email", rights)),
        safe(personal.shown(payer.phone, "phone", rights)),
        safe(payer.po_number),
        safe(personal.shown(payer.address, "address", rights)),
    ]


def _moment(value: datetime | None, zone: ZoneInfo) -> str:
    return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}" if value else ""
