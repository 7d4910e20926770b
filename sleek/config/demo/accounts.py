"""Opening the demo's accounts at the sandbox, the way a merchant opens them at the real providers.

Nothing else in Sleek knows which of the two it talks to. The connections are the operator's, so
that whoever signs up on this installation can be paid at once.
"""

from __future__ import annotations

import base64

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from sleek.channels.models import Connection

NAME = "demo"


def stripe(sandbox: str) -> Connection:
    """An account, and the address for its notices registered as in Stripe's dashboard."""
    connection = Connection(merchant=None, channel="stripe", name="Stripe", methods=["card"])
    key = _post(f"{sandbox}/control/accounts", {"provider": "stripe", "name": NAME})["secret_key"]
    endpoint = httpx.post(
        f"{sandbox}/v1/webhook_endpoints",
        data={
            "url": f"{settings.PUBLIC_URL}/callbacks/stripe/{connection.public_id}/",
            "enabled_events[]": "*",
        },
        headers={"Authorization": f"Bearer {key}"},
    )
    secret = endpoint.raise_for_status().json()["secret"]
    connection.seal({"secret_key": key, "webhook_secret": secret, "api_base": sandbox})
    return connection


def alipay(sandbox: str) -> Connection:
    """An app with a key pair of its own, of which Alipay is given the public half."""
    connection = Connection(merchant=None, channel="alipay", name="支付宝", methods=["alipay"])
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    app_public_key = base64.b64encode(public).decode()
    opened = _post(
        f"{sandbox}/control/accounts",
        {"provider": "alipay", "name": NAME, "app_public_key": app_public_key},
    )
    connection.seal(
        {
            "app_id": opened["app_id"],
            "seller_id": opened["seller_id"],
            "alipay_public_key": opened["alipay_public_key"],
            "app_private_key": private.decode(),
            "gateway": f"{sandbox}/gateway.do",
        }
    )
    return connection


def _post(url: str, body: dict[str, str]) -> dict[str, str]:
    answer: dict[str, str] = httpx.post(url, json=body).raise_for_status().json()
    return answer
