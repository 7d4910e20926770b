"""Making, removing and using passkeys."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.stagekit import unstash_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.decorators import rate_limit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sleek.core.errors import SleekError
from sleek.merchants import actions as merchants
from sleek.merchants.models import User
from sleek.merchants.rules import Way
from sleek.web.dashboard import access, waiting
from sleek.web.dashboard.security import devices, letters, passkeys, proof
from sleek.web.dashboard.views.security import second_steps


@access.sensitive_page
@access.person
def create(request: access.PersonRequest) -> HttpResponse:
    trouble = ""
    if request.method == "POST":
        try:
            return _created(request)
        except SleekError as refusal:
            trouble = refusal.message
    words = {
        "trouble": trouble,
        "name": request.POST.get("name", "") or devices.in_words(_agent(request)),
    }
    return render(request, "dashboard/security/passkey.html", words)


@access.person
@require_POST
def begin(request: access.PersonRequest) -> HttpResponse:
    """The challenge for making one. The page that asks for it has had a fresh proof."""
    if not proof.is_fresh(request, request.user):
        return HttpResponse(status=403)
    return JsonResponse(passkeys.options_for_making(request, request.user))


@access.sensitive
@access.person
@require_POST
def delete(request: access.PersonRequest, public_id: str) -> HttpResponse:
    address = waiting.client_address(request)
    try:
        is_removed = merchants.remove_passkey(request.user, public_id, address=address)
    except merchants.LastCredential as refusal:
        messages.error(request, refusal.message, extra_tags="bad")
        return redirect("security-show")
    if not is_removed:
        raise Http404
    letters.tell(request, request.user, "passkey_removed")
    messages.success(request, _("The passkey is removed. Delete it in your browser, too."))
    return redirect("security-show")


@rate_limit(action="passkey")  # type: ignore[untyped-decorator]
@never_cache
@require_POST
def challenge(request: HttpRequest) -> HttpResponse:
    """For whoever is logged in or half-way so, their own passkeys; for strangers, any."""
    return JsonResponse(passkeys.options_for_using(request, _known(request)))


@rate_limit(action="passkey")  # type: ignore[untyped-decorator]
@never_cache
@require_POST
def log_in(request: HttpRequest) -> HttpResponse:
    """Password and second step in one. Whatever was wrong, a stranger hears the same."""
    if request.user.is_authenticated:
        return redirect("overview")
    passkey = passkeys.used(request, request.POST.get("credential", ""))
    if passkey is None:
        messages.error(request, _("This passkey opens no account here. Try another way."))
        return redirect("account_login")
    user = passkey.user
    merchants.note_passkey_use(passkey)
    proof.remember(request, user, Way.PASSKEY)
    record_authentication(request, user, "mfa", type=passkey.type, passwordless=True)
    login = Login(user=user, redirect_url=get_next_redirect_url(request))
    response: HttpResponse = perform_login(request, login)
    return response


def _created(request: access.PersonRequest) -> HttpResponse:
    credential = passkeys.made(request, request.POST.get("credential", ""))
    if credential is None:
        raise SleekError(_("The browser's answer could not be verified. Please try again."))
    codes = merchants.add_passkey(
        request.user,
        request.POST.get("name", "").strip() or devices.in_words(_agent(request)),
        credential,
        address=waiting.client_address(request),
    )
    letters.tell(request, request.user, "passkey_added")
    if codes:
        return second_steps.show_codes(request, codes)
    messages.success(request, _("The passkey is added. From now on it can log you in."))
    return redirect("security-show")


def _known(request: HttpRequest) -> User | None:
    if request.user.is_authenticated:
        return request.user
    pending = unstash_login(request, peek=True)
    return pending.user if pending else None


def _agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")
