"""Settings of the workspace and of the person."""

from __future__ import annotations

from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from sleek.merchants import actions as merchants
from sleek.merchants import queries
from sleek.merchants.rules import Right, Way
from sleek.web.dashboard import access, bank_letters, waiting
from sleek.web.dashboard.forms.account import ChangePasswordForm, NewPasswordForm
from sleek.web.dashboard.forms.bank import BankForm
from sleek.web.dashboard.forms.merchant import SettingsForm, initial_of
from sleek.web.dashboard.security import letters, proof


@access.allowed(Right.READ, to_change=Right.CHANGE_SETTINGS)
def edit(request: access.MemberRequest) -> HttpResponse:
    may_change = access.may(request, Right.CHANGE_SETTINGS)
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


@access.sensitive
@access.allowed(Right.SEE_BANK_DETAILS, to_change=Right.CHANGE_BANK_DETAILS)
def bank(request: access.MemberRequest) -> HttpResponse:
    form = BankForm(request.POST or None, merchant=request.merchant)
    if form.is_valid():
        details = form.details()
        before = merchants.change_bank_details(
            request.merchant, details, actor=request.user, address=waiting.client_address(request)
        )
        if before:
            owners = queries.owners_of(request.merchant)
            bank_letters.changed(request.merchant, before, details, by=request.user, to=owners)
        messages.success(request, _("Saved."))
        return redirect("bank-edit")
    words = {"form": form, "may_change": access.may(request, Right.CHANGE_BANK_DETAILS)}
    return render(request, "dashboard/settings/bank.html", words)


@access.sensitive_page
@access.person
@sensitive_post_parameters("current", "password")
@rate_limit(action="change_password")  # type: ignore[untyped-decorator]
def password(request: access.PersonRequest) -> HttpResponse:
    """Change it, or choose one where there is none."""
    user = request.user
    is_known = not user.has_usable_password() or proof.proven_by(request, user) == Way.PASSWORD
    kind = NewPasswordForm if is_known else ChangePasswordForm
    form = kind(request.POST if "password" in request.POST else None, user=user)
    if form.is_valid():
        merchants.set_password(
            user, form.cleaned_data["password"], address=waiting.client_address(request)
        )
        user.refresh_from_db()
        update_session_auth_hash(request, user)
        letters.tell(request, user, "password_changed")
        messages.success(request, _("Your password is changed. Every other device is logged out."))
        return redirect("settings-edit")
    return render(request, "dashboard/password/edit.html", {"form": form})
