"""The payment that somebody who opens a link will make."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.links import rules as links
from sleek.links.models import PaymentLink, Sticker
from sleek.links.rules import AmountKind, Wish, WishFlaw
from sleek.payments.models import Payment

PAYMENT_LIFETIME = timedelta(hours=24)  # of a payment begun on a reusable link


class WishRefused(SleekError):
    """The payer's amount or quantity is none that the link takes; `flaw` says why."""

    code = "wish_refused"

    def __init__(self, flaw: WishFlaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Visit:
    """How somebody came to a link, and what they chose there.

    On a reusable link `public_id` says which payment is meant, so that opening it twice (a double
    click, a second tab) opens one.
    """

    language: str
    public_id: str = ""
    wish: Wish = field(default_factory=Wish)
    sticker: Sticker | None = None


@transaction.atomic
def open_for_link(link: PaymentLink, visit: Visit) -> Payment:
    """The payment that somebody who opens the link will pay. A single-use link has one, whoever
    comes. Raises `WishRefused`.
    """
    if not link.is_reusable:
        # The link's row is the lock: two first visitors at once still make one payment.
        PaymentLink.objects.select_for_update(no_key=True).get(pk=link.pk)
        return Payment.objects.get_or_create(
            single_link=link, defaults={**_terms(link, visit), "link": link}
        )[0]
    if visit.public_id:
        known = Payment.objects.filter(public_id=visit.public_id, link=link).first()
        if known is not None:
            return known
    terms = _terms(link, visit)
    if not visit.public_id:
        return Payment.objects.create(link=link, **terms)
    return Payment.objects.get_or_create(public_id=visit.public_id, link=link, defaults=terms)[0]


def _terms(link: PaymentLink, visit: Visit) -> dict[str, object]:
    total = links.total(link.ask, visit.wish)
    if isinstance(total, WishFlaw):
        raise WishRefused(total)
    lifetime_end = clock.now() + PAYMENT_LIFETIME if link.is_reusable else None
    ends = [end for end in (link.expires_at, lifetime_end) if end]
    is_counted = link.amount_kind == AmountKind.QUANTITY
    return {
        "merchant_id": link.merchant_id,
        "sticker": visit.sticker,
        "amount": total.minor,
        "currency": total.currency,
        "quantity": visit.wish.quantity if is_counted else None,
        "description": link.reason,
        "language": visit.language,
        "expires_at": min(ends, default=None),
    }
