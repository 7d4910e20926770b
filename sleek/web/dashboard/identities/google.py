"""Google, by OpenID Connect: discovery, code with PKCE, and an id token that is checked whole.

allauth skips the signature of a token that came straight from Google; we check it, and the nonce,
so that nothing rests on the connection alone.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import jwt
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from sleek.core import ids
from sleek.merchants.actions import Vouched
from sleek.web.dashboard import mails
from sleek.web.dashboard.identities import wire
from sleek.web.dashboard.identities.wire import Refused

NONCE_LENGTH = 32
CLOCK_LEEWAY_S = 60
_NEEDED = ["iss", "aud", "sub", "exp", "iat"]
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class GoogleClient(OAuth2Client):  # type: ignore[misc]
    def get_access_token(
        self, code: str, pkce_code_verifier: str | None = None, extra_data: Any = None
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback_url,
            "client_id": self.consumer_key,
            "client_secret": self.consumer_secret,
            "code_verifier": pkce_code_verifier or "",
        }
        answer = wire.ask("POST", self.access_token_url, form=form)
        if not answer.get("access_token") or not answer.get("id_token"):
            raise Refused("no token")
        return answer


class GoogleAdapter(OAuth2Adapter):  # type: ignore[misc]
    provider_id = "google"
    client_class = GoogleClient

    @property
    def authorize_url(self) -> str:
        return discovered(_issuer())["authorization_endpoint"]

    @property
    def access_token_url(self) -> str:
        return discovered(_issuer())["token_endpoint"]

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return mails.address_of("identity-back", "google")

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        claims = checked(kwargs["response"]["id_token"], app.client_id, _issuer())
        return self.get_provider().sociallogin_from_response(request, claims)


class Google(GoogleProvider):  # type: ignore[misc]
    oauth2_adapter_class = GoogleAdapter
    pkce_enabled_default = True

    def get_default_scope(self) -> list[str]:
        return ["openid", "email", "profile"]

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None
    ) -> HttpResponse:
        nonce = ids.token(NONCE_LENGTH)
        extra = {"nonce": nonce, "prompt": "select_account"}
        response: HttpResponse = super().redirect(
            request, process, next_url, data, auth_params=extra, nonce=nonce
        )
        return response

    def vouched(self, login: SocialLogin) -> Vouched:
        """Raises when the token was made for another visit than this one."""
        claims = login.account.extra_data
        if not constant_time_compare(str(claims.get("nonce", "")), login.state["nonce"]):
            raise Refused("wrong nonce")
        return Vouched(
            "google",
            login.account.uid,
            name=str(claims.get("name") or ""),
            email=str(claims.get("email") or ""),
            # Only a JSON true: some libraries write the text "false", which is true in Python.
            has_verified_email=claims.get("email_verified") is True,
        )


@cache
def discovered(issuer: str) -> dict[str, str]:
    """Where Google's parts are, by its own word; asked once a process."""
    document = wire.ask("GET", f"{issuer}/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        raise Refused("another issuer")
    scheme = issuer.partition(":")[0]
    found = {name: str(document.get(name, "")) for name in _ENDPOINTS}
    if not all(url.startswith(f"{scheme}://") for url in found.values()):
        raise Refused("endpoints are missing")
    return found


def checked(id_token: str, client_id: str, issuer: str) -> dict[str, Any]:
    """The claims of a token that Google signed for this app and that is still good."""
    try:
        keys = jwt.PyJWKSet.from_dict(wire.ask("GET", discovered(issuer)["jwks_uri"]))
        key = keys[str(jwt.get_unverified_header(id_token).get("kid"))]
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key,
            algorithms=["RS256"],  # never what the token's own head asks for
            audience=client_id,
            issuer=issuer,
            leeway=CLOCK_LEEWAY_S,
            options={"require": _NEEDED},
        )
    except (jwt.PyJWTError, KeyError) as error:
        raise Refused(f"id token: {type(error).__name__}") from error
    if claims.get("azp", client_id) != client_id:
        raise Refused("id token: made for another app")
    return claims


def _issuer() -> str:
    return str(settings.SOCIALACCOUNT_PROVIDERS["google"]["ISSUER"]).rstrip("/")
