"""How django-allauth's social log-in meets the rest of Sleek: it brings people to the door."""

from __future__ import annotations

import logging
from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.http import Http404, HttpRequest

from sleek.core import ids
from sleek.web.dashboard.identities import door
from sleek.web.dashboard.identities.google import Google
from sleek.web.dashboard.identities.weixin import Weixin
from sleek.web.dashboard.identities.wire import Silent

STATE_LENGTH = 32
KINDS: dict[str, type[Google] | type[Weixin]] = {"google": Google, "weixin": Weixin}

logger = logging.getLogger(__name__)


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Google | Weixin:
        """From the settings alone: apps in the database would be a second place to look."""
        if provider not in settings.SOCIALACCOUNT_PROVIDERS:
            raise Http404
        app = SocialApp(provider=provider, **settings.SOCIALACCOUNT_PROVIDERS[provider]["APP"])
        return KINDS[provider](request, app=app)

    def generate_state_param(self, state: dict[str, Any]) -> str:
        return ids.token(STATE_LENGTH)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
        """Here our own verbs take over; nothing of allauth's linking and signing up runs."""
        vouched = sociallogin.provider.vouched(sociallogin)
        raise ImmediateHttpResponse(door.arrive(request, vouched, sociallogin.state))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Google | Weixin,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> NoReturn:
        reason = _reason(request, error, exception, extra_context or {})
        logger.warning(
            "identities.not_logged_in",
            extra={"provider": provider.id, "reason": reason, "error": str(exception or "")},
        )
        raise ImmediateHttpResponse(door.failed(request, provider.id, reason))


def _reason(
    request: HttpRequest, error: str | None, exception: Exception | None, context: dict[str, Any]
) -> str:
    """`refused` by the person, `stale` on our side, `silent` or `failed` on the provider's."""
    if isinstance(exception, Silent):
        return "silent"
    if exception is not None:
        return "failed"
    if "state" not in context:
        return "stale"
    # WeChat brings somebody who refused back without a code, and without a word.
    is_mute = "error" not in request.GET
    return "refused" if error == AuthError.CANCELLED or is_mute else "failed"
