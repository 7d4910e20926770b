"""Which providers this installation offers, and pages whose forms lead to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from sleek.merchants.models import Provider
from sleek.web.ui.middleware import content_policy

P = ParamSpec("P")
Request = TypeVar("Request", bound=HttpRequest)


def offered() -> list[Provider]:
    return [provider for provider in Provider if provider in settings.SOCIALACCOUNT_PROVIDERS]


def leads_there(
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """For a page with a button that leads to a provider: the content policy must allow it."""

    @wraps(view)
    def opened(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Content-Security-Policy"] = content_policy(request, forms_to=_origins())
        return response

    return opened


def _origins() -> list[str]:
    chosen = settings.SOCIALACCOUNT_PROVIDERS
    addresses = [chosen[name].get("ISSUER") or chosen[name]["PAGE_URL"] for name in chosen]
    parts = [urlsplit(address) for address in addresses]
    return [f"{part.scheme}://{part.netloc}" for part in parts]
