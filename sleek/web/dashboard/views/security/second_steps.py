"""Codes from an app, recovery codes, and the question for either while logging in."""

from __future__ import annotations

import base64
import secrets
from urllib.parse import quote, urlencode

import segno
from allauth.account.internal.decorators import login_stage_required
from allauth.core import ratelimit
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from sleek.core.errors import SleekError
from sleek.merchants import actions as merchants
from sleek.merchants import queries, rules
from sleek.merchants.rules import Way
from sleek.web.dashboard import access, waiting
from sleek.web.dashboard.security import letters, proof

ISSUER = "Sleek"
SECRET_BYTES = 20  # as long as the hash, as RFC 4226 recommends
_KEY = "totp_secret"


@access.sensitive_page
@access.person
@sensitive_post_parameters("code")
@sensitive_variables("secret")
def turn_on(request: access.PersonRequest) -> HttpResponse:
    """The secret waits in the session until the app has shown that it knows it."""
    if queries.factors_of(request.user).totp:
        return redirect("security-show")
    secret = request.session.setdefault(_KEY, base64.b32encode(_chance()).decode())
    trouble = ""
    if request.method == "POST":
        try:
            return _turned_on(request, secret)
        except SleekError as refusal:
            trouble = refusal.message
    words = {
        "drawing": _drawing(_address(request.user.email, secret)),
        "app_url": _address(request.user.email, secret),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "trouble": trouble,
    }
    return render(request, "dashboard/security/totp.html", words)


@access.sensitive
@access.person
@require_POST
def turn_off(request: access.PersonRequest) -> HttpResponse:
    had = queries.factors_of(request.user).totp
    merchants.turn_off_totp(request.user, address=waiting.client_address(request))
    if had:
        letters.tell(request, request.user, "totp_off")
        messages.success(request, _("Codes from an app are turned off."))
    return redirect("security-show")


@access.sensitive
@access.person
@require_POST
def renew_codes(request: access.PersonRequest) -> HttpResponse:
    if not queries.factors_of(request.user).has_second_step:
        return redirect("security-show")
    codes = merchants.renew_recovery_codes(request.user, address=waiting.client_address(request))
    letters.tell(request, request.user, "codes_renewed")
    return show_codes(request, codes)


def show_codes(request: access.PersonRequest, codes: list[str]) -> HttpResponse:
    """The one time that they can be read: the answer itself, since we keep only their hashes."""
    file = "\n".join([_("Recovery codes for Sleek"), request.user.email, "", *codes, ""])
    words = {
        "codes": codes,
        "file": "data:text/plain;charset=utf-8," + quote(file),
        "count": rules.RECOVERY_CODE_COUNT,
    }
    return render(request, "dashboard/security/codes.html", words)


@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator]
@sensitive_post_parameters("proof")
def ask(request: HttpRequest) -> HttpResponse:
    """Between the password and the back office. Whoever passes has a fresh proof there."""
    stage = request._login_stage  # type: ignore[attr-defined]
    user = stage.login.user
    ways = proof.second_steps(user)
    if not ways:  # turned off meanwhile, in another browser
        return redirect("account_login")
    if "cancel" in request.POST:
        return stage.abort()  # type: ignore[no-any-return]
    taken = proof.take(request, user, ways)
    if taken.way:
        proof.remember(request, user, taken.way)
        response: HttpResponse = stage.exit()
        return response
    return proof.ask(request, user, ways, taken.trouble, is_log_in=True)


def _turned_on(request: access.PersonRequest, secret: str) -> HttpResponse:
    if not ratelimit.consume(request, action="proof", key=f"{request.user.public_id}:new"):
        raise SleekError(_("Too many tries. Wait five minutes."))
    codes = merchants.turn_on_totp(
        request.user,
        secret,
        request.POST.get("code", "")[: proof.MAX_LENGTH],
        address=waiting.client_address(request),
    )
    request.session.pop(_KEY)
    letters.tell(request, request.user, "totp_on")
    proof.remember(request, request.user, Way.CODE)
    if codes:
        return show_codes(request, codes)
    messages.success(request, _("Two-step log-in is turned on."))
    return redirect("security-show")


def _chance() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def _address(email: str, secret: str) -> str:
    """What the QR code holds, in the form that all apps read."""
    query = urlencode({"secret": secret, "issuer": ISSUER})
    return f"otpauth://totp/{ISSUER}:{quote(email)}?{query}"


def _drawing(content: str) -> SafeString:
    code = segno.make_qr(content, error="m")
    svg = code.svg_inline(border=4, dark="#1d1c1a", light="#ffffff", omitsize=True, svgclass="qr")
    return mark_safe(svg)  # drawn by us; no character of the content is in it
