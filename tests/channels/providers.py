"""The sandbox's providers as the contract suite sees them: an account, a payer, notices, books."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives import serialization

from sleek.channels.alipay.channel import Alipay
from sleek.channels.base import Channel, Flow, Order, RefundOrder, Report
from sleek.channels.stripe.channel import Stripe
from sleek.channels.wechatpay.channel import WechatPay
from sleek.core import clock
from sleek.core.money import Money
from tests.sandbox.conftest import Receiver, Sandbox

# Long enough for the provider to act, short enough for a test.
SHORT = {"seconds": 0.05}


@dataclass
class Provider:
    """What a channel's simulator lets a test do.

    A new channel brings one of these and gets the whole suite.
    """

    sandbox: Sandbox
    receiver: Receiver

    name: ClassVar[str]
    signed_headers: ClassVar[tuple[str, ...]] = ()
    asked: ClassVar[Money]
    channel: Channel = field(init=False)
    credentials: dict[str, str] = field(init=False)
    bad_credentials: dict[str, str] = field(init=False)

    def meet(self, order: Order) -> None:
        """The payer arrives at the provider."""
        raise NotImplementedError

    def pay(self, order: Order) -> None:
        """The payer pays. Raises `AssertionError` when the provider will not let them."""
        raise NotImplementedError

    def another(self) -> Provider:
        """The same provider with another merchant's account."""
        raise NotImplementedError

    def fault(self, operation: str, kind: str, **parameters: Any) -> None:
        self.sandbox.fault(self.name, operation, kind, parameters=parameters)

    def notices(self) -> list[tuple[dict[str, str], bytes]]:
        self.sandbox.flush()
        return [(each.headers, each.body) for each in self.receiver.received]

    def booked(self, order: Order, kind: str) -> int:
        """How often the provider's own books say that this happened."""
        return sum(entry["kind"] == kind for entry in self.sandbox.journal(order.key))


@dataclass
class StripeProvider(Provider):
    name = "stripe"
    signed_headers = ("stripe-signature",)
    asked = Money(5000, "USD")
    channel: Stripe = field(init=False)

    def __post_init__(self) -> None:
        keys = self.sandbox.control("accounts", provider="stripe", name=f"shop {uuid4()}")
        listen = {"url": self.receiver.url, "enabled_events[0]": "*"}
        auth = {"Authorization": f"Bearer {keys['secret_key']}"}
        endpoint = self.sandbox.http.post("/v1/webhook_endpoints", data=listen, headers=auth)
        self.credentials = {
            "secret_key": keys["secret_key"],
            "webhook_secret": endpoint.json()["secret"],
            "api_base": self.sandbox.url,
        }
        self.bad_credentials = self.credentials | {"secret_key": "sk_test_of_nobody_at_all"}
        self.channel = Stripe(self.credentials)

    def meet(self, order: Order) -> None:
        assert order.reference, "the payer has no page to go to"

    def pay(self, order: Order, card: str = "4242424242424242", **more: str) -> None:
        self.sandbox.control(f"stripe/sessions/{order.reference}/pay", card=card, **more)

    def another(self) -> StripeProvider:
        return StripeProvider(self.sandbox, self.receiver)


@dataclass
class AlipayProvider(Provider):
    app_key: str

    name = "alipay"
    asked = Money(8880, "CNY")
    channel: Alipay = field(init=False)

    def __post_init__(self) -> None:
        keys = self.sandbox.control(
            "accounts",
            provider="alipay",
            name=f"瓷坊 {uuid4()}",
            app_public_key=public_pem(self.app_key),
        )
        self.credentials = {
            "app_id": keys["app_id"],
            "seller_id": keys["seller_id"],
            "app_private_key": self.app_key,
            "alipay_public_key": keys["alipay_public_key"],
            "gateway": f"{self.sandbox.url}/gateway.do",
        }
        self.bad_credentials = self.credentials | {"app_id": "2021000000000000"}
        self.channel = Alipay(self.credentials)

    def meet(self, order: Order) -> None:
        self.act(order, "scan")

    def pay(self, order: Order) -> None:
        self.act(order, "pay")

    def act(self, order: Order, verb: str) -> None:
        app_id = self.credentials["app_id"]
        self.sandbox.control(f"alipay/trades/{order.key}/{verb}", app_id=app_id)

    def open_page(self, url: str) -> httpx.Response:
        return self.sandbox.http.get(url)

    def another(self) -> AlipayProvider:
        return AlipayProvider(self.sandbox, self.receiver, self.app_key)


