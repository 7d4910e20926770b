"""People who pay over HTTP, patiently: what does not answer is tried again."""

from __future__ import annotations

import html
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urljoin

import httpx
import psycopg

Answer = TypeVar("Answer")
PATIENCE_S = 60.0
AGAIN_AFTER_S = 0.3
METHODS = ("card", "alipay", "wechatpay")
OFFER = re.compile(r'name="offer" value="([^"]+)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PAYMENT = re.compile(r"pay_[0-9a-z]{26}")


class Left(Exception):
    """Somebody lost patience, or could not pay any more; that is no flaw of the books."""


@dataclass
class Payer:
    number: int
    chance: random.Random
    link: str
    sandbox: httpx.Client
    database_url: str

    def go(self) -> str:
        """Open, choose, pay at the provider; some never do, some by two tabs at once."""
        address = f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}"
        headers = {"accept-language": "en", "x-forwarded-for": address}
        with httpx.Client(headers=headers, timeout=15) as browser:
            first = self._choose(browser, self.link, self.chance.choice(METHODS))
            if self.chance.random() < 0.1:
                return "left"
            if self.chance.random() < 0.15:
                page = urljoin(self.link, f"/pay/{first}/")
                self._choose(browser, page, self.chance.choice(METHODS))
            for attempt in self._attempts(first):
                self._pay(attempt)
            browser.get(urljoin(self.link, f"/pay/{first}/return/"))
        return "paid"

    def _choose(self, browser: httpx.Client, address: str, method: str) -> str:
        def choose() -> str | None:
            page = browser.get(address, follow_redirects=True)
            offers = [each for each in OFFER.findall(page.text) if f".{method}." in each]
            token = TOKEN.search(page.text)
            if not offers or not token:
                return None
            form = {"offer": offers[0], "csrfmiddlewaretoken": html.unescape(token[1])}
            sent = browser.post(str(page.url), data=form, headers={"referer": str(page.url)})
            if not sent.has_redirect_location:
                return None
            there = sent.headers["location"]
            found = PAYMENT.search(there)
            return found[0] if found else self._payment_at(there)

        return self._until(choose)

    def _payment_at(self, there: str) -> str | None:
        """Whose try leads to that page of a provider."""
        with psycopg.connect(self.database_url, autocommit=True) as database:
            row = database.execute(
                "SELECT p.public_id FROM payments_attempt a"
                " JOIN payments_payment p ON p.id = a.payment_id WHERE a.next_url = %s",
                [there],
            ).fetchone()
        return str(row[0]) if row else None

    def _attempts(self, payment: str) -> list[dict[str, Any]]:
        def look() -> list[dict[str, Any]]:
            with psycopg.connect(
                self.database_url, autocommit=True, row_factory=psycopg.rows.dict_row
            ) as database:
                return database.execute(
                    "SELECT a.public_id, a.channel, a.reference FROM payments_attempt a"
                    " JOIN payments_payment p ON p.id = a.payment_id"
                    " WHERE p.public_id = %s AND a.next_url || a.next_qr <> '' ORDER BY a.id",
                    [payment],
                ).fetchall()

        return self._until(look)

    def _pay(self, attempt: dict[str, Any]) -> None:
        key, channel = attempt["public_id"], attempt["channel"]
        if channel == "stripe":
            card = {"card": "4242424242424242"}
            self.sandbox.post(f"/control/stripe/sessions/{attempt['reference']}/pay", json=card)
        elif channel == "wechatpay":
            self.sandbox.post(f"/control/wechatpay/orders/{key}/pay", json={})
        elif channel == "alipay":
            for verb in ("scan", "pay"):
                self.sandbox.post(f"/control/alipay/trades/{key}/{verb}", json={})

    def _until(self, act: Callable[[], Answer | None]) -> Answer:
        give_up_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up_at:
            try:
                if answer := act():
                    return answer
            except (httpx.HTTPError, psycopg.Error):
                pass  # killed a moment ago
            time.sleep(AGAIN_AFTER_S)
        raise Left
