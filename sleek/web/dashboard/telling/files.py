"""Lists as the rows of a file; amounts are plain, beside their currency."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sleek.core.money import Money
from sleek.core.tables import Cell
from sleek.payments.models import Payment
from sleek.reports.queries.links import LinkRow
from sleek.reports.queries.payments import PaymentRow
from sleek.web.dashboard.telling import personal, share
from sleek.web.ui import words


def payments(
    rows: Iterable[PaymentRow], *, zone: ZoneInfo, rights: Collection[str]
) -> Iterator[Sequence[Cell]]:
    """Personal data is masked as on the pages, by the reader's rights."""
    yield _headings(zone)
    for row in rows:
        yield [*_cells(row, zone), *_payer_cells(row.payment, rights)]


def links(rows: Iterable[LinkRow], *, zone: ZoneInfo) -> Iterator[Sequence[Cell]]:
    yield _link_headings(zone)
    for row in rows:
        yield _link_cells(row, zone)


def moment(value: datetime | None, zone: ZoneInfo) -> datetime | None:
    """As the merchant's clocks showed it."""
    return value.astimezone(zone) if value else None


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


def _link_cells(row: LinkRow, zone: ZoneInfo) -> list[Cell]:
    link = row.link
    return [
        link.public_id,
        moment(link.created_at, zone),
        moment(link.expires_at, zone),
        words.status("paymentlink", row.state),
        link.reason,
        link.money.decimal if link.amount is not None else None,
        link.currency,
        ", ".join(link.tags),
        link.brand.display_name,
        row.figures.views,
        row.figures.started,
        row.figures.paid,
        row.collected.decimal,
        row.refunded.decimal,
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


def _cells(row: PaymentRow, zone: ZoneInfo) -> list[Cell]:
    payment, attempt = row.payment, row.attempt
    fee = None
    if attempt and attempt.fee is not None:
        fee = Money(attempt.fee, attempt.fee_currency)
    return [
        payment.public_id,
        moment(payment.created_at, zone),
        moment(payment.succeeded_at, zone),
        words.status("payment", row.state),
        payment.money.decimal,
        payment.currency,
        Money(payment.amount_refunded, payment.currency).decimal,
        fee.decimal if fee else None,
        fee.currency if fee else "",
        payment.description,
        words.channel(attempt.channel) if attempt else "",
        words.method(attempt.method) if attempt else "",
        attempt.payer if attempt else "",
        attempt.reference if attempt else "",
    ]


def _payer_cells(payment: Payment, rights: Collection[str]) -> list[Cell]:
    payer = getattr(payment, "payer", None)
    if payer is None:
        return [""] * 6
    return [
        personal.shown(payer.name, "name", rights),
        payer.company,
        personal.shown(payer.email, "email", rights),
        personal.shown(payer.phone, "phone", rights),
        payer.po_number,
        personal.shown(payer.address, "address", rights),
    ]
