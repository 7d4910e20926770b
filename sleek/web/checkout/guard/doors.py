"""The pages that hold somebody up: a puzzle for the browser, a code by mail, or a wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.risk import actions as risk
from sleek.risk import rules
from sleek.risk.actions import ChallengeNeeded, TooManyTries
from sleek.risk.rules import Action, Scope
from sleek.web.checkout import access, page, wording
from sleek.web.checkout.access import Asked
from sleek.web.checkout.guard import letter, visitors
from sleek.web.checkout.guard.visitors import ANSWER, TICKET

P = ParamSpec("P")
View: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponse]

HELD_UP = 429
EMAIL, CODE, TURN = "guard_email", "guard_code", "guard_turn"
OURS = frozenset({"csrfmiddlewaretoken", TICKET, ANSWER, EMAIL, CODE, TURN})
AGAIN_AFTER_S = 20  # so soon a page that waits tries again by itself
TURNS = 30  # so many times; then there is the button

WRONG_CODE = _("That code is not right, or no longer good. Look again, or ask for another one.")
WRONG_EMAIL = _("Please enter an e-mail address such as name@example.com.")
NO_MORE_CODES = _("No more codes are sent for now. Please try again in an hour.")
NOT_SENT = _("The mail could not be sent. Please try again in a few minutes.")


def guarded(view: View[P]) -> View[P]:
    """Answers when a verb refuses on behalf of the guard, and tells browsers apart."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except (ChallengeNeeded, TooManyTries) as refusal:
            return _answer(request, refusal)
        if request.method == "GET":
            visitors.remember(request, response)
        return response

    return wrapped


def _answer(request: HttpRequest, refusal: ChallengeNeeded | TooManyTries) -> HttpResponse:
    asked = access.asked(refusal.subject)
    if asked and asked.link:
        risk.tell(refusal, asked.link.merchant_id, asked.link.public_id)
    if isinstance(refusal, TooManyTries):
        return _wait(request, asked, refusal)
    if EMAIL in request.POST:
        return _send_code(request, asked, refusal)
    if CODE in request.POST:
        ticket = request.POST.get(TICKET, "")
        return _ask_for_code(request, asked, ticket, error=WRONG_CODE)
    return _puzzle(request, asked, refusal)


def _puzzle(
    request: HttpRequest,
    asked: Asked | None,
    challenge: ChallengeNeeded,
    *,
    error: str | Promise = "",
) -> HttpResponse:
    ticket = risk.new_ticket(challenge, visitors.at_the_door(request))
    puzzle = {
        "ticket": ticket,
        "seed": rules.seed(ticket),
        "bits": rules.bits(challenge.level),
        "parts": rules.PARTS,
        "error": error,
        "typed": request.POST.get(EMAIL, ""),
    }
    return _render(request, "checkout/guard/puzzle.html", asked, puzzle)


def _send_code(
    request: HttpRequest, asked: Asked | None, challenge: ChallengeNeeded
) -> HttpResponse:
    who = visitors.at_the_door(request)
    email = request.POST[EMAIL].strip()
    try:
        forms.EmailField(max_length=254).clean(email)
        risk.admit(Action.SEND_CODE, email.lower(), who)
    except forms.ValidationError:
        return _puzzle(request, asked, challenge, error=WRONG_EMAIL)
    except TooManyTries:
        return _puzzle(request, asked, challenge, error=NO_MORE_CODES)
    code = risk.new_code(challenge, who)
    if not letter.send(code.digits, email):
        return _puzzle(request, asked, challenge, error=NOT_SENT)
    return _ask_for_code(request, asked, code.ticket, email=email)


def _ask_for_code(
    request: HttpRequest,
    asked: Asked | None,
    ticket: str,
    *,
    email: str = "",
    error: str | Promise = "",
) -> HttpResponse:
    words = {"ticket": ticket, "email": email, "error": error, "digits": risk.CODE_DIGITS}
    return _render(request, "checkout/guard/code.html", asked, words)


def _wait(request: HttpRequest, asked: Asked | None, refusal: TooManyTries) -> HttpResponse:
    turn = request.POST.get(TURN, "")
    turns = min(int(turn), TURNS) if turn.isdecimal() and len(turn) < 4 else 0
    zone = asked.face.merchant.zone if asked else None
    words = {
        "until": wording.hour(refusal.until, zone) if zone else "",
        "is_about_link": refusal.scope == Scope.SUBJECT,
        "again_after": AGAIN_AFTER_S if turns < TURNS else 0,
        "turn": turns + 1,
    }
    response = _render(request, "checkout/guard/wait.html", asked, words)
    response.headers["Retry-After"] = str(AGAIN_AFTER_S)
    return response


def _render(
    request: HttpRequest, template: str, asked: Asked | None, words: Mapping[str, object]
) -> HttpResponse:
    context: dict[str, object] = {"action": request.get_full_path(), "kept": _kept(request)}
    if asked:
        context |= page.about(request, asked.face, asked.money, asked.reason)
    return render(request, template, {**context, **words}, status=HELD_UP)


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What was chosen and typed, to be sent once more."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in OURS
        for value in values
    ]
