"""Which bills somebody should ask after."""

from __future__ import annotations

from django.db.models import QuerySet

from sleek.core import clock
from sleek.invoices.models import FollowUp, Invoice
from sleek.invoices.rules import InvoiceStatus
from sleek.merchants.models import Merchant

AT_ONCE = 200  # looked at in one round


def to_plan() -> list[Invoice]:
    """Sent, and nobody was to ask yet."""
    sent = Invoice.objects.filter(status=InvoiceStatus.OPEN, sent_at__isnull=False)
    return list(sent.filter(follow_ups=None).order_by("sent_at")[:AT_ONCE])


def to_end() -> list[FollowUp]:
    """Open tasks of bills that are paid or over."""
    rows = FollowUp.objects.filter(done_at=None).exclude(invoice__status=InvoiceStatus.OPEN)
    return list(rows.select_related("invoice").order_by("pk")[:AT_ONCE])


def follow_ups_due(merchant: Merchant) -> QuerySet[FollowUp]:
    """Today's and those that were left, the oldest first."""
    today = clock.now().astimezone(merchant.zone).date()
    rows = merchant.follow_ups.filter(done_at=None, due_on__lte=today)
    return rows.filter(invoice__status=InvoiceStatus.OPEN).order_by("due_on", "pk")
