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
    if queries.membership_of(request.user):
        return redirect("overview")
    form = SetUpForm(request.POST or None, initial=_initial())
    if form.is_valid():
        try:
            merchants.create_merchant(
                request.user, form.profile(), address=waiting.client_address(request)
            )
            return redirect("overview")
        except SleekError as refusal:
            form.add_error(None, refusal.message)
    return render(request, "dashboard/setup/create.html", {"form": form})


def _initial() -> dict[str, str]:
    """The columns' defaults suit an exporter in China; the language is the one being read."""
    return initial_of(Merchant(language=get_language() or ""))
