"""Counting how often people open a link's or a bill's page: no bots, no previews, nobody twice a
day.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sleek.core import clock
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.links import actions as links
from sleek.links.models import PaymentLink, Sticker
from sleek.risk import rules

COOKIE = "sleek_seen"
_A_DAY_S = 24 * 3600


def note(
    request: HttpRequest, response: HttpResponse, link: PaymentLink, sticker: Sticker | None
) -> None:
    """Count this look, unless it is none of a person's or the same person's again."""
    today = clock.now().astimezone(link.merchant.zone).date()
    if _is_fresh(request, today):
        links.count_view(link, sticker, on=today)
        _remember(request, response, today)


def note_bill(request: HttpRequest, response: HttpResponse, bill: Invoice) -> None:
    """Likewise; nor does it count when somebody looks who works here themselves."""
    today = clock.now().astimezone(bill.merchant.zone).date()
    is_colleague = settings.SESSION_COOKIE_NAME in request.COOKIES
    if not is_colleague and _is_fresh(request, today):
        invoices.note_view(bill, on=today)
        _remember(request, response, today)


def _is_fresh(request: HttpRequest, today: date) -> bool:
    return _is_by_person(request) and request.COOKIES.get(COOKIE) != _mark(today)


def _remember(request: HttpRequest, response: HttpResponse, today: date) -> None:
    response.set_cookie(
        COOKIE,
        _mark(today),
        max_age=_A_DAY_S,
        path=request.path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _is_by_person(request: HttpRequest) -> bool:
    agent = request.headers.get("User-Agent", "")
    is_machine = rules.is_bot(agent) or rules.is_prefetch(request.headers)
    return request.method == "GET" and not is_machine


def _mark(day: date) -> str:
    return day.strftime("%y%m%d")
