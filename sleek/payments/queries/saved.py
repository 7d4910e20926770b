"""What payers let a merchant keep, and in which browser they are known."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from sleek.channels import registry
from sleek.channels.base import Flow
from sleek.core import clock
from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.payments.models import Payment, SavedMethod
from sleek.payments.queries.offers import Offer
from sleek.payments.rules import saving

SHOWN = 5  # of one browser
FORGOTTEN = 20  # in one round


def browser_hash(merchant: Merchant, secret: str) -> str:
    """What the table keeps of a browser's secret, which is good for one merchant alone."""
    return hashlib.sha256(f"{merchant.public_id}.{secret}".encode()).hexdigest()


def known_in(merchant: Merchant, secret: str) -> list[SavedMethod]:
    """What this browser may pay with or let go of, the last used first; also what has expired."""
    if not secret:
        return []
    now = clock.now()
    rows = SavedMethod.objects.filter(
        Q(last_used_at__gt=now - saving.KNOWN_FOR) | Q(saved_at__gt=now - saving.KNOWN_FOR),
        merchant=merchant,
        browser_hash=browser_hash(merchant, secret),
        revoked_at=None,
        saved_at__isnull=False,
    )
    newest = sorted(rows, key=lambda row: row.last_used_at or row.created_at, reverse=True)
    return newest[:SHOWN]


def saved_offers(merchant: Merchant, amount: Money, secret: str) -> list[Offer]:
    """Those of them that can pay this amount now. Each is charged where it is kept, and nowhere
    else.
    """
    if not merchant.saves_methods:
        return []
    now = clock.now()
    usable = (row for row in known_in(merchant, secret) if row.is_usable(now))
    offers = (_offer(row, amount) for row in usable)
    return [offer for offer in offers if offer]


def may_save(merchant: Merchant, offers: Sequence[Offer]) -> list[str]:
    """The methods among these that can be kept for the next time."""
    if not merchant.saves_methods:
        return []
    return [offer.method for offer in offers if saves(offer.connection.channel, offer.method)]


def saves(channel_id: str, method: str) -> bool:
    return method in registry.capabilities(channel_id).saves


def email_of(payment: Payment) -> str:
    payer = getattr(payment, "payer", None)
    return payer.email if payer else ""


def saved_of(emails: Collection[str]) -> QuerySet[SavedMethod]:
    """What is kept for these addresses, in lower case."""
    known = SavedMethod.objects.annotate(owner=Lower("email")).filter(owner__in=emails)
    return known.filter(revoked_at__isnull=True)


def saved_to_forget() -> list[SavedMethod]:
    due = SavedMethod.objects.filter(forget_at__lte=clock.now()).order_by("forget_at", "pk")
    return list(due.select_related("connection")[:FORGOTTEN])


def _offer(saved: SavedMethod, amount: Money) -> Offer | None:
    connection = saved.connection
    if not connection.is_enabled or saved.method not in connection.methods:
        return None
    method = next((m for m in registry.methods(connection) if m.id == saved.method), None)
    if method is None or not method.takes(amount):
        return None
    return Offer(connection, saved.method, Flow.REDIRECT, (Flow.REDIRECT,), saved=saved)
