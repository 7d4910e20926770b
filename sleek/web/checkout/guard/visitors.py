"""Who is at the door: address, device, and what they bring as a proof."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from sleek.core import ids
from sleek.risk import actions as risk
from sleek.risk.actions import Visitor
from sleek.risk.rules import Action

COOKIE = "sleek_device"
MAX_AGE_S = 365 * 24 * 3600
# Fields of our own among those of the form that was held up.
TICKET, ANSWER = "guard_ticket", "guard_answer"


def visitor(request: HttpRequest, action: Action, subject: str) -> Visitor:
    """Ask once for each request: looking at a code uses up a guess."""
    who = at_the_door(request)
    ticket, answer = request.POST.get(TICKET, ""), request.POST.get(ANSWER, "")
    if ticket and answer:
        return risk.prove(action, subject, who, ticket=ticket, answer=answer)
    return who


def look(request: HttpRequest, action: Action, subject: str) -> Visitor:
    """The visitor, if they would be admitted: before anything at all is written for them."""
    who = visitor(request, action, subject)
    risk.look(action, subject, who)
    return who


def at_the_door(request: HttpRequest) -> Visitor:
    address = str(get_adapter(request).get_client_ip(request))
    return Visitor(address=address, device=_device(request))


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Set when a page is first read, so whoever sends its form has one."""
    if _device(request):
        return
    response.set_cookie(
        COOKIE,
        _signer().sign(ids.token()),
        max_age=MAX_AGE_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _device(request: HttpRequest) -> str:
    """Nothing, too, for one that we did not give out: it could be a new one with every try."""
    try:
        return _signer().unsign(request.COOKIES.get(COOKIE, ""))
    except signing.BadSignature:
        return ""


def _signer() -> signing.Signer:
    return signing.Signer(salt="checkout.device")
