"""Which channels there are. Each line is one integration; the rest of Sleek meets them only through
`base`.
"""

from __future__ import annotations

from importlib import import_module

from sleek.channels.base import Capabilities, Channel
from sleek.channels.models import Connection

_CHANNELS = {
    "stripe": "sleek.channels.stripe.channel:Stripe",
    "alipay": "sleek.channels.alipay.channel:Alipay",
    "wechatpay": "sleek.channels.wechatpay.channel:WechatPay",
}


def ids() -> list[str]:
    return list(_CHANNELS)


def capabilities(channel_id: str) -> Capabilities:
    return _load(channel_id).capabilities


def connect(connection: Connection) -> Channel:
    """The channel of a connection, with its credentials.

    Raises `KeyError` for a channel that is not installed.
    """
    return _load(connection.channel)(connection.unseal())


def _load(channel_id: str) -> type[Channel]:
    module, name = _CHANNELS[channel_id].split(":")
    connector: type[Channel] = getattr(import_module(module), name)
    return connector
