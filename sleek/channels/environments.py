"""Where a connection's provider is: the real one, the provider's place for trying, or our sandbox.

A merchant chooses by name and never types an address, which could lead anywhere. Our sandbox is
there only where it runs: in the demo.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Environment(StrEnum):
    LIVE = "live"
    TRIAL = "trial"
    SANDBOX = "sandbox"


# Credentials that say where, and whom to believe there. Without them it is the real place.
PLACES = frozenset({"api_base", "app_base", "gateway", "file_gateway"})

_TRIAL: dict[str, Mapping[str, str]] = {
    "alipay": {"gateway": "https://openapi-sandbox.dl.alipaydev.com/gateway.do"},
    "paypal": {"api_base": "https://api-m.sandbox.paypal.com"},
    "unionpay": {
        "gateway": "https://gateway.test.95516.com",
        "file_gateway": "https://filedownload.test.95516.com",
    },
}
_SANDBOX: dict[str, Mapping[str, str]] = {
    "stripe": {"api_base": ""},
    "alipay": {"gateway": "/gateway.do"},
    "wechatpay": {"api_base": "", "app_base": "/weixin"},
    "paypal": {"api_base": ""},
    "unionpay": {"gateway": "", "file_gateway": "/unionpay/files"},
}


def open_to(channel: str, sandbox: str) -> list[Environment]:
    """Those that a new connection may lead to; `sandbox` is its address, where there is one."""
    found = [Environment.LIVE]
    if channel in _TRIAL:
        found.append(Environment.TRIAL)
    if sandbox and channel in _SANDBOX:
        found.append(Environment.SANDBOX)
    return found


def places(channel: str, environment: Environment, sandbox: str) -> dict[str, str]:
    """The addresses to keep among the credentials."""
    if environment == Environment.SANDBOX:
        return {name: f"{sandbox}{path}" for name, path in _SANDBOX[channel].items()}
    return dict(_TRIAL[channel]) if environment == Environment.TRIAL else {}


def of(channel: str, credentials: Mapping[str, str]) -> Environment:
    """Where a connection leads. Stripe has one address, and keys for trying."""
    told = {name: credentials[name] for name in PLACES if credentials.get(name)}
    if told and told == dict(_TRIAL.get(channel, {})):
        return Environment.TRIAL
    if told:
        return Environment.SANDBOX
    is_trial = "_test_" in credentials.get("secret_key", "")[:8]
    return Environment.TRIAL if is_trial else Environment.LIVE
