"""What the payer holds in the hand, as far as its browser says. Pure.

A wrong guess costs convenience, never money: every method stays payable from some other device.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_MOBILE = re.compile(r"Android|iPhone|iPad|iPod|HarmonyOS|Mobile", re.IGNORECASE)


class Inside(StrEnum):
    """The app whose built-in browser shows the page. Not every wallet can be opened from there."""

    NONE = ""
    WECHAT = "wechat"
    ALIPAY = "alipay"


SHUT_OUT: dict[Inside, frozenset[str]] = {
    Inside.NONE: frozenset(),
    # Within WeChat neither can a code on the screen be scanned nor the phone's page be opened.
    Inside.WECHAT: frozenset({"alipay", "wechatpay"}),
    Inside.ALIPAY: frozenset({"wechatpay"}),
}


@dataclass(frozen=True, slots=True)
class Device:
    is_mobile: bool
    inside: Inside

    def can_open(self, method: str) -> bool:
        return method not in SHUT_OUT[self.inside]


def read(user_agent: str) -> Device:
    inside = Inside.NONE
    if "MicroMessenger" in user_agent:
        inside = Inside.WECHAT
    elif "AlipayClient" in user_agent:
        inside = Inside.ALIPAY
    return Device(bool(_MOBILE.search(user_agent)), inside)
