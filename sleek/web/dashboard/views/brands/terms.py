"""The merchant's terms: each change is a new version, and the old ones stay readable."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sleek.core.errors import SleekError
from sleek.merchants import actions as merchants
from sleek.merchants.models import Terms
from sleek.merchants.rules import Right
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.brands import TermsForm

VERSIONS = 100  # listed


@access.allowed(Right.CUSTOMISE)
def edit(request: access.MemberRequest) -> HttpResponse:
    versions = list(_terms(request)[:VERSIONS])
    newest = versions[0] if versions else None
    form = TermsForm(request.POST or None, initial={"text": newest.text if newest else ""})
    if form.is_valid():
        try:
            written = merchants.write_terms(
                request.merchant, form.cleaned_data["text"], by=request.user
            )
            done = _("Version %(version)s is what payers agree to from now on.")
            messages.success(request, done % {"version": written.version})
            return redirect("terms-edit")
        except SleekError as refusal:
            form.add_error("text", refusal.message)
    context = {"form": form, "newest": newest, "versions": versions}
    return render(request, "dashboard/brands/terms.html", context)


@access.allowed(Right.CUSTOMISE)
@require_GET
def show(request: access.MemberRequest, version: int) -> HttpResponse:
    terms = get_object_or_404(_terms(request), version=version)
    return render(request, "dashboard/brands/version.html", {"terms": terms})


def _terms(request: access.MemberRequest) -> QuerySet[Terms]:
    rows = access.own(request, Terms.objects.select_related("created_by"))
    return rows.order_by("-version")
