"""For somebody whom a provider has vouched for and who has no account here, or not yet.

They make one, with their consent, or show that one of ours is theirs: by logging in to it, or by a
link in a mail to its address. Nobody learns here whether an address has an account.
"""

from __future__ import annotations

from allauth.decorators import rate_limit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sleek.core.errors import SleekError
from sleek.merchants import actions as merchants
from sleek.merchants.models import User
from sleek.web.dashboard import access, documents, waiting
from sleek.web.dashboard.forms.account import JoinForm
from sleek.web.dashboard.identities import arrivals, door, letters
from sleek.web.dashboard.identities.arrivals import Arrival


@rate_limit(action="signup")  # type: ignore[untyped-decorator]
@never_cache
def join(request: HttpRequest) -> HttpResponse:
    arrival = arrivals.of(request)
    if arrival is None or request.user.is_authenticated:
        return redirect("account_login")
    posted = request.POST if request.method == "POST" else None
    form = JoinForm(posted, vouched=arrival.vouched)
    if form.is_valid():
        response = _joined(request, form, arrival)
        if response:
            return response
    words = {"form": form, "arrival": arrival}
    return render(request, "dashboard/identities/join.html", words)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Nothing is kept of somebody who does not want to join."""
    arrivals.end(request)
    waiting.end(request)
    return redirect("home")


@never_cache
def prove(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing, since mail scanners do that; the button connects."""
    arrival = arrivals.of(request)
    public_id, is_here = arrivals.owner_by(token, arrival)
    owner = User.objects.filter(public_id=public_id, is_active=True).first()
    if owner is None or arrival is None or not is_here:
        state = {"is_known": owner is not None}
        return render(request, "dashboard/identities/not_proven.html", state, status=410)
    if request.method == "POST":
        return _connected(request, owner, arrival)
    words = {"arrival": arrival, "email": owner.email}
    return render(request, "dashboard/identities/prove.html", words)


@access.sensitive
@access.person
@never_cache
def connect(request: access.PersonRequest) -> HttpResponse:
    """After logging in to the account that somebody has already."""
    arrival = arrivals.of(request)
    if arrival is None:
        return redirect("login-index")
    if request.method == "POST":
        try:
            address = waiting.client_address(request)
            merchants.connect(request.user, arrival.vouched, address=address)
        except SleekError as refusal:
            arrivals.end(request)
            messages.error(request, refusal.message)
            return redirect("login-index")
        return door.connected(request, request.user, arrival.provider)
    words = {"arrival": arrival, "email": request.user.email}
    return render(request, "dashboard/identities/connect.html", words)


def _joined(request: HttpRequest, form: JoinForm, arrival: Arrival) -> HttpResponse | None:
    """Whoever the address belongs to, the answer is the same; only the mail differs."""
    email, vouched = form.email_address, arrival.vouched
    if not vouched.has_verified_email and not waiting.may_send(request, email):
        form.add_error("email", _("We wrote to this address a moment ago. Please wait a minute."))
        return None
    try:
        user = merchants.join(
            vouched,
            email,
            language=get_language() or "",
            agreements=documents.agreements(),
            address=waiting.client_address(request),
        )
    except SleekError as refusal:
        form.add_error(None, refusal.message)
        return None
    if user and vouched.has_verified_email:
        next_url = arrival.next_url or reverse("account-activated")
        return door.let_in(request, user, vouched, next_url)
    waiting.begin(request, email, user)
    waiting.write(request, email)
    return redirect("account-waiting")


def _connected(request: HttpRequest, owner: User, arrival: Arrival) -> HttpResponse:
    try:
        merchants.connect(owner, arrival.vouched, address=waiting.client_address(request))
    except SleekError as refusal:
        arrivals.end(request)
        messages.error(request, refusal.message)
        return redirect("account_login")
    waiting.end(request)
    letters.connected(owner, arrival.provider)
    return door.let_in(request, owner, arrival.vouched, arrival.next_url)
