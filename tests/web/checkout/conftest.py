"""A payer's browser, and what Lin Ceramics asks of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.test import Client

from sleek.channels.models import Connection
from sleek.links import actions as links
from sleek.links.actions import Limits, Look
from sleek.links.models import PaymentLink
from sleek.links.rules import AmountKind, Ask
from sleek.merchants.models import Merchant
from sleek.payments.models import Payment
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"
WECHAT = f"{IPHONE} MicroMessenger/8.0.50"


@dataclass
class Browser:
    """One payer's browser: its cookies, its language, what it is."""

    language: str = "en-GB"
    user_agent: str = "Mozilla/5.0 (X11; Linux x86_64)"

    def __post_init__(self) -> None:
        self.client = Client()

    def get(self, url: str, **headers: str) -> HttpResponse:
        return self.client.get(url, headers=self._headers() | headers)  # type: ignore[return-value]

    def send(self, url: str, **fields: str) -> HttpResponse:
        return self.client.post(url, fields, headers=self._headers())  # type: ignore[return-value]

    def choose(self, url: str, offer: str, **fields: str) -> HttpResponse:
        data = {"offer": offer, **fields}
        return self.client.post(url, data, headers=self._headers())  # type: ignore[return-value]

    def _headers(self) -> dict[str, str]:
        return {"Accept-Language": self.language, "User-Agent": self.user_agent}


@pytest.fixture
def shop(db: None, bank: Bank, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


@pytest.fixture
def payer() -> Browser:
    return Browser()


OPEN = Ask(AmountKind.OPEN, "USD", minimum=1000, maximum=500000)
PIECES = Ask(AmountKind.QUANTITY, "USD", amount=2000, quantity_max=50)


def link_for(
    shop: Merchant, ask: Ask, *, limits: Limits | None = None, **look: object
) -> PaymentLink:
    """As Lin makes it in the back office."""
    limits = limits or Limits(is_reusable=True)
    by = shop.memberships.get().user
    return links.create(shop, ask, "Vase no. 3", by=by, limits=limits, look=Look(**look))  # type: ignore[arg-type]


def at(subject: PaymentLink | Payment, more: str = "") -> str:
    if isinstance(subject, PaymentLink):
        return f"/p/{subject.token}/{more}"
    return f"/pay/{subject.public_id}/{more}"


def card(shop: Merchant) -> str:
    return f"{_till(shop).public_id}.card.redirect"


def code(shop: Merchant) -> str:
    return f"{_till(shop).public_id}.alipay.qr"


def _till(shop: Merchant) -> Connection:
    return shop.connections.get()


def words(response: HttpResponse) -> str:
    """What a reader sees, in one line."""
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", body.partition("<body>")[2] or body)
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