@dataclass
class WechatProvider(Provider):
    merchant_key: str
    by_public_key: bool = False

    name = "wechatpay"
    signed_headers = (
        "wechatpay-signature",
        "wechatpay-timestamp",
        "wechatpay-nonce",
        "wechatpay-serial",
    )
    asked = Money(8880, "CNY")
    channel: WechatPay = field(init=False)

    def __post_init__(self) -> None:
        self.account = self.sandbox.control(
            "accounts",
            provider="wechatpay",
            name=f"瓷坊 {uuid4()}",
            merchant_public_key=public_pem(self.merchant_key),
        )
        names = ["mch_id", "app_id", "serial_no", "api_v3_key"]
        if self.by_public_key:
            names += ["public_key_id", "public_key"]
            self.platform("sign_notices", by="public_key")
        self.credentials = {
            **{name: self.account[name] for name in names},
            "private_key": self.merchant_key,
            "api_base": self.sandbox.url,
        }
        self.bad_credentials = self.credentials | {"serial_no": "5" * 40}
        self.channel = WechatPay(self.credentials)

    def platform(self, verb: str, **order: Any) -> Any:
        path = f"wechatpay/accounts/{self.account['mch_id']}/{verb}"
        return self.sandbox.control(path, **order)

    def meet(self, order: Order) -> None:
        """An order exists as soon as it is made; scanning changes nothing."""

    def pay(self, order: Order) -> None:
        mch_id = self.credentials["mch_id"]
        self.sandbox.control(f"wechatpay/orders/{order.key}/pay", mch_id=mch_id)

    def another(self) -> WechatProvider:
        return WechatProvider(self.sandbox, self.receiver, self.merchant_key, self.by_public_key)


def public_pem(private_pem: str) -> str:
    key = serialization.load_pem_private_key(private_pem.encode(), None).public_key()
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode()


def order_for(provider: Provider, **changes: Any) -> Order:
    """Mei asks for a sample fee."""
    method = provider.channel.capabilities.methods[0]
    order = Order(
        key=f"att_{uuid4().hex[:26]}",
        amount=provider.asked,
        method=method.id,
        flow=Flow.QR if Flow.QR in method.flows else method.flows[0],
        description="青花茶具 tea set",
        return_url="http://127.0.0.1:9/pay/pay_1/return/",
        notice_url=provider.receiver.url,
        expires_at=clock.now() + provider.channel.capabilities.lifetime,
    )
    return replace(order, **changes)


def started(provider: Provider, **changes: Any) -> Order:
    order = order_for(provider, **changes)
    step = provider.channel.start(order)
    return replace(order, reference=step.reference)


def paid(provider: Provider, **changes: Any) -> tuple[Order, Report]:
    order = started(provider, **changes)
    provider.meet(order)
    provider.pay(order)
    report = provider.channel.fetch(order)
    return replace(order, reference=report.reference), report


def refund_of(order: Order, minor: int | None = None, **changes: Any) -> RefundOrder:
    amount = order.amount if minor is None else Money(minor, order.amount.currency)
    refund = RefundOrder(
        key=f"ref_{uuid4().hex[:26]}",
        payment_key=order.key,
        reference=order.reference,
        amount=amount,
        total=order.amount,
        reason="sample refunded",
    )
    return replace(refund, **changes)


@contextmanager
def sandbox_time(sandbox: Sandbox) -> Iterator[None]:
    """Our clock goes with the sandbox's, which tests may have sent ahead."""
    theirs = datetime.fromtimestamp(sandbox.http.get("/control/clock").json()["now"], UTC)
    ahead = theirs - datetime.now(UTC)
    with clock.use(lambda: datetime.now(UTC) + ahead):
        yield


def past_its_end(order: Order) -> Any:
    return clock.frozen(order.expires_at + timedelta(hours=1))
