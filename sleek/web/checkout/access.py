"""Which link or payment an address means, and what a browser remembers of a link.

A link's page names its payment only to a browser that began it: a signed cookie, good for that link
alone, holds the payment's public id. On a reusable link the cookie is set when the page is first
read, before there is a payment, so that a double click, a second tab and a second try all name the
same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from sleek.core import ids
from sleek.core.money import Money
from sleek.invoices import queries as bills
from sleek.invoices import rules as billing
from sleek.invoices.models import Instalment, Invoice
from sleek.links.models import PaymentLink, Sticker
from sleek.links.rules import AmountKind
from sleek.merchants.models import Brand, Merchant
from sleek.papers.models import Paper
from sleek.payments import queries as payments
from sleek.payments.models import Payment
from sleek.receipts import queries as receipts
from sleek.web.ui import joint

COOKIE = "sleek_payment"
MEMORY = timedelta(days=180)
STICKER_COOKIE = "sleek_sticker"
STICKER_MEMORY = timedelta(hours=2)  # who comes back later has not just scanned it
_PREFIX = "pay"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what, on pages that stand before the one that was wanted."""

    face: Brand
    money: Money | None
    reason: str
    link: PaymentLink | None = None


def link(token: str) -> PaymentLink:
    found = _link(token=token)
    if found is None:
        raise Http404("no such link")
    return found


def asked(public_id: str) -> Asked | None:
    """What a link or a bill asks for, by an id of our own; nobody sends them."""
    link = _link(public_id=public_id)
    if link is not None:
        money = link.money if link.amount_kind == AmountKind.FIXED else None
        return Asked(link.brand, money, link.reason, link)
    found = _bills().filter(public_id=public_id).first()
    return Asked(face_of(found), found.due, found.number) if found else None


def sticker(token: str) -> Sticker:
    found = Sticker.objects.select_related("link__brand__merchant").filter(token=token).first()
    if found is None:
        raise Http404("no such sticker")
    return found


def bill(token: str) -> Invoice:
    """One that was issued: drafts are nobody's business."""
    found = _bills().filter(token=token).first()
    if found is None:
        raise Http404("no such bill")
    return found


def several(tokens: str) -> list[Invoice]:
    """Several of one payee and in one currency, in the order of their address."""
    wanted = joint.tokens(tokens)
    if len(wanted) > joint.MOST:
        raise Http404("too many bills")
    known = {
        one.token: one for one in _bills().prefetch_related("instalments").filter(token__in=wanted)
    }
    found = [known[token] for token in wanted if token in known]
    is_one_sum = len({(one.merchant_id, one.currency) for one in found}) == 1
    if len(found) < len(wanted) or not is_one_sum or not payments.agree_on_methods(found):
        raise Http404("bills that are not paid together")
    return found


def instalment(token: str) -> Instalment:
    """One of an issued bill, also one that it is no longer divided into."""
    known = Instalment.ever.select_related("invoice__merchant", "invoice__brand__merchant")
    known = known.select_related("invoice__brand__logo").defer("invoice__brand__logo__content")
    found = known.exclude(invoice__status__in=billing.UNISSUED).filter(token=token).first()
    if found is None:
        raise Http404("no such instalment")
    return found


def paper(bill: Invoice, public_id: str) -> Paper:
    """The bill's own paper, a credit note of it, or a receipt for something that was paid of it."""
    receipted = {each.public_id for each in receipts.of_bill(bill)}
    subjects = {bill.public_id, *receipted, *(note.public_id for note in bills.notes_of(bill))}
    found = Paper.objects.filter(public_id=public_id, subject__in=subjects).first()
    if found is None:
        raise Http404("no such paper")
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
    paid = payments.bills_of(payment)
    if paid:
        return face_of(paid[0])
    return _default_face(payment.merchant)


def _default_face(merchant: Merchant) -> Brand:
    brands = merchant.brands.select_related("merchant", "logo").defer("logo__content")
    return brands.get(is_default=True)


def face_of(bill: Invoice) -> Brand:
    """The brand that the bill's pages wear."""
    return bill.brand or _default_face(bill.merchant)


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


def _bills() -> QuerySet[Invoice]:
    known = Invoice.objects.select_related("merchant", "brand__merchant", "brand__logo")
    issued = known.exclude(status__in=billing.UNISSUED)
    return issued.defer("brand__logo__content")


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
