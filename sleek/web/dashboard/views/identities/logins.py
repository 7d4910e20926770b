"""The ways to log in that a person has: connecting, disconnecting, and merging two accounts."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sleek.core.errors import SleekError
from sleek.merchants import actions as merchants
from sleek.merchants import queries
from sleek.merchants.models import Identity, Provider
from sleek.merchants.rules import mask
from sleek.web.dashboard import access, waiting
from sleek.web.dashboard.identities import arrivals, letters, providers
from sleek.web.dashboard.views.identities import visits


@providers.leads_there
@access.person
@require_GET
def index(request: access.PersonRequest) -> HttpResponse:
    identities = queries.identities_of(request.user)
    connected = {identity.provider for identity in identities}
    words = {
        "identities": [_shown(request, identity) for identity in identities],
        "to_connect": [each for each in providers.offered() if each not in connected],
        "has_password": request.user.has_usable_password(),
        "passkeys": len(queries.factors_of(request.user).passkeys),
    }
    return render(request, "dashboard/identities/index.html", words)


@providers.leads_there
@access.sensitive
@access.person
@require_POST
def connect(request: access.PersonRequest, provider: str) -> HttpResponse:
    return visits.depart(request, provider, "connect", user=request.user)


@access.sensitive
@access.person
@require_POST
def disconnect(request: access.PersonRequest, public_id: str) -> HttpResponse:
    try:
        identity = merchants.disconnect(
            request.user, public_id, address=waiting.client_address(request)
        )
    except SleekError as refusal:
        messages.error(request, refusal.message)
        return redirect("login-index")
    if identity is None:
        raise Http404
    provider = Provider(identity.provider)
    letters.disconnected(request.user, provider)
    words = {"provider": provider.label}
    messages.success(request, _("%(provider)s is disconnected.") % words)
    return redirect("login-index")


@access.sensitive
@access.person
def merge(request: access.PersonRequest) -> HttpResponse:
    """For somebody who has just shown an identity that logs in to another account."""
    arrival = arrivals.of(request)
    vouched = arrival.vouched if arrival else None
    identity = vouched and queries.identity_of(vouched.provider, vouched.subject, vouched.union)
    if arrival is None or not identity or identity.user_id == request.user.pk:
        return redirect("login-index")
    if request.method == "POST":
        return _merged(request, arrival)
    words = {
        "arrival": arrival,
        "other": mask("email", identity.user.email),
        "places": queries.places_of(identity.user),
    }
    return render(request, "dashboard/identities/merge.html", words)


def _merged(request: access.PersonRequest, arrival: arrivals.Arrival) -> HttpResponse:
    arrivals.end(request)
    try:
        other = merchants.merge(
            request.user, arrival.vouched, address=waiting.client_address(request)
        )
    except SleekError as refusal:
        messages.error(request, refusal.message)
        return redirect("login-index")
    if other:
        letters.merged(other, request.user)
        messages.success(request, _("The two accounts are one now. Both ways log in to it."))
    return redirect("login-index")


def _shown(request: access.PersonRequest, identity: Identity) -> dict[str, object]:
    return {
        "row": identity,
        "provider": Provider(identity.provider),
        "may_go": queries.has_credential_beside(request.user, identity),
    }
