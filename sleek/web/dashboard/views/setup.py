"""Setting up the business, once, right after activation."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from sleek.core.errors import SleekError
from sleek.merchants import actions as merchants
from sleek.merchants import queries
from sleek.merchants.models import Merchant
from sleek.web.dashboard import access, waiting
from sleek.web.dashboard.forms.merchant import SetUpForm, initial_of


@access.person
def create(request: access.PersonRequest) -> HttpResponse:
    if queries.owns_a_workspace(request.user):
        return redirect("overview")
    form = SetUpForm(request.POST or None, initial=_initial())
    if form.is_valid():
        try:
            merchant = merchants.create_merchant(
                request.user, form.profile(), address=waiting.client_address(request)
            )
            access.work_at(request, merchant.public_id)
            return redirect("overview")
        except SleekError as refusal:
            form.add_error(None, refusal.message)
    words = {"form": form, "invitations": queries.invitations_to(request.user)}
    return render(request, "dashboard/setup/create.html", words)


def _initial() -> dict[str, object]:
    """The columns' defaults suit an exporter in China; the language is the one being read."""
    return initial_of(Merchant(language=get_language() or ""))
