"""WeChat's log-in for web sites: a code to scan, OAuth 2 in WeChat's own dialect.

It has no PKCE and no signature; the state binds the answer to this browser. A refusal comes with
HTTP 200 and an `errcode`. There is no e-mail address.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.socialaccount.providers.weixin.provider import WeixinProvider
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from sleek.merchants.actions import Vouched
from sleek.web.dashboard import mails
from sleek.web.dashboard.identities import wire
from sleek.web.dashboard.identities.wire import Refused, Silent

BUSY = -1  # WeChat's own word for "later, please"


class WeixinClient(OAuth2Client):  # type: ignore[misc]
    def get_redirect_url(
        self, authorization_url: str, scope: list[str], extra_params: dict[str, str]
    ) -> str:
        """WeChat wants the parameters in this order, and the fragment."""
        query = {
            "appid": self.consumer_key,
            "redirect_uri": self.callback_url,
            "response_type": "code",
            "scope": ",".join(scope),
            "state": self.state,
            "lang": "cn" if get_language() == "zh-hans" else "en",
        }
        return f"{authorization_url}?{urlencode(query)}#wechat_redirect"

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None) -> dict[str, Any]:
        query = {
            "appid": self.consumer_key,
            "secret": self.consumer_secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        answer = _told(self.access_token_url, query)
        if not answer.get("access_token") or not answer.get("openid"):
            raise Refused("no token")
        return answer


class WeixinAdapter(OAuth2Adapter):  # type: ignore[misc]
    provider_id = "weixin"
    client_class = WeixinClient

    @property
    def authorize_url(self) -> str:
        return f"{_setting('PAGE_URL')}/connect/qrconnect"

    @property
    def access_token_url(self) -> str:
        return f"{_setting('API_URL')}/sns/oauth2/access_token"

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return mails.address_of("identity-back", "weixin")

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        openid = str(kwargs["response"]["openid"])
        query = {"access_token": token.token, "openid": openid, "lang": "zh_CN"}
        person = _told(f"{_setting('API_URL')}/sns/userinfo", query)
        if person.get("openid") != openid:
            raise Refused("another person's details")
        return self.get_provider().sociallogin_from_response(request, person)


class Weixin(WeixinProvider):  # type: ignore[misc]
    oauth2_adapter_class = WeixinAdapter

    def vouched(self, login: SocialLogin) -> Vouched:
        person = login.account.extra_data
        return Vouched(
            "weixin",
            login.account.uid,
            union=str(person.get("unionid") or ""),
            name=str(person.get("nickname") or ""),
        )


def _told(url: str, query: dict[str, str]) -> dict[str, Any]:
    answer = wire.ask("GET", url, query=query)
    number = answer.get("errcode", 0)
    if number == BUSY:
        raise Silent("busy")
    if number:
        raise Refused(f"errcode {number}")
    return answer


def _setting(name: str) -> str:
    return str(settings.SOCIALACCOUNT_PROVIDERS["weixin"][name]).rstrip("/")
