"""Payment links with what they brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from sleek.links import rules
from sleek.links.models import PaymentLink
from sleek.links.rules import LinkState, LinkStatus
from sleek.payments.models import Payment
from sleek.payments.rules import PaymentStatus
from sleek.reports.queries import pages
from sleek.reports.queries.pages import Page, Place


@dataclass(frozen=True, slots=True)
class LinkRow:
    link: PaymentLink
    state: LinkState
    opened_count: int
    paid_count: int


def links(
    rows: QuerySet[PaymentLink], place: Place, *, text: str, state: str, now: datetime
) -> Page[PaymentLink]:
    """A page of links whose reason, amount or id fits `text`, in `state` (any, when empty)."""
    return pages.page(_in_state(_matching(rows, text), state, now), place, by="created_at")


def with_figures(found: list[PaymentLink], now: datetime) -> list[LinkRow]:
    """What each link brought, in one query for all of them."""
    counts = {
        row["link_id"]: (row["opened"], row["paid"])
        for row in Payment.objects.filter(link__in=found)
        .values("link_id")
        .annotate(opened=Count("pk"), paid=Count("pk", filter=Q(status=PaymentStatus.SUCCEEDED)))
    }
    return [_row(link, *counts.get(link.pk, (0, 0)), now) for link in found]


def _row(link: PaymentLink, opened: int, paid: int, now: datetime) -> LinkRow:
    state = rules.state(
        LinkStatus(link.status),
        expires_at=link.expires_at,
        is_paid=bool(paid) and not link.is_reusable,
        now=now,
    )
    return LinkRow(link, state, opened, paid)


def _matching(rows: QuerySet[PaymentLink], text: str) -> QuerySet[PaymentLink]:
    if not text:
        return rows
    fits = Q(reason__icontains=text) | Q(public_id=text) | Q(token=text)
    for amount in rules.amounts(text):
        fits |= Q(amount=amount.minor, currency=amount.currency)
    return rows.filter(fits)


def _in_state(rows: QuerySet[PaymentLink], state: str, now: datetime) -> QuerySet[PaymentLink]:
    paid = Exists(
        Payment.objects.filter(single_link=OuterRef("pk"), status=PaymentStatus.SUCCEEDED)
    )
    if state == LinkState.PAID:
        return rows.filter(paid)
    expired = Q(expires_at__lte=now)
    match state:
        case LinkState.EXPIRED:
            return rows.filter(expired).exclude(paid)
        case LinkState.PAUSED:
            return rows.filter(status=LinkStatus.PAUSED).exclude(expired).exclude(paid)
        case LinkState.ACTIVE:
            return rows.filter(status=LinkStatus.ACTIVE).exclude(expired).exclude(paid)
    return rows
