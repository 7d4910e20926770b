"""How django-allauth meets the rest of Sleek: our verbs, our mails, our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from sleek.merchants import actions as merchants
from sleek.merchants.models import User
from sleek.web.dashboard import mails, waiting
from sleek.web.dashboard.security import letters


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: Mapping[str, str | Promise] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This e-mail address and password do not match. Check both, or choose a new password."
        ),
        "too_many_login_attempts": _(
            "Too many tries. Wait five minutes, or choose a new password."
        ),
    }

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: each page says itself what happened."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        match template_prefix:
            case "account/email/password_reset_key":
                user, token = context["user"].public_id, context["key"]
                url = mails.address_of("account_reset_password_from_key", user, token)
                mails.send(mails.password_reset(url), email)
            case "account/email/unknown_account":
                mails.send(mails.no_account(), email)
            case _:
                raise LookupError(f"no mail of ours is called {template_prefix}")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Unused: `send_mail` makes the address, without the row's number."""
        return ""

    def set_password(self, user: User, password: str) -> None:
        merchants.set_password(user, password, address=self.get_client_ip(self.request))
        letters.tell(self.request, user, "password_changed")

    def should_send_confirmation_mail(self, *args: Any, **kwargs: Any) -> bool:
        """Never by allauth: `respond_email_verification_sent` sends ours."""
        return False

    def respond_email_verification_sent(self, request: HttpRequest, user: User) -> HttpResponse:
        """Somebody with the right password whose address is not verified yet."""
        waiting.begin(request, user.email, user)
        waiting.send_activation(request)
        return HttpResponseRedirect(reverse("account-waiting"))

    def is_safe_url(self, url: str | None) -> bool:
        """Only this host, port included: allauth would allow every host that settings allow."""
        hosts = {self.request.get_host()}
        secure = settings.SESSION_COOKIE_SECURE
        return url_has_allowed_host_and_scheme(url, allowed_hosts=hosts, require_https=secure)
