"""Who works here: the list, invitations on their way, roles, leaving."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.merchants import actions as merchants
from sleek.merchants import queries
from sleek.merchants.models import Invitation, Membership, Role
from sleek.merchants.rules import Right
from sleek.web.dashboard import access, team_letters, waiting
from sleek.web.dashboard.forms.team import InviteForm, RoleForm
from sleek.web.dashboard.telling import roles


@access.allowed(Right.READ)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    return _page(request, InviteForm())


@access.sensitive
@access.allowed(Right.MANAGE_TEAM)
@require_POST
def invite(request: access.MemberRequest) -> HttpResponse:
    form = InviteForm(request.POST)
    if form.is_valid() and _invited(request, form):
        return redirect("team-index")
    return _page(request, form)


@access.allowed(Right.MANAGE_TEAM)
@require_POST
def invite_again(request: access.MemberRequest, public_id: str) -> HttpResponse:
    invitation = access.get(request, _invitations(), public_id)

    def send() -> None:
        token = merchants.invite_again(
            invitation, request.membership, address=waiting.client_address(request)
        )
        team_letters.invited(invitation, token)

    return _try(request, send, _("Sent again. Only the newest mail's button works."))


@access.allowed(Right.MANAGE_TEAM)
@require_POST
def withdraw(request: access.MemberRequest, public_id: str) -> HttpResponse:
    act = partial(
        merchants.withdraw_invitation,
        access.get(request, _invitations(), public_id),
        request.membership,
        address=waiting.client_address(request),
    )
    return _try(request, act, _("Withdrawn. The button in the mail leads nowhere now."))


@access.sensitive
@access.allowed(Right.MANAGE_TEAM)
@require_POST
def change_role(request: access.MemberRequest, public_id: str) -> HttpResponse:
    member = access.get(request, _members(), public_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles."))
        return redirect("team-index")
    role = form.cleaned_data["role"]

    def change() -> None:
        changed = merchants.change_role(
            member, role, request.membership, address=waiting.client_address(request)
        )
        if changed.role != member.role and changed.user != request.user:
            team_letters.role_changed(changed)

    return _try(request, change, _("The role is changed, from the next click on."))


@access.sensitive
@access.allowed(Right.MANAGE_TEAM)
@require_POST
def remove(request: access.MemberRequest, public_id: str) -> HttpResponse:
    member = access.get(request, _members(), public_id)
    user = member.user

    def end() -> None:
        merchants.remove_member(member, request.membership, address=waiting.client_address(request))
        team_letters.removed(request.merchant, user)

    said = _("%(person)s has no access any more.") % {"person": user.email}
    return _try(request, end, said)


@access.allowed(Right.READ)
@require_POST
def leave(request: access.MemberRequest) -> HttpResponse:
    try:
        merchants.leave(request.membership, address=waiting.client_address(request))
    except SleekError as refusal:
        messages.error(request, refusal.message)
        return redirect("team-index")
    owners = [m.user for m in queries.team_of(request.merchant) if m.role == Role.OWNER]
    team_letters.left(request.merchant, request.user, owners)
    messages.success(request, _("You have left %(name)s.") % {"name": request.merchant.name})
    return redirect("overview")


def _page(request: access.MemberRequest, form: InviteForm) -> HttpResponse:
    now = clock.now()
    may_manage = access.may(request, Right.MANAGE_TEAM)
    waiting_for = queries.unanswered_invitations(request.merchant)
    context = {
        "members": queries.team_of(request.merchant),
        "invitations": [(one, now >= one.expires_at) for one in waiting_for],
        "may_manage": may_manage,
        "form": form,
        "roles": Role.choices,
        "meanings": roles.meanings(),
        "table": roles.table(),
    }
    return render(request, "dashboard/team/index.html", context)


def _invited(request: access.MemberRequest, form: InviteForm) -> bool:
    email = form.cleaned_data["email"]
    try:
        invitation, token = merchants.invite(
            request.membership,
            email,
            form.cleaned_data["role"],
            address=waiting.client_address(request),
        )
    except SleekError as refusal:
        form.add_error("email", refusal.message)
        return False
    team_letters.invited(invitation, token)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": email})
    return True


def _try(request: access.MemberRequest, act: Callable[[], None], said: str) -> HttpResponse:
    """Do it, and say on the list how it went."""
    try:
        act()
        messages.success(request, said)
    except SleekError as refusal:
        messages.error(request, refusal.message)
    return redirect("team-index")


def _invitations() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("merchant", "invited_by")


def _members() -> QuerySet[Membership]:
    return Membership.objects.select_related("user", "merchant")
