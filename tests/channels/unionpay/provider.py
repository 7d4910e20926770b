"""UnionPay's simulator as the contract suite sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import httpx

from sleek.channels.base import NextStep, Order, RefundOrder, Refused, Unavailable
from sleek.channels.unionpay import mapping
from sleek.channels.unionpay.channel import UnionPay
from sleek.core.money import Money
from tests.channels.providers import Provider
from tests.sandbox.conftest import public_pem

CODE = re.compile(r"<code>(\w\w)</code>")


@dataclass
class UnionpayProvider(Provider):
    merchant_key: str
    shop: str = "瓷坊"

    name = "unionpay"
    asked = Money(8880, "CNY")
    refunds_later = True
    close = "query"
    channel: UnionPay = field(init=False)

    def __post_init__(self) -> None:
        self.account = self.sandbox.control(
            "accounts",
            provider="unionpay",
            name=f"{self.shop} {id(self)} {self.receiver.url}",
            merchant_public_key=public_pem(self.merchant_key),
        )
        self.credentials = {
            "mer_id": self.account["mer_id"],
            "sign_key": self.account["certificate"] + self.merchant_key,
            "root_certificate": self.account["root_certificate"],
            "middle_certificate": self.account["middle_certificate"],
            "gateway": self.sandbox.url,
            "file_gateway": f"{self.sandbox.url}/unionpay/files",
        }
        self.bad_credentials = self.credentials | {"mer_id": "777290000000000"}
        self.channel = UnionPay(self.credentials)

    def open(self, order: Order) -> NextStep:
        """Starting needs no call: it is the payer's browser that brings the order."""
        step = self.channel.start(order)
        try:
            page = self.carry(step)
        except httpx.TransportError:
            raise Unavailable("no answer") from None
        if page.status_code >= 500:
            raise Unavailable("no answer")
        if page.status_code == 400:
            [code] = CODE.findall(page.text)
            raise Refused("an error page", reason=code)
        assert page.status_code == 303, page.text
        return step

    def carry(self, step: NextStep) -> httpx.Response:
        return self.sandbox.http.post(step.url, data=dict(step.data))

    def meet(self, order: Order) -> None:
        assert self.carry(self.channel.start(order)).status_code == 303

    def pay(self, order: Order) -> None:
        self.act(order, "pay")

    def decline(self, order: Order, code: str) -> None:
        self.act(order, "decline", code=code)

    def run_out(self, order: Order) -> None:
        self.act(order, "run_out")

    def act(self, order: Order, verb: str, **given: str) -> None:
        number = mapping.order_id(order.key)
        self.sandbox.control(f"unionpay/orders/{number}/{verb}", **given)

    def settle(self, refund: RefundOrder, code: str = "00") -> None:
        number = mapping.order_id(refund.key)
        self.sandbox.control(f"unionpay/refunds/{number}/settle", code=code)

    def booked(self, order: Order, kind: str) -> int:
        known = replace(order, key=mapping.order_id(order.key))
        return super().booked(known, kind)

    def another(self) -> UnionpayProvider:
        return UnionpayProvider(self.sandbox, self.receiver, self.merchant_key, "茶行")
