"""The list of refunds: filtered, paged, and whole for an export; and what waits for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet

from sleek.core import clock
from sleek.links import rules as links
from sleek.merchants.models import Merchant
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus, Route
from sleek.reports.queries import pages
from sleek.reports.queries.pages import Page, Place

EXPORT_LIMIT = 50_000  # rows of one file
CHUNK = 500  # rows read at a time for an export


class Shown(StrEnum):
    """What the list is narrowed to: a status, or a condition within one."""

    IN_REVIEW = "in_review"
    PENDING = "pending"
    QUEUED = "queued"
    BY_BANK = "by_bank"
    LATE = "late"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Filters:
    text: str = ""
    shown: str = ""
    currency: str = ""

    def __bool__(self) -> bool:
        return any((self.text, self.shown, self.currency))


_CONDITIONS: dict[str, Q] = {
    Shown.IN_REVIEW: Q(status=RefundStatus.IN_REVIEW),
    Shown.PENDING: Q(status=RefundStatus.PENDING),
    Shown.QUEUED: Q(status=RefundStatus.PENDING, short_at__isnull=False),
    Shown.BY_BANK: Q(status=RefundStatus.PENDING, route=Route.BANK),
    Shown.LATE: Q(late_at__isnull=False) & ~Q(status=RefundStatus.FAILED),
    Shown.SUCCEEDED: Q(status=RefundStatus.SUCCEEDED),
    Shown.FAILED: Q(status=RefundStatus.FAILED),
}


def refunds(rows: QuerySet[Refund], filters: Filters) -> QuerySet[Refund]:
    rows = rows.filter(_CONDITIONS.get(filters.shown, Q()))
    if filters.currency:
        rows = rows.filter(currency=filters.currency)
    return _matching(rows, filters.text) if filters.text else rows


def page(rows: QuerySet[Refund], place: Place) -> Page[Refund]:
    return pages.page(rows.select_related("attempt__payment"), place, by="created_at")


def export(rows: QuerySet[Refund]) -> Iterator[Refund]:
    """All of them, newest first, up to the limit; in chunks, so a big file costs little memory."""
    ordered = rows.select_related("attempt__payment", "requested_by", "reviewed_by")
    yield from ordered.order_by("-created_at", "-pk")[:EXPORT_LIMIT].iterator(chunk_size=CHUNK)


def currencies_of(merchant: Merchant) -> list[str]:
    found = Refund.objects.filter(merchant=merchant).order_by("currency")
    return list(found.values_list("currency", flat=True).distinct())


def waiting(merchant: Merchant) -> int:
    """How many wait for a second person."""
    return Refund.objects.filter(merchant=merchant, status=RefundStatus.IN_REVIEW).count()


def in_trouble(merchant: Merchant) -> int:
    """How many wait for a person: an account is known, the balance is short, or it is late."""
    stuck = (
        Q(route=Route.BANK, claims__filled_at__isnull=False, claims__revoked_at__isnull=True)
        | Q(short_at__isnull=False)
        | Q(route=Route.BANK, claims__expires_at__lte=clock.now(), claims__revoked_at__isnull=True)
    )
    own = Refund.objects.filter(merchant=merchant)
    late = own.filter(_CONDITIONS[Shown.LATE])
    return (own.filter(stuck, status=RefundStatus.PENDING) | late).distinct().count()


def _matching(rows: QuerySet[Refund], text: str) -> QuerySet[Refund]:
    """By what was paid for, amount, our ids, or the numbers of the provider and of banks."""
    fits = (
        Q(attempt__payment__description__icontains=text)
        | Q(public_id=text)
        | Q(attempt__payment__public_id=text)
        | Q(reference=text)
        | Q(trace=text)
    )
    for amount in links.amounts(text):
        fits |= Q(amount=amount.minor, currency=amount.currency)
    return rows.filter(fits)
