"""Which channels there are. Each line is one integration; the rest of Sleek meets them only through
`base`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from sleek.channels import failures
from sleek.channels.base import Capabilities, Channel, Credential, Method, Refused
from sleek.channels.failures import CREDENTIALS, Meaning
from sleek.channels.models import Connection

_CHANNELS = {
    "stripe": "sleek.channels.stripe.channel:Stripe",
    "alipay": "sleek.channels.alipay.channel:Alipay",
    "wechatpay": "sleek.channels.wechatpay.channel:WechatPay",
    "paypal": "sleek.channels.paypal.channel:Paypal",
    "unionpay": "sleek.channels.unionpay.channel:UnionPay",
    "banktransfer": "sleek.channels.banktransfer.channel:BankTransfer",
    "balance": "sleek.channels.balance.channel:Balance",
}


def ids() -> list[str]:
    return list(_CHANNELS)


def capabilities(channel_id: str) -> Capabilities:
    return _load(channel_id).capabilities


def methods(connection: Connection) -> tuple[Method, ...]:
    """What a connection can offer: some flows need a credential that not every merchant has."""
    known = _load(connection.channel).capabilities.methods
    if not any(method.needs or method.currency_in for method in known):
        return known
    credentials = connection.unseal()
    return tuple(method.having(credentials) for method in known)


def method(channel_id: str, method_id: str) -> Method | None:
    known = _load(channel_id).capabilities.methods
    return next((method for method in known if method.id == method_id), None)


def fields(channel_id: str) -> tuple[Credential, ...]:
    """What a connection of it must know."""
    return _load(channel_id).fields


def tells(channel_id: str) -> bool:
    """Whether its provider sends notices."""
    return _load(channel_id).acknowledgement.status < 400


def meaning(channel_id: str, code: str) -> Meaning:
    """What a code of its provider means, or one of ours; a refusal may name a credential."""
    if channel_id in _CHANNELS and code in {field.name for field in fields(channel_id)}:
        return CREDENTIALS
    return failures.meaning(channel_id, code)


def try_on(channel_id: str, credentials: Mapping[str, str]) -> None:
    """Whether these could be credentials, without asking the provider.

    Raises `Refused` with the name of the field that is wrong.
    """
    for field in fields(channel_id):
        if field.is_required and not credentials.get(field.name):
            raise Refused("This is needed.", reason=field.name)
    _load(channel_id)(credentials)


def connect(connection: Connection) -> Channel:
    """The channel of a connection, with its credentials.

    Raises `KeyError` for a channel that is not installed.
    """
    return _load(connection.channel)(connection.unseal())


def _load(channel_id: str) -> type[Channel]:
    module, name = _CHANNELS[channel_id].split(":")
    connector: type[Channel] = getattr(import_module(module), name)
    return connector
