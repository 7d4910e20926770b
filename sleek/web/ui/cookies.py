"""The choices a browser remembers, whoever uses it: theme, language, and that of payers' pages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

THEME = "sleek_theme"
THEMES = ("light", "dark")
PAYER_LANGUAGE = "sleek_payer_language"
MAX_AGE_S = 365 * 24 * 3600


def theme(request: HttpRequest) -> str:
    """ "light", "dark", or "" for as the device has it."""
    chosen = request.COOKIES.get(THEME, "")
    return chosen if chosen in THEMES else ""


def remember_theme(response: HttpResponse, chosen: str) -> None:
    if chosen in THEMES:
        _keep(response, THEME, chosen)
    else:
        response.delete_cookie(THEME)


def language(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")


def payer_language(request: HttpRequest) -> str:
    return request.COOKIES.get(PAYER_LANGUAGE, "")


def remember_payer_language(response: HttpResponse, language: str) -> None:
    """Payers choose among more languages than the back office speaks, so theirs stands apart."""
    _keep(response, PAYER_LANGUAGE, language)


def remember_language(response: HttpResponse, language: str) -> None:
    _keep(response, settings.LANGUAGE_COOKIE_NAME, language)


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=MAX_AGE_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
