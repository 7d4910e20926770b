"""What the payer holds in the hand, as far as its browser says. Pure.

A wrong guess costs convenience, never money: every method stays payable from some other device.
"""

from __future__ import annotations

import re

from sleek.channels.base import Device

_MOBILE = re.compile(r"Android|iPhone|iPad|iPod|HarmonyOS|Mobile", re.IGNORECASE)


def read(user_agent: str) -> Device:
    if "MicroMessenger" in user_agent:
        return Device.WECHAT
    if "AlipayClient" in user_agent:
        return Device.ALIPAY
    return Device.PHONE if _MOBILE.search(user_agent) else Device.DESKTOP
