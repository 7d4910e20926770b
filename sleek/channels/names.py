"""What the ways to pay are called: on pages, in letters, on paper."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

METHODS: dict[str, str | Promise] = {
    "card": _("Bank card"),
    "alipay": _("Alipay"),
    "wechatpay": _("WeChat Pay"),
    "unionpay": _("UnionPay"),
    "paypal": "PayPal",
    "bank_transfer": _("Bank transfer"),
    "balance": _("Sleek balance"),
}
