"""Requests to PayPal over our own bounded HTTP, with an access token that is renewed once when
PayPal no longer takes it.
"""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import httpx

from sleek.channels.base import Unavailable, Untrusted
from sleek.channels.paypal import mapping, tokens
from sleek.channels.paypal.tokens import Token
from sleek.core import clock, http

Content = dict[str, object] | list[object]


class Wire:
    def __init__(self, base: str, client_id: str, secret: str, client: httpx.Client | None) -> None:
        self._base = base
        self._login = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        self._owner = tokens.owner(base, client_id, secret)
        self._client = client

    def call(
        self, method: str, target: str, content: Content | None = None, *, request_id: str = ""
    ) -> mapping.Node:
        """The content of a successful reply. Raises `Refused` or `Unavailable`."""
        token = self._token()
        response = self._ask(method, target, content, token=token, request_id=request_id)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            tokens.drop(self._owner, token)
            token = self._token()
            response = self._ask(method, target, content, token=token, request_id=request_id)
        return _content_of(response)

    def log_in(self) -> None:
        """Prove the client id and secret by a token that is new. Raises as `call`."""
        tokens.drop(self._owner)
        self._token()

    def download(self, url: str) -> bytes:
        """Raises `Untrusted`: what is asked for here is a certificate."""
        try:
            response = self._send(httpx.Request("GET", url))
        except Unavailable:
            raise Untrusted("the certificate cannot be had") from None
        # A redirect is not followed: only this address was looked at.
        if response.status_code != httpx.codes.OK:
            raise Untrusted("the certificate is not there")
        return response.content

    def _ask(
        self, method: str, target: str, content: Content | None, *, token: str, request_id: str
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
        body = b""
        if content is not None:
            headers |= {"content-type": "application/json", "prefer": "return=representation"}
            body = json.dumps(content, ensure_ascii=False).encode()
        if request_id:
            headers["paypal-request-id"] = request_id
        return self._send(httpx.Request(method, self._base + target, headers=headers, content=body))

    def _token(self) -> str:
        return tokens.current(self._owner, now=clock.now(), ask=self._new_token)

    def _new_token(self) -> Token:
        request = httpx.Request(
            "POST",
            f"{self._base}/v1/oauth2/token",
            headers={"authorization": f"Basic {self._login}", "accept": "application/json"},
            data={"grant_type": "client_credentials"},
        )
        reply = _content_of(self._send(request))
        value, lasts_s = reply.get("access_token"), reply.get("expires_in")
        if not isinstance(value, str) or not value or type(lasts_s) is not int:
            raise Unavailable("PayPal gave no access token.")
        return Token(value, clock.now() + timedelta(seconds=lasts_s))

    def _send(self, request: httpx.Request) -> httpx.Response:
        request.headers["user-agent"] = "sleek"
        try:
            return http.send(request, client=self._client)
        except httpx.TransportError:
            raise Unavailable("PayPal did not answer.") from None


def _content_of(response: httpx.Response) -> mapping.Node:
    try:
        node = json.loads(response.content) if response.content else {}
    except ValueError:
        node = None
    known = node if isinstance(node, dict) else {}
    if not response.is_success:
        raise mapping.error(response.status_code, known)
    if not isinstance(node, dict):
        raise Unavailable("PayPal's answer cannot be understood.")
    return known
