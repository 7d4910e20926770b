"""Choosing language and theme, and the pages for errors."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from sleek.merchants import actions as merchants
from sleek.web.ui import context, cookies


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    response = _back(request)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        cookies.remember_language(response, language)
        if request.user.is_authenticated:
            merchants.choose_language(request.user, language)
    return response


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    response = _back(request)
    cookies.remember_theme(response, request.POST.get("theme", ""))
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/errors/403.html", status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "ui/errors/csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/errors/404.html", status=404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/errors/429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the context processors: what broke may be the very database that they ask."""
    words = context.look(request)
    return HttpResponse(render_to_string("ui/errors/500.html", words), status=500)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that the form stood on, never to another host."""
    to = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        to = "/"
    return HttpResponseRedirect(to)
