"""The list of refunds as the rows of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from sleek.core.tables import Cell
from sleek.refunds.models import Refund
from sleek.web.dashboard.telling.files import moment
from sleek.web.dashboard.telling.refunds import words as telling
from sleek.web.ui import words


def refunds(rows: Iterable[Refund], *, zone: ZoneInfo) -> Iterator[Sequence[Cell]]:
    yield _headings(zone)
    for row in rows:
        yield _cells(row, zone)


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


def _cells(refund: Refund, zone: ZoneInfo) -> list[Cell]:
    payment = refund.attempt.payment
    return [
        refund.public_id,
        payment.public_id,
        moment(refund.created_at, zone),
        words.status("refund", refund.status),
        refund.money.decimal,
        refund.currency,
        telling.reason(refund.reason),
        payment.description,
        str(telling.ROUTES[refund.route]),
        moment(refund.succeeded_at, zone),
        refund.lands_from,
        refund.lands_by,
        refund.trace,
        refund.reference,
        telling.ending(refund.failure_code),
        str(refund.requested_by or ""),
        str(refund.reviewed_by or ""),
        refund.note,
    ]
