"""One sandbox per worker, a receiver for its notices, and a merchant at each provider."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs
from uuid import uuid4

import alipay
import httpx
import pytest
import stripe
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ROOT = Path(__file__).parents[2]
GOOD_CARD = "4242424242424242"


def start_sandbox(home: Path, port: int = 0) -> tuple[subprocess.Popen[str], str]:
    """The process and its address."""
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--home", str(home)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": ""}
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("sandbox listening on "), line
    return process, line.split()[-1]


def stop(process: subprocess.Popen[str]) -> int:
    process.terminate()
    code = process.wait(timeout=10)
    assert process.stdout is not None
    process.stdout.close()
    return code


@dataclass
class Sandbox:
    url: str
    http: httpx.Client
    home: Path

    def control(self, path: str, **order: Any) -> Any:
        answer = self.http.post(f"/control/{path}", json=order)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, provider: str, operation: str, kind: str, **rest: Any) -> None:
        self.control("faults", provider=provider, operation=operation, kind=kind, **rest)

    def flush(self, ahead_s: float = 0) -> Any:
        return self.control("flush", ahead_s=ahead_s)

    def journal(self, reference: str) -> list[Any]:
        entries: list[Any] = self.http.get(f"/control/journal?reference={reference}").json()["data"]
        return entries


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    home = tmp_path_factory.mktemp("sandbox")
    process, url = start_sandbox(home)
    with httpx.Client(base_url=url, trust_env=False, timeout=10) as http:
        yield Sandbox(url, http, home)
    stop(process)


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Iterator[Sandbox]:
    yield running_sandbox
    running_sandbox.http.delete("/control/faults")
    running_sandbox.control("clock", scale=1)


@dataclass
class Received:
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        pairs = parse_qs(self.body.decode(), keep_blank_values=True, strict_parsing=True)
        return {key: values[0] for key, values in pairs.items()}

    @property
    def event(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """A merchant's address for notices. `answers` are given in turn, then the last for ever."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=lambda: [(200, "success")])

    def next_answer(self) -> tuple[int, str]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def types(self) -> list[str]:
        return [each.event["type"] for each in self.received]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    this = Receiver()
    path = f"/notices/{uuid4().hex}"

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path != path:  # a retry for an earlier test's receiver on the same port
                self.send_error(404)
                return
            headers = {key.lower(): value for key, value in self.headers.items()}
            this.received.append(Received(headers, body))
            status, text = this.next_answer()
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    this.url = f"http://127.0.0.1:{server.server_port}{path}"
    yield this
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class StripeShop:
    sandbox: Sandbox
    secret_key: str
    client: stripe.StripeClient

    def raw(self, method: str, path: str, key: str = "", **form: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.secret_key}"}
        if key:
            headers["Idempotency-Key"] = key
        return self.sandbox.http.request(method, path, headers=headers, data=form or None)

    def open(self, amount: int = 5000, currency: str = "usd", **more: Any) -> Any:
        return self.client.v1.checkout.sessions.create(order(amount, currency, **more))  # type: ignore[arg-type]

    def pay(self, session: Any, card: str = GOOD_CARD, **more: Any) -> Any:
        return self.sandbox.control(f"stripe/sessions/{session.id}/pay", card=card, **more)

    def submit(self, session: Any, how: str = "card", **typed: str) -> httpx.Response:
        card = {"email": "li@example.com", "number": GOOD_CARD, "expiry": "12/40", "cvc": "123"}
        form = {**card, "name": "Li Mei", "country": "CN", "how": how, **typed}
        return self.sandbox.http.post(f"/stripe/pay/{session.id}", data=form)

    def listen(self, receiver: Receiver, *types: str) -> Any:
        params: Any = {"url": receiver.url, "enabled_events": list(types) or ["*"]}
        return self.client.v1.webhook_endpoints.create(params)

    def session(self, session: Any, *expand: str) -> Any:
        params: Any = {"expand": list(expand)}
        return self.client.v1.checkout.sessions.retrieve(session.id, params)


def order(amount: int = 5000, currency: str = "usd", **more: Any) -> dict[str, Any]:
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "样品费"}}
    return {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "success_url": "http://127.0.0.1:9/done?s={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:9/back",
        **more,
    }


@pytest.fixture
def shop(sandbox: Sandbox) -> StripeShop:
    keys = sandbox.control("accounts", provider="stripe", name=f"shop {uuid4()}")
    client = stripe.StripeClient(
        keys["secret_key"], base_addresses={"api": sandbox.url}, max_network_retries=0
    )
    return StripeShop(sandbox, keys["secret_key"], client)


@dataclass
class AlipayShop:
    name: ClassVar[str] = "景德镇青白瓷坊"

    sandbox: Sandbox
    keys: dict[str, str]
    client: Any
    notify_url: str = ""

    def page(self, number: str, amount: str = "88.80", **more: Any) -> httpx.Response:
        """A payer's browser arrives with the signed order."""
        query = self.client.api_alipay_trade_page_pay(
            "青花茶具 tea set",
            number,
            amount,
            notify_url=self.notify_url,
            return_url="http://127.0.0.1:9/done",
            **more,
        )
        return self.sandbox.http.get(f"/gateway.do?{query}")

    def act(self, page: httpx.Response, action: str) -> httpx.Response:
        return self.sandbox.http.post(page.headers["location"], data={"action": action})

    def pay(self, number: str) -> Any:
        return self.sandbox.control(f"alipay/trades/{number}/pay", app_id=self.keys["app_id"])

    def paid(self, number: str, amount: str = "88.80") -> Any:
        self.page(number, amount)
        return self.pay(number)

    def query(self, number: str) -> Any:
        return self.client.api_alipay_trade_query(number)

    def refund(self, number: str, amount: str, request_number: str | None = None) -> Any:
        more = {"out_request_no": request_number} if request_number else {}
        return self.client.api_alipay_trade_refund(amount, out_trade_no=number, **more)


@pytest.fixture(scope="session")
def app_key() -> str:
    """The private key of a merchant's app at Alipay."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


@cache
def private_key(pem: str) -> rsa.RSAPrivateKey:
    """Read once: to read a key is to test its numbers for being prime."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def public_pem(private_pem: str) -> str:
    pem = (
        private_key(private_pem)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return pem.decode()


@pytest.fixture
def alipay_shop(sandbox: Sandbox, app_key: str, receiver: Receiver) -> AlipayShop:
    # One account for all tests, since making keys is slow: order numbers and addresses differ.
    keys = sandbox.control(
        "accounts", provider="alipay", name=AlipayShop.name, app_public_key=public_pem(app_key)
    )
    client = alipay.AliPay(
        appid=keys["app_id"],
        app_private_key_string=app_key,
        alipay_public_key_string=as_pem(keys["alipay_public_key"]),
    )
    client._gateway = f"{sandbox.url}/gateway.do"
    return AlipayShop(sandbox, keys, client, receiver.url)


def as_pem(bare: str) -> str:
    return f"-----BEGIN PUBLIC KEY-----\n{bare}\n-----END PUBLIC KEY-----"


@pytest.fixture
def number() -> Callable[[], str]:
    """A fresh order number of a merchant's."""
    return lambda: f"pay_{uuid4().hex}"
