"""Settings of the workspace and of the person."""

from __future__ import annotations

from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from sleek.merchants import actions as merchants
from sleek.merchants.rules import Right
from sleek.web.dashboard import access, waiting
from sleek.web.dashboard.forms.account import ChangePasswordForm, NewPasswordForm
from sleek.web.dashboard.forms.merchant import SettingsForm, initial_of


@access.member
def edit(request: access.MemberRequest) -> HttpResponse:
    may_change = access.may(request, Right.CHANGE_SETTINGS)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    form = SettingsForm(request.POST or None, initial=initial_of(request.merchant))
    if form.is_valid():
        merchants.update_merchant(
            request.merchant,
            form.profile(),
            actor=request.user,
            address=waiting.client_address(request),
        )
        messages.success(request, _("Saved."))
        return redirect("settings-edit")
    words = {"form": form, "may_change": may_change}
    return render(request, "dashboard/settings/edit.html", words)


@sensitive_post_parameters("current", "password")
@access.person
@rate_limit(action="change_password")  # type: ignore[untyped-decorator]
def password(request: access.PersonRequest) -> HttpResponse:
    """Change it, or choose one where there is none: then the mailbox has spoken for the person."""
    user = request.user
    kind = ChangePasswordForm if user.has_usable_password() else NewPasswordForm
    form = kind(request.POST or None, user=user)
    if form.is_valid():
        merchants.set_password(
            user, form.cleaned_data["password"], address=waiting.client_address(request)
        )
        user.refresh_from_db()
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed. Every other device is logged out."))
        return redirect("settings-edit")
    return render(request, "dashboard/password/edit.html", {"form": form})
