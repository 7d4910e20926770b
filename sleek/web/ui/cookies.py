"""The two choices a browser remembers, whoever uses it: language and theme."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

THEME = "sleek_theme"
THEMES = ("light", "dark")
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
