"""The failure table: each provider's codes, one row each, and what they mean. Pure data.

One file a channel, `{meaning: "its codes"}`; `x.*` stands for all codes that begin with `x.`. What
is not listed means nothing: it is UNKNOWN, which reveals nothing and tries nothing on its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from sleek.channels.base import Failure
from sleek.channels.failures import alipay, ours, paypal, stripe, unionpay, wechatpay
from sleek.channels.failures.meanings import CREDENTIALS, UNKNOWN, Meaning, Special, Support

__all__ = [
    "CREDENTIALS",
    "TABLE",
    "UNKNOWN",
    "Meaning",
    "Special",
    "Support",
    "failure_of",
    "meaning",
]


def _rows(codes: Mapping[Meaning, str]) -> dict[str, Meaning]:
    return {code: meaning for meaning, words in codes.items() for code in words.split()}


COMMON = _rows(ours.CODES)
TABLE: dict[str, dict[str, Meaning]] = {
    "stripe": _rows(stripe.CODES),
    "alipay": _rows(alipay.CODES),
    "wechatpay": _rows(wechatpay.CODES),
    "paypal": _rows(paypal.CODES),
    "unionpay": _rows(unionpay.CODES),
}


def meaning(channel: str, code: str) -> Meaning:
    return _listed(channel, code) or UNKNOWN


def failure_of(channel: str, *codes: str) -> Failure:
    """The category of the first code that is listed: the most telling one comes first."""
    found = (listed for code in codes if (listed := _listed(channel, code)))
    return next(found, UNKNOWN).category


def _listed(channel: str, code: str) -> Meaning | None:
    rows = TABLE.get(channel, {})
    family = code.partition(".")[0] + ".*"
    return rows.get(code) or rows.get(family) or COMMON.get(code)
