"""The life of a bill. What comes beside its status (sent, viewed, partly paid, overpaid, overdue)
is a fact with a time, not a status.
"""

from __future__ import annotations

from enum import StrEnum


class InvoiceStatus(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


# PAID is final: money that leaves again does so as a refund, and the bill says so beside it.
# UNCOLLECTIBLE is not: debtors do pay in the end.
MOVES: dict[InvoiceStatus, frozenset[InvoiceStatus]] = {
    InvoiceStatus.DRAFT: frozenset({InvoiceStatus.IN_REVIEW, InvoiceStatus.OPEN}),
    InvoiceStatus.IN_REVIEW: frozenset({InvoiceStatus.DRAFT, InvoiceStatus.OPEN}),
    InvoiceStatus.OPEN: frozenset(
        {InvoiceStatus.PAID, InvoiceStatus.VOID, InvoiceStatus.UNCOLLECTIBLE}
    ),
    InvoiceStatus.UNCOLLECTIBLE: frozenset({InvoiceStatus.PAID, InvoiceStatus.VOID}),
    InvoiceStatus.PAID: frozenset(),
    InvoiceStatus.VOID: frozenset(),
}
UNISSUED = frozenset({InvoiceStatus.DRAFT, InvoiceStatus.IN_REVIEW})
PAYABLE = frozenset({InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE})


class Nature(StrEnum):
    """What a bill is for."""

    SAMPLING = "sampling"  # 打样费
    TOOLING = "tooling"  # 模具费
    TESTING = "testing"  # 样品测试费
    DEPOSIT = "deposit"
    BALANCE = "balance"
    GOODS = "goods"
    SERVICE = "service"
    OTHER = "other"


class DocumentKind(StrEnum):
    """What a bill refers to."""

    SALES_ORDER = "sales_order"
    PURCHASE_ORDER = "purchase_order"
    CONTRACT = "contract"
    PROJECT = "project"
    QUOTATION = "quotation"
    OTHER = "other"


def may_be_void(status: InvoiceStatus, asked: int) -> bool:
    """One that asks for nothing, since deposits cover it, is paid and yet nobody's money."""
    is_covered = status == InvoiceStatus.PAID and asked == 0
    return is_covered or may_become(status, InvoiceStatus.VOID)


def may_become(status: InvoiceStatus, fresh: InvoiceStatus) -> bool:
    return fresh in MOVES[status]
