"""A fresh proof of identity, before something sensitive happens (step-up).

It is kept in the session, for its person, and lasts five minutes. Whoever has none yet gets a page
that asks for it in the ways that count for them (`rules.ways`). The page carries along what they
typed, and sends it on to where it was meant to go together with the proof, so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.merchants import actions as merchants
from sleek.merchants import queries, rules
from sleek.merchants.actions import RECOVERY_CODE
from sleek.merchants.models import User
from sleek.merchants.rules import Way
from sleek.web.dashboard import waiting
from sleek.web.dashboard.security import letters, mail_codes, passkeys

_KEY = "proof"
MAX_LENGTH = 256
SEND_MAIL = "send"  # beside the ways: asks for the code by mail that another press will send back
# What belongs to the proof itself.
_OWN = frozenset({"csrfmiddlewaretoken", "proof_way", "proof", "proof_then"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a proof that was sent: the way that holds, or what is wrong with it.

    Neither, when a code was only asked for, or nothing was sent.
    """

    way: Way | None = None
    trouble: str = ""


def demanded(request: HttpRequest, user: User) -> HttpResponse | None:
    """The answer to give first, or None when the request may go on."""
    if not is_fresh(request, user):
        ways = queries.ways_to_prove(user)
        taken = take(request, user, ways)
        if taken.way is None:
            return ask(request, user, ways, taken.trouble)
        remember(request, user, taken.way)
    then = request.POST.get("proof_then", "")
    return redirect(_own_address(request, then)) if then else None


def second_steps(user: User) -> list[Way]:
    """What counts beside a log-in password."""
    return [way for way in queries.ways_to_prove(user) if way in {Way.CODE, Way.PASSKEY}]


def is_fresh(request: HttpRequest, user: User) -> bool:
    return rules.is_fresh(_proven_at(request, user), clock.now())


def proven_by(request: HttpRequest, user: User) -> Way | None:
    """How, while it is fresh."""
    return Way(request.session[_KEY]["way"]) if is_fresh(request, user) else None


def remember(request: HttpRequest, user: User, way: Way) -> None:
    request.session[_KEY] = {
        "user": user.public_id,
        "at": clock.now().isoformat(),
        "way": way.value,
    }


def take(request: HttpRequest, user: User, allowed: Collection[Way]) -> Taken:
    """Judge what was sent. Wrong tries are counted by person and way: success with one way gives no
    new tries with another.
    """
    told = request.POST.get("proof_way", "")
    if not told:
        return Taken()
    if told == SEND_MAIL and Way.MAIL in allowed:
        return Taken(trouble=_send_mail(request, user))
    if told not in allowed:
        return Taken(trouble=_("This way does not count here. Choose one of those below."))
    way = Way(told)
    trouble = _check(request, user, way, request.POST.get("proof", ""))
    return Taken(trouble=trouble) if trouble else Taken(way)


def ask(
    request: HttpRequest, user: User, ways: list[Way], trouble: str = "", **words: object
) -> HttpResponse:
    """A whole page, also where a part of one was wanted."""
    factors = queries.factors_of(user)
    words |= {
        "ways": [way.value for way in _in_order(request, ways, factors.totp is not None)],
        "trouble": trouble,
        "email": user.email,
        "mail_is_sent": mail_codes.is_sent(request),
        "has_app": factors.totp is not None,
        "url": request.get_full_path(),
        "carried": _carried(request),
        "then": _then(request),
        "lost_files": bool(request.FILES),
        "send_mail": SEND_MAIL,
        "wanted_part": "HX-Request" in request.headers,
    }
    response = render(request, "dashboard/security/proof.html", words)
    if words["wanted_part"]:
        response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
        response["HX-Push-Url"] = "false"
    return response


def _check(request: HttpRequest, user: User, way: Way, typed: str) -> str:
    if way == Way.TRANSACTION_PASSWORD:  # which counts its wrong tries itself
        return _check_transaction_password(request, user, typed[:MAX_LENGTH])
    key = f"{user.public_id}:{way}"
    if not ratelimit.consume(request, action="proof", key=key):
        return _("Too many tries. Wait five minutes.")
    trouble = _compare(request, user, way, typed if way == Way.PASSKEY else typed[:MAX_LENGTH])
    if not trouble:
        ratelimit.clear(request, action="proof", key=key)
    return trouble


def _compare(request: HttpRequest, user: User, way: Way, typed: str) -> str:
    address = waiting.client_address(request)
    if way == Way.CODE:
        used = merchants.use_code(user, typed, address=address)
        if used == RECOVERY_CODE:
            letters.tell(request, user, "recovery_code_used")
        words = _("This code is not right, or it was used before. Enter the newest one.")
        return "" if used else words
    if way == Way.PASSKEY:
        passkey = passkeys.used(request, typed, user)
        if passkey is None:
            return _("The passkey did not answer for this account. Try again.")
        merchants.note_passkey_use(passkey)
        return ""
    if way == Way.MAIL:
        return mail_codes.trouble(request, user, typed)
    return "" if user.check_password(typed) else _("This is not your log-in password.")


def _check_transaction_password(request: HttpRequest, user: User, typed: str) -> str:
    try:
        merchants.prove_transaction_password(user, typed, address=waiting.client_address(request))
    except SleekError as refusal:
        return refusal.message
    return ""


def _send_mail(request: HttpRequest, user: User) -> str:
    if not ratelimit.consume(request, action="proof_mail", key=user.public_id):
        return _("The last mail is less than a minute old. Wait a little, please.")
    letters.send(letters.code(mail_codes.issue(request, user)), user.email)
    return ""


def _proven_at(request: HttpRequest, user: User) -> datetime | None:
    kept = request.session.get(_KEY)
    if not kept or kept["user"] != user.public_id:
        return None
    return datetime.fromisoformat(kept["at"])


def _in_order(request: HttpRequest, ways: list[Way], has_app: bool) -> list[Way]:
    """The way that was just tried stays in front, with what was wrong beside it. What cannot work
    here, or costs a recovery code, stands behind.
    """
    tried = request.POST.get("proof_way", "")
    poor = {Way.CODE: not has_app, Way.PASSKEY: not passkeys.are_possible(request)}
    return sorted(ways, key=lambda way: (way != tried, poor.get(way, False)))


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, to be sent on. A password is never written into a page, nor can a file be."""
    if request.method != "POST" or request.FILES:
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in map(str, values)
        if name not in _OWN and "password" not in name and name != "current"
    ]


def _then(request: HttpRequest) -> str:
    """The page to go back to, where sending on is not what was wanted or would lose a file."""
    if "proof_then" in request.POST:
        return request.POST["proof_then"]
    if request.method != "POST":
        return request.get_full_path()
    return request.headers.get("Referer", "") if request.FILES else ""


def _own_address(request: HttpRequest, url: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()})
    parts = urlsplit(url)
    return parts._replace(scheme="", netloc="").geturl() if is_ours else "/overview"
