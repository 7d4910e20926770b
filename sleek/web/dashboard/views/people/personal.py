"""A person's own data: reading all of it, and erasing the account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sleek.core.errors import SleekError
from sleek.refunds import actions as refunds
from sleek.reports.queries.people import personal as reports
from sleek.web.dashboard import access, waiting


@access.person
@require_GET
def show(request: access.PersonRequest) -> HttpResponse:
    return render(request, "dashboard/personal/show.html")


@access.person
@require_GET
def export(request: access.PersonRequest) -> JsonResponse:
    return JsonResponse(
        reports.known_of(request.user),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": 'attachment; filename="sleek-my-data.json"'},
    )


@access.sensitive
@access.person
@require_POST
def erase(request: access.PersonRequest) -> HttpResponse:
    try:
        refunds.erase_person(request.user, address=waiting.client_address(request))
    except SleekError as refusal:
        messages.error(request, refusal.message)
        return redirect("personal-show")
    logout(request)
    messages.success(request, _("Your account is erased."))
    return redirect("home")
