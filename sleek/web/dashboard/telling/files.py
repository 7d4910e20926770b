"""Lists as CSV files, safe to open in a spreadsheet; amounts are plain, beside their currency."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from sleek.core.money import Money
from sleek.reports.queries.payments import PaymentRow
from sleek.reports.rules.cells import safe
from sleek.web.ui import words

BYTE_ORDER_MARK = "\ufeff"  # or Excel reads Chinese as noise


class _Line:
    """What csv.writer writes to: it hands the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def payments(rows: Iterable[PaymentRow], *, zone: ZoneInfo, language: str) -> Iterator[str]:
    """Line by line. It is read after the request has ended, so language and zone are its own."""
    writer = csv.writer(_Line())
    with translation.override(language):
        headings = writer.writerow(_headings(zone))
    yield BYTE_ORDER_MARK + headings
    for row in rows:
        with translation.override(language):
            line = writer.writerow(_cells(row, zone))
        yield line


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
        words.status("payment", payment.status),
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


def _moment(value: datetime | None, zone: ZoneInfo) -> str:
    return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}" if value else ""
