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
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from sleek.core import ids
from sleek.links.models import PaymentLink, Sticker
from sleek.merchants.models import Brand
from sleek.payments.models import Payment

COOKIE = "sleek_payment"
MEMORY = timedelta(days=180)
STICKER_COOKIE = "sleek_sticker"
STICKER_MEMORY = timedelta(hours=2)  # who comes back later has not just scanned it
_PREFIX = "pay"


def link(token: str) -> PaymentLink:
    found = _link(token=token)
    if found is None:
        raise Http404("no such link")
    return found


def known_link(public_id: str) -> PaymentLink | None:
    """For ids of our own; nobody sends them."""
    return _link(public_id=public_id)


def sticker(token: str) -> Sticker:
    found = Sticker.objects.select_related("link__brand__merchant").filter(token=token).first()
    if found is None:
        raise Http404("no such sticker")
    return found


def payment(public_id: str) -> Payment:
    found = _payments().filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such payment")
    return found


def face(payment: Payment) -> Brand:
    """The brand that the payment's pages wear."""
    if payment.link is not None:
        return payment.link.brand
    brands = payment.merchant.brands.select_related("merchant", "logo").defer("logo__content")
    return brands.get(is_default=True)


def remembered_id(request: HttpRequest, link: PaymentLink) -> str:
    """The id of the payment that this browser makes, or would make, on the link; or nothing."""
    return _opened(link, request.COOKIES.get(COOKIE, ""))


def remembered(request: HttpRequest, link: PaymentLink) -> Payment | None:
    public_id = remembered_id(request, link)
    # Most who read a page have no payment yet: the short question costs a tenth of the long one.
    if not public_id or not Payment.objects.filter(public_id=public_id, link=link).exists():
        return None
    return _payments().get(public_id=public_id)


def remember(response: HttpResponse, link: PaymentLink, public_id: str) -> None:
    _keep(response, link, COOKIE, _sealed(link, public_id), max_age=MEMORY)


def remember_sticker(response: HttpResponse, sticker: Sticker) -> None:
    sealed = _sealed(sticker.link, sticker.public_id)
    _keep(response, sticker.link, STICKER_COOKIE, sealed, max_age=STICKER_MEMORY)


def scanned(request: HttpRequest, link: PaymentLink) -> Sticker | None:
    """The sticker that brought this browser to the link a moment ago, if it is still good."""
    public_id = _opened(link, request.COOKIES.get(STICKER_COOKIE, ""))
    if not public_id:
        return None
    return link.stickers.filter(public_id=public_id, revoked_at=None).first()


def next_ticket(link: PaymentLink) -> str:
    """For paying a reusable link once more: names one new payment, however often it is sent."""
    return _sealed(link, ids.new(_PREFIX))


def redeem(link: PaymentLink, ticket: str) -> str:
    return _opened(link, ticket)


def new_id() -> str:
    return ids.new(_PREFIX)


def _link(**key: str) -> PaymentLink | None:
    """With all that its pages say. Every payer asks, so the question is kept short: unordered, and
    with the payee's many columns once, though link and brand both name them.
    """
    known = PaymentLink.objects.select_related("merchant", "brand__logo", "uses", "pieces")
    try:
        found = known.defer("brand__logo__content").get(**key)
    except PaymentLink.DoesNotExist:
        return None
    found.brand.merchant = found.merchant
    return found


def _payments() -> QuerySet[Payment]:
    known = Payment.objects.select_related("merchant", "link__brand__merchant", "link__brand__logo")
    known = known.select_related("link__uses", "link__pieces")
    return known.defer("link__brand__logo__content")


def _keep(
    response: HttpResponse, link: PaymentLink, name: str, value: str, *, max_age: timedelta
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path=reverse("checkout-link", args=[link.token]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _sealed(link: PaymentLink, public_id: str) -> str:
    return signing.Signer(salt=f"checkout.{link.token}").sign(public_id)


def _opened(link: PaymentLink, sealed: str) -> str:
    try:
        return signing.Signer(salt=f"checkout.{link.token}").unsign(sealed)
    except signing.BadSignature:
        return ""
