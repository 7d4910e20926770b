"""WeChat itself: who the payer is to the merchant's service account (公众号).

Inside WeChat the payer's browser is sent to an address of WeChat's and comes back with a word that
is good once and for five minutes; the account's secret turns it into the payer's openid. Nobody is
asked anything: this says who it is, and nothing else about them. Replies carry no signature, so all
that is taken from one is an id, which the order itself is then checked against by WeChat Pay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from sleek.channels.base import Refused, Unavailable, Untrusted, is_web_address
from sleek.channels.reading import json_object
from sleek.core import http

AUTHORIZE = "https://open.weixin.qq.com"
API = "https://api.weixin.qq.com"
# Busy, and asked too often: the same question may be asked again.
UNCLEAR = frozenset({-1, 45009, 45011})
OPENID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Account:
    """A service account. `base` is left empty for WeChat's own addresses."""

    app_id: str
    secret: str
    base: str = ""

    def __post_init__(self) -> None:
        if self.base and not is_web_address(self.base):
            raise Refused("WeChat's address is no web address.", reason="app_base")

    def introduction(self, return_url: str, state: str) -> str:
        # WeChat compares the order of the names, too, and wants the mark at the end.
        question = {
            "appid": self.app_id,
            "redirect_uri": return_url,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
        query = urlencode(question)
        return f"{self.base or AUTHORIZE}/connect/oauth2/authorize?{query}#wechat_redirect"

    def introduced(self, word: str, *, client: httpx.Client | None) -> str:
        """Raises `Refused` for a word that is used, late or not WeChat's."""
        question = {
            "appid": self.app_id,
            "secret": self.secret,
            "code": word,
            "grant_type": "authorization_code",
        }
        address = f"{self.base or API}/sns/oauth2/access_token?{urlencode(question)}"
        try:
            response = http.send(httpx.Request("GET", address), client=client)
        except httpx.TransportError:
            raise Unavailable("WeChat did not answer.") from None
        return _openid(response)


def _openid(response: httpx.Response) -> str:
    try:
        told = json_object(response.content)
    except Untrusted:
        raise Unavailable("WeChat's answer cannot be understood.") from None
    number = told.get("errcode", 0)
    if not response.is_success or type(number) is not int or number in UNCLEAR:
        raise Unavailable(f"WeChat could not say who the payer is ({number}).")
    if number:
        message = f"WeChat does not say who the payer is ({number})."
        raise Refused(message, reason=str(number))
    openid = told.get("openid")
    if not isinstance(openid, str) or not OPENID.fullmatch(openid):
        raise Unavailable("WeChat's answer names no payer.")
    return openid
