"""What all pages for payers share: their language, the headers, and the words about the payee.

Nothing here may be indexed, kept by a cache, or told to a provider by a Referer: a payment's
address is the key to its receipt.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from sleek.core.money import Money
from sleek.fx import queries as fx
from sleek.merchants.models import Brand
from sleek.web.checkout import brand
from sleek.web.checkout.visitor import reader
from sleek.web.ui import cookies
from sleek.web.ui.middleware import content_policy

SAMPLE = 1_000_000  # minor units: large enough that rounding does not show

P = ParamSpec("P")
View: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponse]

# A form is answered by a redirect to the provider, whose host only its connector knows. No payer
# page takes anything that would be worth sending elsewhere.
_PROVIDERS = ("https:",) if settings.PUBLIC_URL.startswith("https:") else ("https:", "http:")


def for_payers(view: View[P]) -> View[P]:
    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        language = reader.language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            response = render(request, "checkout/unknown.html", status=404)
        if reader.chosen_language(request):
            cookies.remember_payer_language(response, language)
        return _guard(request, response)

    return wrapped


def about(
    request: HttpRequest, face: Brand, amount: Money | None, reason: str
) -> dict[str, object]:
    """What the summary says, on every page with a payee. Without an amount the payer chooses it."""
    timezone.activate(face.merchant.zone)
    return {
        "merchant": face.merchant,
        "payee": face.display_name,
        "face": face,
        "brand": brand.style(face.accent_color),
        "money": amount,
        "reason": reason,
        "estimate": _estimate(request, amount) if amount else None,
    }


def exchange(request: HttpRequest, currency: str) -> fx.Quote | None:
    """What a good round sum is in the payer's likely currency, for a script that estimates."""
    return _estimate(request, Money(SAMPLE, currency))


def _estimate(request: HttpRequest, amount: Money) -> fx.Quote | None:
    """About what the amount is in the payer's likely currency; nothing when that is the same."""
    currency = reader.currency(request)
    if not currency or currency == amount.currency:
        return None
    return fx.convert(amount, currency)


def _guard(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    # Not "no-referrer": that makes browsers send "Origin: null", which the CSRF check refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    policy = content_policy(request, forms_to=_PROVIDERS)
    response.headers.setdefault("Content-Security-Policy", policy)
    return response
