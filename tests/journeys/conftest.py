"""A whole installation and its simulated providers, driven over HTTP as browsers and banks do."""

from __future__ import annotations

import html
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
import pytest

from sleek.config.embedded_postgres import Server
from tests.installation import told_again

PATIENCE_S = 30.0  # longer than the janitor's first question, 15 s after a try begins
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class World:
    """The installation: Lin's office, a payer's browser, the providers' controls, the books."""

    web: str
    database: psycopg.Connection
    sandbox: httpx.Client
    office: httpx.Client
    counter: int = 0
    opened: list[httpx.Client] = field(default_factory=list)

    def link(self, amount: str, currency: str, **more: str) -> str:
        """Lin makes a link; its address."""
        self.counter += 1
        page = self.office.get("/links/new")
        reason = f"Journey {self.counter}"
        form = {"amount": amount, "currency": currency, "reason": reason, "use": "single", **more}
        made = self.office.post("/links/new", data=form | {"csrfmiddlewaretoken": _token(page)})
        assert made.status_code == 200, made.text
        address: str
        [address] = set(re.findall(rf"{self.web}/p/\w+/", made.text))
        return address

    def payer(self) -> httpx.Client:
        client = httpx.Client(headers={"accept-language": "en"}, timeout=30)
        self.opened.append(client)
        return client

    def choose(self, payer: httpx.Client, address: str, method: str) -> httpx.Response:
        """Press pay on a page that offers ways to pay."""
        page = payer.get(address)
        offers = re.findall(r'name="offer" value="([^"]+)"', page.text)
        [offer] = [offer for offer in offers if f".{method}." in offer]
        form = {"offer": offer, "csrfmiddlewaretoken": _token(page)}
        return payer.post(address, data=form, headers={"referer": address})

    def pay(self, link: str, attempt: dict[str, Any]) -> None:
        """The payer confirms at the provider."""
        if attempt["channel"] == "stripe":
            self.control(f"stripe/sessions/{attempt['reference']}/pay", card="4242424242424242")
        elif attempt["channel"] == "paypal":
            self.control(f"paypal/orders/{attempt['public_id']}/approve")
        elif attempt["channel"] == "wechatpay":
            self.control(f"wechatpay/orders/{attempt['public_id']}/pay")
        elif attempt["channel"] == "unionpay":
            self.carry(link, attempt)
            self.control(f"unionpay/orders/{order_id(attempt)}/pay")
        else:
            self.control(f"alipay/trades/{attempt['public_id']}/scan")
            self.control(f"alipay/trades/{attempt['public_id']}/pay")

    def carry(self, link: str, attempt: dict[str, Any]) -> None:
        """The payer's browser takes the form to the provider that the page holds."""
        payment = self.payment(link)["public_id"]
        page = self.payer().get(f"{self.web}/pay/{payment}/go/{attempt['public_id']}/").text
        [address] = re.findall(r'action="([^"]+)" data-go', page)
        pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
        fields = {name: html.unescape(value) for name, value in pairs}
        answer = self.payer().post(address, data=fields)
        assert answer.status_code == 303, answer.text

    def control(self, path: str, **order: Any) -> Any:
        answer = self.sandbox.post(f"/control/{path}", json=order)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def notices(self, attempt: dict[str, Any]) -> list[tuple[int, str]]:
        """How each notice of a try was answered, and what its provider made of that."""
        entries = self.sandbox.get("/control/journal").json()["data"]
        return [
            (entry["data"]["status"], entry["data"]["state"])
            for entry in entries
            if entry["kind"] == "notice.sent"
            and entry["reference"] in (attempt["public_id"], order_id(attempt))
        ]

    def fault(self, provider: str, operation: str, kind: str, **more: Any) -> None:
        self.control("faults", provider=provider, operation=operation, kind=kind, **more)

    def payment(self, link: str) -> dict[str, Any]:
        return self._one(
            "SELECT p.* FROM payments_payment p JOIN links_paymentlink l ON l.id = p.link_id"
            " WHERE l.token = %s",
            link,
        )

    def attempt(self, link: str, channel: str) -> dict[str, Any]:
        """The latest try through a channel."""
        return self._one(
            "SELECT a.* FROM payments_attempt a JOIN payments_payment p ON p.id = a.payment_id"
            " JOIN links_paymentlink l ON l.id = p.link_id"
            " WHERE l.token = %s AND a.channel = %s ORDER BY a.id DESC LIMIT 1",
            link,
            channel,
        )

    def entries(self, link: str) -> list[str]:
        """What was booked about a link's tries and their refunds, in order."""
        rows = self.database.execute(
            "SELECT e.kind FROM ledger_journalentry e WHERE e.subject IN ("
            " SELECT a.public_id FROM payments_attempt a JOIN payments_payment p"
            " ON p.id = a.payment_id JOIN links_paymentlink l ON l.id = p.link_id"
            " WHERE l.token = %(token)s UNION SELECT r.public_id FROM refunds_refund r"
            " JOIN payments_attempt a ON a.id = r.attempt_id JOIN payments_payment p"
            " ON p.id = a.payment_id JOIN links_paymentlink l ON l.id = p.link_id"
            " WHERE l.token = %(token)s) AND e.kind <> 'channel_fee_charged' ORDER BY e.id",
            {"token": link.rstrip("/").split("/")[-1]},
        )
        return [kind for (kind,) in rows]

    def until(
        self, link: str, look: Callable[[], object] = lambda: None, **facts: Any
    ) -> dict[str, Any]:
        """Wait until the link's payment has these facts, and look at a page again and again."""
        give_up_at = time.monotonic() + PATIENCE_S
        while True:
            look()
            payment = self.payment(link)
            if all(payment[name] == value for name, value in facts.items()):
                return payment
            assert time.monotonic() < give_up_at, payment
            time.sleep(0.1)

    def until_booked(self, link: str, *kinds: str) -> None:
        give_up_at = time.monotonic() + PATIENCE_S
        while sorted(self.entries(link)) != sorted(kinds):
            assert time.monotonic() < give_up_at, self.entries(link)
            time.sleep(0.1)

    def _one(self, query: str, link: str, *more: str) -> dict[str, Any]:
        with self.database.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            cursor.execute(query, [link.rstrip("/").split("/")[-1], *more])
            row = cursor.fetchone()
        assert row is not None
        return row


