"""A link's page before there is a link, for the frame beside the merchant's form.

It is drawn by the very view that payers get, over a link that is made for that moment and taken
back. The draft is sealed by the back office, and the page can do nothing: no script, no form.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from sleek.links import actions as links
from sleek.links.actions import Look
from sleek.links.rules import AmountKind, Ask, Field
from sleek.merchants.models import Brand, Merchant, Picture
from sleek.web.checkout.views.links import link as page_of
from sleek.web.checkout.visitor import reader
from sleek.web.ui import drafts
from sleek.web.ui.drafts import Draft
from sleek.web.ui.middleware import content_policy

# What stands in the form's empty fields as an example stands here until something is typed.
_AMOUNT, _BOUNDS, _QUANTITY = 5000, (1000, 100_000), 10


@require_GET
@xframe_options_sameorigin
def show(request: HttpRequest, sealed: str) -> HttpResponse:
    draft = drafts.unseal(sealed)
    merchant = Merchant.objects.filter(public_id=draft.merchant).first() if draft else None
    if draft is None or merchant is None:
        raise Http404("no such draft, or it is too old")
    # Whoever made the draft reads the page in that language, and nothing is remembered of it.
    request.GET = QueryDict(f"{reader.PARAMETER}={draft.language}")
    request.COOKIES = {}
    brand = _brand(merchant, draft)
    with links.rehearsed(
        brand, _ask(draft), draft.reason or "…", look=_look(merchant, draft), pieces=draft.pieces
    ) as link:
        response = page_of(request, link.token)
    response.cookies.clear()
    request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
    policy = content_policy(request, framed_by="'self'")
    response["Content-Security-Policy"] = f"{policy}; sandbox allow-same-origin"
    return response


def _brand(merchant: Merchant, draft: Draft) -> Brand:
    logo = merchant.pictures.filter(public_id=draft.logo).first() if draft.logo else None
    return Brand(
        merchant=merchant, name=draft.brand_name[:120], accent_color=draft.accent_color, logo=logo
    )


def _look(merchant: Merchant, draft: Draft) -> Look:
    pictures: dict[str, Picture] = merchant.pictures.in_bulk(draft.pictures, field_name="public_id")
    return Look(
        description=draft.description,
        pictures=[pictures[each] for each in draft.pictures if each in pictures],
        fields=[Field.unpack(packed) for packed in draft.fields],
        asks_terms=draft.asks_terms,
    )


def _ask(draft: Draft) -> Ask:
    kind, currency = AmountKind(draft.kind), draft.currency
    if kind == AmountKind.OPEN:
        low, high = draft.minimum or _BOUNDS[0], draft.maximum or _BOUNDS[1]
        return Ask(kind, currency, draft.amount, low, max(low, high))
    amount = draft.amount or _AMOUNT
    if kind == AmountKind.QUANTITY:
        return Ask(kind, currency, amount, quantity_max=draft.quantity_max or _QUANTITY)
    return Ask(kind, currency, amount)
