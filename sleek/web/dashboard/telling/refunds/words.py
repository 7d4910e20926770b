"""What reasons, ways and conditions of refunds are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sleek.payments.rules import Surplus
from sleek.refunds.rules import Ended, RefundReason, Route
from sleek.reports.queries.refunds import Shown

REASONS: dict[str, Promise] = {
    RefundReason.REQUESTED: _("The customer asked for it"),
    RefundReason.DUPLICATE: _("Paid twice"),
    RefundReason.NOT_AS_DESCRIBED: _("Damaged, or not as described"),
    RefundReason.NOT_DELIVERED: _("Not delivered"),
    RefundReason.PRICE_ADJUSTED: _("The price has changed"),
    RefundReason.GOODWILL: _("Goodwill"),
    RefundReason.OTHER: _("Something else"),
}
SURPLUSES: dict[str, Promise] = {
    Surplus.DUPLICATE: _("Paid twice"),
    Surplus.LATE: _("Arrived too late"),
    Surplus.SOLD_OUT: _("Sold out"),
    Surplus.VOID: _("The bill is void"),
    Surplus.CURRENCY: _("Wrong currency"),
    Surplus.AMOUNT: _("Wrong amount"),
}
ROUTES: dict[str, Promise] = {
    Route.CHANNEL: _("The way it was paid"),
    Route.BANK: _("By bank transfer, to an account that the payer enters"),
    Route.BALANCE: _("To the payer's Sleek wallet"),
}
SHOWN: dict[str, Promise] = {
    Shown.IN_REVIEW: pgettext_lazy("refunds", "In review"),
    Shown.PENDING: pgettext_lazy("refunds", "On their way"),
    Shown.QUEUED: pgettext_lazy("refunds", "Waiting for your balance"),
    Shown.BY_BANK: pgettext_lazy("refunds", "By bank transfer"),
    Shown.LATE: pgettext_lazy("refunds", "Late"),
    Shown.SUCCEEDED: pgettext_lazy("refunds", "Refunded"),
    Shown.FAILED: pgettext_lazy("refunds", "Failed"),
}
ENDINGS: dict[str, Promise] = {
    Ended.DECLINED: _("Declined"),
    Ended.CALLED_OFF: _("Called off"),
    "sent_back_by_bank": _("The bank sent it back"),
}


def reason(key: str) -> str:
    return str(REASONS.get(key) or SURPLUSES.get(key) or key)


def ending(code: str) -> str:
    return str(ENDINGS.get(code, code))
