"""Where somebody comes back from a provider: in, to the page for joining, or to one that says why
not.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sleek.core.errors import SleekError
from sleek.merchants import actions as merchants
from sleek.merchants.actions import IdentityTaken, Vouched
from sleek.merchants.models import Provider, User
from sleek.web.dashboard import waiting
from sleek.web.dashboard.identities import arrivals, letters


def arrive(request: HttpRequest, vouched: Vouched, state: dict[str, Any]) -> HttpResponse:
    if state["process"] == "connect":
        return _connect(request, vouched, state["data"]["user"])
    address = waiting.client_address(request)
    next_url = str(state.get("next", ""))
    entry = merchants.enter(vouched, address=address)
    if entry is None:
        _leave_behind(request, None)
        arrivals.begin(request, vouched, next_url=next_url)
        return redirect("identity-join")
    if entry.is_linked:
        letters.connected(entry.user, Provider(vouched.provider))
    return let_in(request, entry.user, vouched, next_url)


def let_in(
    request: HttpRequest, user: User, vouched: Vouched, next_url: str | None
) -> HttpResponse:
    """Second step included. Whose address waits to be verified goes to that page instead."""
    _leave_behind(request, user)
    arrivals.begin(request, vouched)  # for choosing another address on the waiting page
    record_authentication(request, user, method="socialaccount", provider=vouched.provider)
    response: HttpResponse = perform_login(request, user, redirect_url=next_url or None)
    if request.user.is_authenticated:
        arrivals.end(request)
    return response


def failed(request: HttpRequest, provider: str, reason: str) -> HttpResponse:
    """Also for who was about to connect: the way back is where they came from."""
    words = {
        "provider": Provider(provider),
        "reason": reason,
        "back": reverse("login-index" if request.user.is_authenticated else "account_login"),
    }
    return render(request, "dashboard/identities/failed.html", words, status=400)


def _connect(request: HttpRequest, vouched: Vouched, public_id: str) -> HttpResponse:
    """Only for the very person who pressed the button."""
    user = request.user
    if not isinstance(user, User) or user.public_id != public_id:
        return failed(request, vouched.provider, "stale")
    try:
        merchants.connect(user, vouched, address=waiting.client_address(request))
    except IdentityTaken:
        arrivals.begin(request, vouched)
        return redirect("identity-merge")
    except SleekError as refusal:
        messages.error(request, refusal.message)
        return redirect("login-index")
    return connected(request, user, Provider(vouched.provider))


def connected(request: HttpRequest, user: User, provider: Provider) -> HttpResponseRedirect:
    arrivals.end(request)
    letters.connected(user, provider)
    messages.success(request, _("%(provider)s is connected.") % {"provider": provider.label})
    return HttpResponseRedirect(reverse("login-index"))


def _leave_behind(request: HttpRequest, user: User | None) -> None:
    """Nothing of another person's session passes to this one."""
    if request.user.is_authenticated and request.user != user:
        request.session.flush()
