"""The sandbox's providers as the contract suite sees them: an account, a payer, notices, books."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx

from sleek.channels.alipay.channel import Alipay
from sleek.channels.base import (
    Channel,
    Flow,
    NextStep,
    Order,
    Outcome,
    RefundOrder,
    RefundReport,
    Report,
)
from sleek.channels.paypal.channel import Paypal
from sleek.channels.stripe.channel import Stripe
from sleek.channels.wechatpay.channel import WechatPay
from sleek.core import clock
from sleek.core.money import Money
from tests.sandbox.conftest import Receiver, Sandbox, public_pem

BACK = "http://127.0.0.1:9/pay/pay_1/wechat/"
WHOLE = "return=representation"  # what PayPal is asked to answer with
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
    # What its orders say besides, such as by which flow.
    wishes: dict[str, Any] = field(init=False, default_factory=dict)

    # Whether the provider only takes a refund, and does it some time later.
    refunds_later: ClassVar[bool] = False
    # What a question about canceling is to those who order faults.
    close: ClassVar[str] = "close"

    def open(self, order: Order) -> NextStep:
        """Have the payment known at the provider. Raises what the provider makes of it."""
        return self.channel.start(order)

    def settle(self, refund: RefundOrder) -> None:
        """What was taken is done."""

    def run_out(self, order: Order) -> None:
        """The order's time at the provider is over."""
        raise NotImplementedError

    def meet(self, order: Order) -> None:
        """The payer arrives at the provider."""
        raise NotImplementedError

    def pay(self, order: Order) -> None:
        """The payer pays. Raises `AssertionError` when the provider will not let them."""
        raise NotImplementedError

    def agree(self, order: Order) -> None:
        """The payer does their part. Where taking the money is an act of ours, it is not taken."""
        self.pay(order)

    def another(self) -> Provider:
        """The same provider with another merchant's account."""
        raise NotImplementedError

    def fault(self, operation: str, kind: str, **parameters: Any) -> None:
        self.sandbox.fault(self.name, operation, kind, parameters=parameters)

    @property
    def account_id(self) -> str:
        """Under which the sandbox keeps its books."""
        raise NotImplementedError

    def let_days_pass(self, days: int = 3) -> None:
        """What has happened so far was so long ago: enough for its statements to be made."""
        self.sandbox.control(f"accounts/{self.account_id}/age", days=days)

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
        self.account = str(keys["account"])
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

    @property
    def account_id(self) -> str:
        return self.account

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

    @property
    def account_id(self) -> str:
        return self.credentials["app_id"]

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
            domain="127.0.0.1:9",
        )
        names = ["mch_id", "app_id", "app_secret", "serial_no", "api_v3_key"]
        if self.by_public_key:
            names += ["public_key_id", "public_key"]
            self.platform("sign_notices", by="public_key")
        self.credentials = {
            **{name: self.account[name] for name in names},
            "private_key": self.merchant_key,
            "api_base": self.sandbox.url,
            "app_base": f"{self.sandbox.url}/weixin",
        }
        self.bad_credentials = self.credentials | {"serial_no": "5" * 40}
        self.channel = WechatPay(self.credentials)

    @property
    def account_id(self) -> str:
        return self.credentials["mch_id"]

    def platform(self, verb: str, **order: Any) -> Any:
        path = f"wechatpay/accounts/{self.account['mch_id']}/{verb}"
        return self.sandbox.control(path, **order)

    def word(self, *, state: str = "s", reader: str = "") -> str:
        """What the payer's browser inside WeChat brings back from there."""
        address = self.channel.introduction(BACK, state)
        headers = {"User-Agent": "MicroMessenger/8.0.50", "Cookie": f"weixin_person={reader}"}
        reply = self.sandbox.http.get(address, headers=headers, follow_redirects=False)
        assert reply.status_code == 302, reply.text
        query = parse_qs(urlsplit(reply.headers["location"]).query)
        assert query["state"] == [state]
        return query["code"][0]

    def is_inside(self) -> WechatProvider:
        """From now on the payer reads our pages inside WeChat."""
        openid = self.channel.introduced(self.word())
        self.wishes = {"flow": Flow.IN_APP, "payer_id": openid}
        return self

    def meet(self, order: Order) -> None:
        """An order exists as soon as it is made; scanning changes nothing."""

    def pay(self, order: Order) -> None:
        mch_id = self.credentials["mch_id"]
        self.sandbox.control(f"wechatpay/orders/{order.key}/pay", mch_id=mch_id)

    def another(self) -> WechatProvider:
        return WechatProvider(self.sandbox, self.receiver, self.merchant_key, self.by_public_key)


