"""The browser in which a payer let a merchant keep their card.

Its cookie is a random secret, good for one merchant; whoever holds it may pay with what is kept,
as far as no bank asks. No browser gets one whose payer did not tick the box, and each tick brings a
fresh one: nobody can have put it there before.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from sleek.core import ids
from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments import queries
from sleek.payments.actions import Consent
from sleek.payments.queries import Offer
from sleek.payments.rules import saving

SAVE, FORGET, FORGOTTEN = "save", "forget", "forgotten"
SECRET_CHARS = 32
_MAX_CHARS = 64  # of what a browser may bring


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the browser is known by from now on, and the payer's agreement, where it is new."""

    secret: str
    consent: Consent | None = None


def offers(request: HttpRequest, merchant: Merchant, amount: Money) -> list[Offer]:
    """What is kept for this browser and can pay the amount."""
    return queries.saved_offers(merchant, amount, _secret(request, merchant))


def read(request: HttpRequest, merchant: Merchant, payee: str, offer: Offer) -> Keeping | None:
    """The payer's wish in the form that chose `offer`."""
    secret = _secret(request, merchant)
    if offer.saved:
        return Keeping(secret)
    may_save = offer.method in queries.may_save(merchant, [offer])
    if not may_save or offer.method not in request.POST.getlist(SAVE):
        return None
    fresh = ids.token(SECRET_CHARS)
    consent = Consent(
        text_hash=hashlib.sha256(_terms(payee).encode()).hexdigest(),
        language=str(request.LANGUAGE_CODE),
        browser=queries.browser_hash(merchant, fresh),
        address=str(get_adapter(request).get_client_ip(request)) or None,
        known_as=queries.browser_hash(merchant, secret) if secret else "",
    )
    return Keeping(fresh, consent)


def remember(response: HttpResponse, merchant: Merchant, keeping: Keeping | None) -> HttpResponse:
    """Set anew with each payment, so who comes back stays known."""
    if keeping:
        response.set_cookie(
            _cookie(merchant),
            keeping.secret,
            max_age=saving.KNOWN_FOR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def forget(request: HttpRequest, merchant: Merchant) -> None:
    """What the form names, if it is this browser's."""
    wish = request.POST.get(FORGET, "")
    for row in queries.known_in(merchant, _secret(request, merchant)):
        if row.public_id == wish:
            payments.revoke_as_payer(row)


def _terms(payee: str) -> str:
    """Exactly what stood beside the box."""
    return render_to_string("checkout/_save_terms.html", {"payee": payee})


def _secret(request: HttpRequest, merchant: Merchant) -> str:
    return request.COOKIES.get(_cookie(merchant), "")[:_MAX_CHARS]


def _cookie(merchant: Merchant) -> str:
    return f"sleek_known_{merchant.public_id}"
