"""Which link or payment an address means, and what a browser remembers of a link.

A link's page names its payment only to a browser that began it: a signed cookie, good for that link
alone, holds the payment's public id. On a reusable link the cookie is set when the page is first
read, before there is a payment, so that a double click, a second tab and a second try all name the
same one.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from sleek.core import ids
from sleek.links.models import PaymentLink
from sleek.payments.models import Payment

COOKIE = "sleek_payment"
MEMORY = timedelta(days=180)
_PREFIX = "pay"


def link(token: str) -> PaymentLink:
    found = PaymentLink.objects.select_related("merchant").filter(token=token).first()
    if found is None:
        raise Http404("no such link")
    return found


def payment(public_id: str) -> Payment:
    known = Payment.objects.select_related("merchant", "link")
    found = known.filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such payment")
    return found


def remembered_id(request: HttpRequest, link: PaymentLink) -> str:
    """The id of the payment that this browser makes, or would make, on the link; or nothing."""
    return _opened(link, request.COOKIES.get(COOKIE, ""))


def remembered(request: HttpRequest, link: PaymentLink) -> Payment | None:
    public_id = remembered_id(request, link)
    known = Payment.objects.select_related("merchant", "link")
    return known.filter(public_id=public_id, link=link).first() if public_id else None


def remember(response: HttpResponse, link: PaymentLink, public_id: str) -> None:
    response.set_cookie(
        COOKIE,
        _sealed(link, public_id),
        max_age=MEMORY,
        path=reverse("checkout-link", args=[link.token]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def next_ticket(link: PaymentLink) -> str:
    """For paying a reusable link once more: names one new payment, however often it is sent."""
    return _sealed(link, ids.new(_PREFIX))


def redeem(link: PaymentLink, ticket: str) -> str:
    return _opened(link, ticket)


def new_id() -> str:
    return ids.new(_PREFIX)


def _sealed(link: PaymentLink, public_id: str) -> str:
    return signing.Signer(salt=f"checkout.{link.token}").sign(public_id)


def _opened(link: PaymentLink, sealed: str) -> str:
    try:
        return signing.Signer(salt=f"checkout.{link.token}").unsign(sealed)
    except signing.BadSignature:
        return ""