@dataclass
class PaypalProvider(Provider):
    name = "paypal"
    signed_headers = (
        "paypal-auth-algo",
        "paypal-cert-url",
        "paypal-transmission-id",
        "paypal-transmission-sig",
        "paypal-transmission-time",
    )
    asked = Money(5000, "USD")
    channel: Paypal = field(init=False)

    def __post_init__(self) -> None:
        opened = self.sandbox.control("accounts", provider="paypal", name=f"shop {uuid4()}")
        kept = ("client_id", "client_secret", "root_certificate")
        self.credentials = {name: opened[name] for name in kept} | {"api_base": self.sandbox.url}
        webhook = {"url": self.receiver.url, "event_types": [{"name": "*"}]}
        self.credentials["webhook_id"] = self.api(
            "POST", "/v1/notifications/webhooks", json=webhook
        )["id"]
        self.bad_credentials = self.credentials | {"client_secret": "E" * 80}
        self.channel = Paypal(self.credentials)

    def api(self, method: str, path: str, **request: Any) -> Any:
        """PayPal's API without our connector."""
        login = (self.credentials["client_id"], self.credentials["client_secret"])
        grant = {"grant_type": "client_credentials"}
        token = self.sandbox.http.post("/v1/oauth2/token", data=grant, auth=login).json()
        headers = {"Authorization": f"Bearer {token['access_token']}", "Prefer": WHOLE}
        headers |= request.pop("headers", {})
        return self.sandbox.http.request(method, path, headers=headers, **request).json()

    def meet(self, order: Order) -> None:
        assert order.reference, "the payer has no page to go to"

    def approve(self, order: Order, funding: str = "balance") -> None:
        client_id = self.credentials["client_id"]
        path = f"paypal/orders/{order.key}/approve"
        self.sandbox.control(path, client_id=client_id, funding=funding)

    def agree(self, order: Order) -> None:
        self.approve(order)

    def pay(self, order: Order) -> None:
        """The payer approves; PayPal takes nothing before we do."""
        self.approve(order)
        assert self.channel.fetch(order).outcome == Outcome.SUCCEEDED

    def another(self) -> PaypalProvider:
        return PaypalProvider(self.sandbox, self.receiver)


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
        started_at=clock.now(),
    )
    return replace(order, **provider.wishes | changes)


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
        started_at=clock.now(),
    )
    return replace(refund, **changes)


def refunded(provider: Provider, refund: RefundOrder) -> RefundReport:
    """What a refund comes to in the end."""
    made = provider.channel.refund(refund)
    if not provider.refunds_later:
        return made
    assert (made.key, made.outcome, made.amount) == (refund.key, Outcome.PENDING, None)
    provider.settle(refund)
    return provider.channel.fetch_refund(refund)


def called_off(provider: Provider, order: Order) -> Report:
    """What canceling comes to: at once, or when the order's time is over."""
    if provider.channel.capabilities.can_close:
        return provider.channel.cancel(order)
    assert provider.channel.cancel(order).outcome == Outcome.PENDING
    provider.run_out(order)
    with afterwards(provider, order):
        return provider.channel.cancel(order)


def afterwards(provider: Provider, order: Order) -> Any:
    """When it has been called off: now, or past its end."""
    can_close = provider.channel.capabilities.can_close
    return nullcontext() if can_close else past_its_end(order)


@contextmanager
def sandbox_time(sandbox: Sandbox) -> Iterator[None]:
    """Our clock goes with the sandbox's, which tests may have sent ahead."""
    theirs = datetime.fromtimestamp(sandbox.http.get("/control/clock").json()["now"], UTC)
    ahead = theirs - datetime.now(UTC)
    with clock.use(lambda: datetime.now(UTC) + ahead):
        yield


def past_its_end(order: Order) -> Any:
    return clock.frozen(order.expires_at + timedelta(hours=1))
