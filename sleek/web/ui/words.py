"""What statuses, channels and ways to pay are called, in one place for all audiences.

Rules and connectors are pure and know no language, so their words live here. Something unlisted is
shown by its own id.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from sleek.channels.names import METHODS

Words = dict[str, Promise]
Names = dict[str, Promise | str]  # what a company is called is the same in every language

STATUSES: dict[str, Words] = {
    "payment": {
        "pending": pgettext_lazy("payment", "Awaiting payment"),
        "processing": pgettext_lazy("payment", "Processing"),
        "succeeded": pgettext_lazy("payment", "Paid"),
        "failed": pgettext_lazy("payment", "Failed"),
        "expired": pgettext_lazy("payment", "Expired"),
        "canceled": pgettext_lazy("payment", "Canceled"),
        "refunding": pgettext_lazy("payment", "Refunding"),
        "partly_refunded": pgettext_lazy("payment", "Partly refunded"),
        "refunded": pgettext_lazy("payment", "Refunded"),
    },
    "paymentlink": {
        "active": pgettext_lazy("link", "Open"),
        "paused": pgettext_lazy("link", "Paused"),
        "expired": pgettext_lazy("link", "Expired"),
        "paid": pgettext_lazy("link", "Paid"),
        "used_up": pgettext_lazy("link", "Used up"),
        "archived": pgettext_lazy("link", "Archived"),
    },
    "invoice": {
        "draft": pgettext_lazy("bill", "Draft"),
        "in_review": pgettext_lazy("bill", "In review"),
        "open": pgettext_lazy("bill", "To be paid"),
        "paid": pgettext_lazy("bill", "Paid"),
        "void": pgettext_lazy("bill", "Void"),
        "uncollectible": pgettext_lazy("bill", "Written off"),
    },
    "attempt": {
        "started": pgettext_lazy("attempt", "Started"),
        "requires_action": pgettext_lazy("attempt", "Waiting for the payer"),
        "processing": pgettext_lazy("attempt", "Being processed"),
        "succeeded": pgettext_lazy("attempt", "Received"),
        "failed": pgettext_lazy("attempt", "Failed"),
        "canceled": pgettext_lazy("attempt", "Closed"),
        "unknown": pgettext_lazy("attempt", "Outcome unknown"),
    },
    "refund": {
        "in_review": pgettext_lazy("refund", "In review"),
        "pending": pgettext_lazy("refund", "On its way"),
        "succeeded": pgettext_lazy("refund", "Refunded"),
        "failed": pgettext_lazy("refund", "Failed"),
    },
    "portion": {
        "waiting": pgettext_lazy("portion", "Waits for money"),
        "held": pgettext_lazy("portion", "Held"),
        "released": pgettext_lazy("portion", "Released"),
        "returned": pgettext_lazy("portion", "Went back"),
    },
    "bankline": {
        "open": pgettext_lazy("bank line", "Not matched"),
        "matched": pgettext_lazy("bank line", "Matched"),
        "ignored": pgettext_lazy("bank line", "Put aside"),
    },
    "message": {
        "queued": pgettext_lazy("message", "On its way"),
        "sent": pgettext_lazy("message", "Sent"),
        "failed": pgettext_lazy("message", "Did not leave"),
    },
}

CHANNELS: Names = {
    "stripe": "Stripe",
    "alipay": pgettext_lazy("channel", "Alipay"),
    "wechatpay": pgettext_lazy("channel", "WeChat Pay"),
    "unionpay": pgettext_lazy("channel", "UnionPay"),
    "paypal": "PayPal",
    "banktransfer": pgettext_lazy("channel", "Bank transfer"),
    "balance": pgettext_lazy("channel", "Sleek balance"),
}


def status(noun: str, key: str) -> str:
    return str(STATUSES.get(noun, {}).get(key, key))


def channel(key: str) -> str:
    return str(CHANNELS.get(key, key))


def method(key: str) -> str:
    return str(METHODS.get(key, key))
