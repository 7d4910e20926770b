"""A merchant with a real connection to one simulated provider, its payers, and its letter box."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, TypeAlias

from sleek.channels import registry
from sleek.channels.base import Flow, Order
from sleek.channels.models import Breaker, Connection
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import attempts
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.risk.actions import Visitor
from sleek.web.callbacks import receive
from tests import people
from tests.channels.providers import (
    AlipayProvider,
    PaypalProvider,
    Provider,
    StripeProvider,
    WechatProvider,
)
from tests.channels.unionpay.provider import UnionpayProvider
from tests.sandbox.conftest import Received, Receiver, Sandbox

Letter: TypeAlias = tuple[dict[str, str], bytes]
Opening: TypeAlias = Callable[[Sandbox, Receiver, str], Provider]

# Every channel with a provider behind it; a test minds that none is missing.
OPENINGS: dict[str, Opening] = {
    "stripe": lambda sandbox, receiver, key: StripeProvider(sandbox, receiver),
    "alipay": AlipayProvider,
    "wechatpay": WechatProvider,
    "paypal": lambda sandbox, receiver, key: PaypalProvider(sandbox, receiver),
    "unionpay": UnionpayProvider,
}
PREFERRED = (Flow.QR, Flow.REDIRECT)
_payers = count(1)


@dataclass
class Shop:
    provider: Provider
    merchant: Merchant
    connection: Connection
    offer: Offer
    letters: Receiver
    read: int = field(default=0)

    @property
    def name(self) -> str:
        return self.provider.name

    def payment(self) -> Payment:
        Breaker.objects.all().delete()  # what it did to others is forgotten
        return people.payment(self.merchant, self.provider.asked)

    def begin(self, payment: Payment) -> Attempt:
        number = next(_payers)
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return payments.begin(payment, self.offer, Visitor(address=address))

    def order(self, attempt: Attempt) -> Order:
        known = Attempt.objects.select_related("payment", "connection")
        return attempts.order_of(known.get(pk=attempt.pk))

    def pay(self, attempt: Attempt) -> None:
        """The payer, at the provider."""
        order = self.order(attempt)
        self.provider.meet(order)
        self.provider.pay(order)

    @contextmanager
    def lying(self, operation: str, kind: str, **parameters: Any) -> Iterator[None]:
        """Each time that the provider is asked meanwhile, or writes."""
        sandbox = self.provider.sandbox
        sandbox.fault(self.name, operation, kind, times=1000, parameters=parameters)
        try:
            yield
        finally:
            sandbox.http.delete("/control/faults")

    def post(self) -> list[Letter]:
        """What the provider has sent since we last looked."""
        self.provider.sandbox.flush()
        fresh = self.letters.received[self.read :]
        self.read = len(self.letters.received)
        return [(letter.headers, letter.body) for letter in fresh]

    def deliver(self, letter: Letter, connection: Connection | None = None) -> int:
        """A notice comes in by the front door; the status it is answered with."""
        headers, body = letter
        place = f"{self.name}/{(connection or self.connection).public_id}"
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": f"/callbacks/{place}/",
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": headers.get("content-type", ""),
            "wsgi.input": io.BytesIO(body),
        }
        environ |= {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in headers.items()}
        answered: list[int] = []

        def start(status: str, headers: object) -> None:
            answered.append(int(status[:3]))

        receive.application(environ, start)  # type: ignore[arg-type]
        return answered[0]


@contextmanager
def opened(name: str, sandbox: Sandbox, key: str) -> Iterator[Shop]:
    """Everything real but the provider, which is the sandbox."""
    with _letter_box() as letters:
        provider = OPENINGS[name](sandbox, letters, key)
        merchant = people.merchant(name, f"{name}@example.com")
        connection = Connection(merchant=merchant, channel=name, name=name, methods=[])
        method = provider.channel.capabilities.methods[0]
        connection.methods = [method.id]
        connection.seal(provider.credentials)
        connection.save()
        merchant.connections.filter(channel="till").delete()
        flow = next((flow for flow in PREFERRED if flow in method.flows), method.flows[0])
        offer = Offer(connection, method.id, flow, method.flows)
        receive._mailboxes.clear()
        yield Shop(provider, merchant, connection, offer, letters)


@contextmanager
def _letter_box() -> Iterator[Receiver]:
    """Takes whatever is sent to it, to any address, and thanks in every provider's words."""
    box = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {key.lower(): value for key, value in self.headers.items()}
            box.received.append(Received(headers, body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"success")

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    box.url = f"http://127.0.0.1:{server.server_port}/callbacks/all/"
    yield box
    server.shutdown()
    server.server_close()
    thread.join()


def channels_with_a_provider() -> set[str]:
    return {name for name in registry.ids() if not registry.capabilities(name).is_direct}
