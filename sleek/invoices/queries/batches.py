"""Batches to look at, and which bills of a list an act is for."""

from __future__ import annotations

from django.db.models import QuerySet

from sleek.invoices.models import Batch, BatchItem, Invoice
from sleek.invoices.rules import PAYABLE, UNISSUED, BatchKind, InvoiceStatus
from sleek.merchants.models import Merchant

OPEN_SHOWN = 3
_FITTING: dict[BatchKind, tuple[InvoiceStatus, ...]] = {
    BatchKind.ISSUE: tuple(UNISSUED),
    BatchKind.SEND: (*PAYABLE, InvoiceStatus.PAID),
    BatchKind.REMIND: (InvoiceStatus.OPEN,),
    BatchKind.VOID: tuple(PAYABLE),
}


def fitting(bills: QuerySet[Invoice], kind: BatchKind) -> QuerySet[Invoice]:
    """Of a whole list, those that this can be done with at all."""
    return bills.filter(status__in=_FITTING[kind])


def batches_open(merchant: Merchant) -> list[Batch]:
    """Those that are worked off, the newest first."""
    rows = merchant.batches.filter(ended_at=None).select_related("created_by", "stopped_by")
    return list(rows.order_by("-created_at")[:OPEN_SHOWN])


def bills_of(items: list[BatchItem]) -> dict[str, Invoice]:
    """Those that are still there, by their public id."""
    rows = Invoice.objects.select_related("customer")
    return rows.in_bulk([item.bill for item in items], field_name="public_id")
