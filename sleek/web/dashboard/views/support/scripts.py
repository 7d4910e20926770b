"""The script library: what payers are told, by matter and language, and a merchant's own words."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sleek.merchants.rules import Right
from sleek.notifications import actions as notifications
from sleek.notifications import queries, scripts
from sleek.notifications.actions import ScriptRefused
from sleek.notifications.rules import Matter
from sleek.web.dashboard import access
from sleek.web.dashboard.telling.support import scripts as telling

MAX_SEARCH = 60


@access.allowed(Right.ANSWER_PAYERS)
@require_GET
def index(request: access.MemberRequest) -> HttpResponse:
    language = request.GET.get("language", "") or request.LANGUAGE_CODE
    language = language if language in settings.PAYER_LANGUAGES else "en"
    text = request.GET.get("q", "").strip()[:MAX_SEARCH]
    found = [
        (telling.name(matter), wording)
        for matter, wording in queries.wordings(request.merchant, language).items()
        if _fits(text, telling.name(matter), wording.title, wording.text)
    ]
    context = {
        "found": found,
        "text": text,
        "spoken": language,
        "languages": telling.languages(),
        "may_change": access.may(request, Right.CHANGE_SETTINGS),
    }
    return render(request, "dashboard/scripts/index.html", context)


@access.allowed(Right.CHANGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: access.MemberRequest, language: str, matter: str) -> HttpResponse:
    which = _matter(language, matter)
    now = queries.wordings(request.merchant, language)[which]
    title, text = now.title, now.text
    complaint = ""
    if request.method == "POST":
        title, text = request.POST.get("title", ""), request.POST.get("text", "")
        try:
            notifications.write_script(
                request.merchant, which, language, title=title, text=text, by=request.user
            )
        except ScriptRefused as error:
            complaint = error.message
        else:
            messages.success(request, _("The script is saved."))
            return redirect(_list(language))
    context = {
        "name": telling.name(which),
        "wording": now,
        "title": title,
        "text": text,
        "complaint": complaint,
        "spoken": language,
        "language_name": dict(telling.languages())[language],
        "shipped": scripts.shipped(which, language),
        "variables": telling.VARIABLES,
    }
    return render(request, "dashboard/scripts/edit.html", context)


@access.allowed(Right.CHANGE_SETTINGS)
@require_POST
def reset(request: access.MemberRequest, language: str, matter: str) -> HttpResponse:
    which = _matter(language, matter)
    notifications.drop_script(request.merchant, which, language, by=request.user)
    messages.success(request, _("The wording that comes with Sleek counts again."))
    return redirect(_list(language))


def _list(language: str) -> str:
    return f"{reverse('script-index')}?language={language}"


def _matter(language: str, matter: str) -> Matter:
    if language not in settings.PAYER_LANGUAGES or matter not in [*Matter]:
        raise Http404("no such script")
    return Matter(matter)


def _fits(text: str, *fields: str) -> bool:
    wanted = text.casefold().split()
    whole = " ".join(fields).casefold()
    return all(word in whole for word in wanted)
