"""Answering an invitation: the page behind the button in its mail, and saying yes.

Mail scanners open every link of a mail, so opening it only shows a page. Who may say yes is decided
by the verified address of whoever is signed in, not by the token: that only finds the invitation.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sleek.core.errors import SleekError
from sleek.merchants import actions as merchants
from sleek.merchants import queries
from sleek.merchants.models import Invitation, User
from sleek.merchants.rules import InvitationState, mask
from sleek.web.dashboard import access, team_letters, waiting


@never_cache
@require_GET
def show(request: HttpRequest, token: str) -> HttpResponse:
    invitation = queries.invitation(token)
    state = queries.state_of(invitation) if invitation else InvitationState.UNKNOWN
    words: dict[str, object] = {"invitation": invitation, "state": str(state)}
    if invitation is None or state != InvitationState.OPEN:
        return render(request, "dashboard/invitations/closed.html", words, status=410)
    if not request.user.is_authenticated:
        return render(request, "dashboard/invitations/stranger.html", words)
    if not queries.owns_address(request.user, invitation.email):
        words["invited"] = mask("email", invitation.email)
        return render(request, "dashboard/invitations/somebody_else.html", words, status=403)
    return render(request, "dashboard/invitations/show.html", words)


@access.person
@require_GET
def index(request: access.PersonRequest) -> HttpResponse:
    """All that wait for this person, for whoever signed up on the way and lost the mail's page."""
    words = {"invitations": queries.invitations_to(request.user)}
    return render(request, "dashboard/invitations/index.html", words)


@access.person
@require_POST
def accept(request: access.PersonRequest, public_id: str) -> HttpResponse:
    invitation = _mine(request.user, public_id)
    try:
        place = merchants.accept_invitation(
            invitation, request.user, address=waiting.client_address(request)
        )
    except SleekError as refusal:
        messages.error(request, refusal.message)
        return redirect("invitation-index")
    access.work_at(request, place.merchant.public_id)
    if queries.works_at(invitation.invited_by, place.merchant):
        team_letters.joined(place, invitation.invited_by)
    messages.success(request, _("Welcome to %(name)s.") % {"name": place.merchant.name})
    return redirect("overview")


def _mine(user: User, public_id: str) -> Invitation:
    """An invitation to another address is as absent as one that never was: 404."""
    for invitation in queries.invitations_to(user):
        if invitation.public_id == public_id:
            return invitation
    raise Http404
