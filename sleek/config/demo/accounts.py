"""Opening the demo's accounts at the sandbox, the way a merchant opens them at the real providers.

Nothing else in Sleek knows which of the two it talks to. The connections are the operator's, so
that whoever signs up on this installation can be paid at once.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from sleek.channels.models import Connection
from sleek.core import http

NAME = "demo"


def open_all(sandbox: str) -> dict[str, Connection]:
    """One connection for each channel, not saved yet."""
    openers = (stripe, alipay, wechatpay, unionpay, paypal)
    connections = [opener(sandbox) for opener in openers]
    return {connection.channel: connection for connection in connections}


def stripe(sandbox: str) -> Connection:
    """An account, and the address for its notices registered as in Stripe's dashboard."""
    connection = Connection(merchant=None, channel="stripe", name="Stripe", methods=["card"])
    key = _at_stripe(sandbox)["secret_key"]
    endpoint = post(
        f"{sandbox}/v1/webhook_endpoints",
        data={
            "url": f"{settings.PUBLIC_URL}/callbacks/stripe/{connection.public_id}/",
            "enabled_events[]": "*",
        },
        headers={"Authorization": f"Bearer {key}"},
    )
    secret = endpoint.json()["secret"]
    connection.seal({"secret_key": key, "webhook_secret": secret, "api_base": sandbox})
    return connection


def stripe_account(sandbox: str) -> str:
    """Its id, which no credential of ours tells."""
    return _at_stripe(sandbox)["account"]


def _at_stripe(sandbox: str) -> dict[str, str]:
    return _open(sandbox, {"provider": "stripe", "name": NAME})


def alipay(sandbox: str) -> Connection:
    """An app with a key pair of its own, of which Alipay is given the public half."""
    connection = Connection(merchant=None, channel="alipay", name="支付宝", methods=["alipay"])
    private, public = _key_pair()
    body = "".join(line for line in public.splitlines() if not line.startswith("-----"))
    opened = _open(sandbox, {"provider": "alipay", "name": NAME, "app_public_key": body})
    connection.seal(
        {
            "app_id": opened["app_id"],
            "seller_id": opened["seller_id"],
            "alipay_public_key": opened["alipay_public_key"],
            "app_private_key": private,
            "gateway": f"{sandbox}/gateway.do",
        }
    )
    return connection


def wechatpay(sandbox: str) -> Connection:
    """A merchant with a certificate of its own, which believes the platform's public key."""
    connection = Connection(
        merchant=None, channel="wechatpay", name="微信支付", methods=["wechatpay"]
    )
    private, public = _key_pair()
    opened = _open(
        sandbox,
        {
            "provider": "wechatpay",
            "name": NAME,
            "merchant_public_key": public,
            "domain": urlsplit(settings.PUBLIC_URL).netloc,
        },
    )
    kept = ("mch_id", "app_id", "app_secret", "serial_no", "api_v3_key")
    credentials = {name: opened[name] for name in (*kept, "public_key_id", "public_key")}
    places = {"api_base": sandbox, "app_base": f"{sandbox}/weixin"}
    connection.seal(credentials | {"private_key": private} | places)
    return connection


def unionpay(sandbox: str) -> Connection:
    """A merchant whose signing certificate the sandbox's own authority issued."""
    connection = Connection(merchant=None, channel="unionpay", name="银联", methods=["unionpay"])
    private, public = _key_pair()
    opened = _open(sandbox, {"provider": "unionpay", "name": NAME, "merchant_public_key": public})
    kept = ("mer_id", "root_certificate", "middle_certificate")
    credentials = {name: opened[name] for name in kept}
    credentials["sign_key"] = opened["certificate"] + private
    connection.seal(credentials | {"gateway": sandbox, "file_gateway": f"{sandbox}/unionpay/files"})
    return connection


def paypal(sandbox: str) -> Connection:
    """An app, and the address for its notices registered as in PayPal's dashboard."""
    connection = Connection(merchant=None, channel="paypal", name="PayPal", methods=["paypal"])
    opened = _open(sandbox, {"provider": "paypal", "name": NAME})
    kept = ("client_id", "client_secret", "root_certificate")
    credentials = {name: opened[name] for name in kept} | {"api_base": sandbox}
    pair = f"{opened['client_id']}:{opened['client_secret']}".encode()
    login = post(
        f"{sandbox}/v1/oauth2/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {base64.b64encode(pair).decode()}"},
    )
    token = login.json()["access_token"]
    webhook = post(
        f"{sandbox}/v1/notifications/webhooks",
        json={
            "url": f"{settings.PUBLIC_URL}/callbacks/paypal/{connection.public_id}/",
            "event_types": [{"name": "*"}],
        },
        headers={"Authorization": f"Bearer {token}"},
    )
    connection.seal(credentials | {"webhook_id": webhook.json()["id"]})
    return connection


def identities(sandbox: str) -> None:
    """The apps with which people log in, by the ids and secrets that the settings name.

    Only those that the settings send to the sandbox.
    """
    back = f"{settings.PUBLIC_URL}/account/with"
    for provider, chosen in settings.SOCIALACCOUNT_PROVIDERS.items():
        app = chosen["APP"]
        if provider == "google" and chosen["ISSUER"].startswith(sandbox):
            order = {"client_id": app["client_id"], "client_secret": app["secret"]}
            places: dict[str, object] = {"redirect_uris": [f"{back}/google/back"]}
        elif provider == "weixin" and chosen["API_URL"].startswith(sandbox):
            order = {"appid": app["client_id"], "secret": app["secret"]}
            places = {"domain": urlsplit(settings.PUBLIC_URL).netloc}
        else:
            continue
        _open(sandbox, {"provider": provider, "name": "Sleek", **order, **places})


def post(url: str, **content: Any) -> httpx.Response:
    """By the one client that there is: to make another for each would take longer than to ask."""
    return http.send(httpx.Request("POST", url, **content)).raise_for_status()


def _key_pair() -> tuple[str, str]:
    """A private key and its public half, both PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


def _open(sandbox: str, order: Mapping[str, object]) -> dict[str, str]:
    account: dict[str, str] = post(f"{sandbox}/control/accounts", json=order).json()
    return account
