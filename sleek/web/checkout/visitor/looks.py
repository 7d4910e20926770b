"""Counting how often people open a link's page: no bots, no previews, nobody twice a day."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sleek.core import clock
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
    if not _is_by_person(request) or request.COOKIES.get(COOKIE) == _mark(today):
        return
    links.count_view(link, sticker, on=today)
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