def order_id(attempt: dict[str, Any]) -> str:
    """A try's id where only letters and digits may be sent."""
    return str(attempt["public_id"]).replace("_", "")


def _token(page: httpx.Response) -> str:
    found = CSRF.search(page.text)
    assert found, page.text
    return html.unescape(found.group(1))


@pytest.fixture(scope="session")
def installed() -> Iterator[World]:
    installation = told_again()
    installation.start()
    demo = json.loads((installation.home / "demo.json").read_text())
    with (
        psycopg.connect(Server(installation.home).url("sleek"), autocommit=True) as database,
        httpx.Client(base_url=demo["sandbox"], timeout=60) as sandbox,
        httpx.Client(base_url=demo["web"], follow_redirects=True, timeout=30) as office,
    ):
        _log_in(office, **demo["merchant"])
        yield World(demo["web"], database, sandbox, office)
    assert installation.stop() == 0
    shutil.rmtree(installation.home)


def _log_in(office: httpx.Client, email: str, password: str) -> None:
    page = office.get("/account/log-in")
    form = {"login": email, "password": password, "csrfmiddlewaretoken": _token(page)}
    assert office.post("/account/log-in", data=form).url.path == "/overview"


@pytest.fixture
def world(installed: World) -> Iterator[World]:
    yield installed
    installed.sandbox.delete("/control/faults")
    while installed.opened:
        installed.opened.pop().close()
