"""Headers that every page carries, and the reader's language, theme and time zone.

The content policy allows our own files and nothing else: no inline script or style without the
request's nonce (`<style nonce="{{ request.csp_nonce }}">`), no frame around us, no foreign host.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class Headers:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", content_policy(request))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


def content_policy(
    request: HttpRequest,
    *,
    forms_to: Iterable[str] = (),
    frames: str = "'none'",
    framed_by: str = "'none'",
) -> str:
    """The policy's text. A view may set the header itself, to let its forms reach further.

    Chromium applies form-action to the redirect that answers a form as well. A checkout form whose
    answer sends the payer to a provider must therefore name the provider's origin in `forms_to`;
    all other forms stay with us. `frames` is what the page shows in frames, `framed_by` who may
    show the page in one.
    """
    nonce = f"'nonce-{request.csp_nonce}'"  # type: ignore[attr-defined]
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' {nonce}",
            f"style-src 'self' {nonce}",
            "img-src 'self' data:",  # data: for the small pictures inside Tabler's style sheet
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action " + " ".join(["'self'", *forms_to]),
            "base-uri 'none'",
            f"frame-src {frames}",
            f"frame-ancestors {framed_by}",
        ]
    )


class Reader:
    """The reader decides the words: by a choice made here, a setting, or the browser's wish.

    Stands after the authentication. Django's LocaleMiddleware has weighed cookie and browser.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        # A thread serves many merchants: no request inherits the time zone of the one before.
        with timezone.override(None):
            return self.get_response(request)
