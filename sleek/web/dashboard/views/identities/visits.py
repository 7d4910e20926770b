"""To a provider and back."""

from __future__ import annotations

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.utils import get_request_param
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sleek.merchants.models import User
from sleek.web.dashboard import adapter
from sleek.web.dashboard.identities.adapter import KINDS


@require_POST
def start(request: HttpRequest, provider: str) -> HttpResponse:
    """Only by a button of ours: no other site can send somebody through a log-in."""
    next_url = get_request_param(request, "next")
    is_safe = adapter.Adapter(request).is_safe_url(next_url)
    return depart(request, provider, "login", next_url=next_url if is_safe else None)


@never_cache
@require_GET
def back(request: HttpRequest, provider: str) -> HttpResponse:
    kind = type(get_adapter().get_provider(request, provider))
    response: HttpResponse = _BACK[kind.id](request)
    return response


def depart(
    request: HttpRequest,
    provider: str,
    process: str,
    *,
    next_url: str | None = None,
    user: User | None = None,
) -> HttpResponse:
    """`user` is who must come back, where an account of theirs is to be connected."""
    kind = get_adapter().get_provider(request, provider)
    data = {"user": user.public_id} if user else None
    try:
        response: HttpResponse = kind.redirect(request, process, next_url, data)
    except OAuth2Error as error:
        response = render_authentication_error(request, kind, exception=error)
    return response


_BACK = {
    name: OAuth2CallbackView.adapter_view(kind.oauth2_adapter_class) for name, kind in KINDS.items()
}
