"""The list of refunds as a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from sleek.core.tables import BYTE_ORDER_MARK, Line, safe
from sleek.refunds.models import Refund
from sleek.web.dashboard.telling.refunds import words as telling
from sleek.web.ui import words


def refunds(rows: Iterable[Refund], *, zone: ZoneInfo, language: str) -> Iterator[str]:
    """Line by line. It is read after the request has ended, so language and zone are its own."""
    writer = csv.writer(Line())
    with translation.override(language):
        headings = writer.writerow(_headings(zone))
    yield BYTE_ORDER_MARK + headings
    for row in rows:
        with translation.override(language):
            line = writer.writerow(_cells(row, zone))
        yield line


def _headings(zone: ZoneInfo) -> list[str]:
    return [
        _("Refund"),
        _("Payment"),
        _("Asked for (%(zone)s)") % {"zone": zone.key},
        _("Status"),
        _("Amount"),
        _("Currency"),
        _("Why it goes back"),
        _("Paid for"),
        _("How it goes back"),
        _("Sent (%(zone)s)") % {"zone": zone.key},
        _("Expected from"),
        _("Expected by"),
        _("Number for the bank"),
        _("Channel's reference"),
        _("Why it failed"),
        _("Asked for by"),
        _("Reviewed by"),
        _("To the payer"),
    ]


def _cells(refund: Refund, zone: ZoneInfo) -> list[str]:
    payment = refund.attempt.payment
    return [
        refund.public_id,
        payment.public_id,
        _moment(refund.created_at, zone),
        words.status("refund", refund.status),
        f"{refund.money.decimal:f}",
        refund.currency,
        telling.reason(refund.reason),
        safe(payment.description),
        str(telling.ROUTES[refund.route]),
        _moment(refund.succeeded_at, zone),
        str(refund.lands_from or ""),
        str(refund.lands_by or ""),
        safe(refund.trace),
        safe(refund.reference),
        safe(telling.ending(refund.failure_code)),
        safe(str(refund.requested_by or "")),
        safe(str(refund.reviewed_by or "")),
        safe(refund.note),
    ]


def _moment(value: datetime | None, zone: ZoneInfo) -> str:
    return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}" if value else ""
