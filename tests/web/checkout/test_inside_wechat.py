"""Paying inside WeChat: on the way to WeChat, back from it, and the page that calls it."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import ClassVar
from urllib.parse import SplitResult, parse_qs, urlsplit

import pytest
from django.http import HttpResponse

from sleek.channels import registry
from sleek.channels.base import Device, Flow, Method, NextStep, Order, Refused, Unavailable
from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.merchants.models import Merchant
from sleek.payments.models import Attempt, Payment
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank, Till
from tests.web.checkout.conftest import IPHONE, WECHAT, Browser, at, words

CNY = Money(8880, "CNY")
CALL = {"appId": "wx1", "package": "prepay_id=wx2", "paySign": 'a"b<c'}


class Inside(Till):
    """A till in an app that knows its payers."""

    capabilities = replace(
        Till.capabilities,
        methods=(
            Method(
                "wechatpay",
                (Flow.MOBILE, Flow.IN_APP),
                None,
                within={Device.WECHAT: (Flow.IN_APP,)},
                needs={Flow.IN_APP: "secret"},
                introduced=frozenset({Flow.IN_APP}),
            ),
        ),
    )
    known: ClassVar[dict[str, str]] = {}
    is_silent: ClassVar[bool] = False

    def introduction(self, return_url: str, state: str) -> str:
        return f"https://app.example/who?back={return_url}&state={state}"

    def introduced(self, word: str) -> str:
        if self.is_silent:
            raise Unavailable("no answer")
        if word not in self.known:
            raise Refused("used")
        return self.known.pop(word)

    def start(self, order: Order) -> NextStep:
        self.bank.answer("start", order.key)
        self.bank.orders[order.key] = order
        return NextStep(Flow.IN_APP, data=CALL)


@pytest.fixture
def link(shop: Merchant, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> PaymentLink:
    monkeypatch.setitem(registry._CHANNELS, "till", "tests.web.checkout.test_inside_wechat:Inside")
    monkeypatch.setattr(Inside, "known", {"word-1": "openid-lin", "word-2": "openid-mei"})
    monkeypatch.setattr(Inside, "bank", bank)
    shop.connections.update(methods=["wechatpay"])
    return people.link(shop, CNY)


@pytest.fixture
def reader() -> Browser:
    return Browser(user_agent=WECHAT)


def test_a_payer_is_sent_to_say_who_they_are_before_anything_begins(
    link: PaymentLink, reader: Browser
) -> None:
    address = _sent(_choose(reader, link))
    payment = Payment.objects.get()
    assert address.netloc == "app.example"
    asked = parse_qs(address.query)
    assert urlsplit(asked["back"][0]).path == f"/pay/{payment.public_id}/wechat/"
    assert asked["state"][0].isalnum()
    assert len(asked["state"][0]) == 32
    assert (payment.status, Attempt.objects.count()) == ("pending", 0)


def test_back_again_the_page_calls_the_app_for_this_payer(
    link: PaymentLink, reader: Browser, bank: Bank
) -> None:
    page = _arrive(reader, link)
    attempt = Attempt.objects.get()
    assert (attempt.flow, attempt.payer_id) == ("in_app", "openid-lin")
    assert bank.orders[attempt.public_id].payer_id == "openid-lin"
    body = page.content.decode()
    call = body.partition('data-call="')[2].partition('"')[0]
    assert json.loads(unescape(call)) == CALL
    assert "checkout/wechat" in body
    assert "openid-lin" not in body
    assert "Confirm in WeChat Pay" in words(page)


def test_the_word_stays_in_no_address(link: PaymentLink, reader: Browser) -> None:
    state = _state(_choose(reader, link))
    answer = reader.get(_back(f"?code=word-1&state={state}"))
    assert answer.headers["Location"] == _back()
    assert "openid" not in answer.headers["Location"]


@pytest.mark.parametrize("query", ["", "?code=word-1", "?code=word-1&state=another", "?state="])
def test_a_state_that_this_browser_did_not_bring_leads_nowhere(
    link: PaymentLink, reader: Browser, query: str
) -> None:
    _choose(reader, link)
    page = reader.get(_back(query))
    assert page.status_code == 422
    assert "WeChat has not told us who you are." in words(page)
    assert Attempt.objects.count() == 0
    assert Inside.known == {"word-1": "openid-lin", "word-2": "openid-mei"}


def test_nobody_can_bring_another_browser_to_their_own_introduction(
    link: PaymentLink, reader: Browser
) -> None:
    state = _state(_choose(reader, link))
    assert Browser(user_agent=WECHAT).get(_back(f"?code=word-1&state={state}")).status_code == 422
    assert Attempt.objects.count() == 0


def test_nor_is_an_introduction_good_for_another_payment(
    link: PaymentLink, reader: Browser, shop: Merchant
) -> None:
    state = _state(_choose(reader, link))
    sealed = reader.client.cookies["sleek_introduction"].value
    first = Payment.objects.get()
    reader.choose(at(people.link(shop, CNY)), _offer(shop))
    second = Payment.objects.exclude(pk=first.pk).get()
    reader.client.cookies["sleek_introduction"] = sealed
    answer = reader.get(f"/pay/{second.public_id}/wechat/?code=word-1&state={state}")
    assert (answer.status_code, Attempt.objects.count()) == (422, 0)


def test_after_ten_minutes_it_is_asked_again(
    link: PaymentLink, reader: Browser, frozen_clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = _state(_choose(reader, link))
    later = time.time() + timedelta(minutes=10, seconds=1).total_seconds()
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert reader.get(_back(f"?code=word-1&state={state}")).status_code == 422
    assert Attempt.objects.count() == 0


def test_a_state_works_once(link: PaymentLink, reader: Browser) -> None:
    state = _state(_choose(reader, link))
    reader.get(_back(f"?code=word-1&state={state}"))
    reader.get(_back(f"?code=word-2&state={state}"))
    assert Attempt.objects.get().payer_id == "openid-lin"
    assert Inside.known == {"word-2": "openid-mei"}
    assert reader.get(_back(f"?code=word-2&state={state}")).status_code == 422
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("word", ["unknown", "", "w" * 513])
def test_a_word_that_is_not_good_can_be_tried_anew(
    link: PaymentLink, reader: Browser, word: str
) -> None:
    state = _state(_choose(reader, link))
    page = reader.get(_back(f"?code={word}&state={state}"))
    assert "Nothing was charged; please try again." in words(page)
    assert Attempt.objects.count() == 0
    again = reader.choose(at(Payment.objects.get()), _offer(link.merchant))
    assert _sent(again).netloc == "app.example"


def test_an_app_that_does_not_answer_costs_nothing(
    link: PaymentLink, reader: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Inside, "is_silent", True)
    state = _state(_choose(reader, link))
    assert reader.get(_back(f"?code=word-1&state={state}")).status_code == 422
    assert Attempt.objects.count() == 0


def test_the_same_payer_who_comes_twice_finds_the_same_try(
    link: PaymentLink, reader: Browser
) -> None:
    _arrive(reader, link)
    Inside.known["word-3"] = "openid-lin"
    _arrive(reader, link, word="word-3")
    assert Attempt.objects.count() == 1


def test_another_payer_gets_a_try_of_their_own(link: PaymentLink, reader: Browser) -> None:
    _arrive(reader, link)
    _arrive(Browser(user_agent=WECHAT), link, word="word-2")
    payers = Attempt.objects.order_by("pk").values_list("payer_id", flat=True)
    assert list(payers) == ["openid-lin", "openid-mei"]


def test_elsewhere_the_page_says_where_it_can_be_confirmed(
    link: PaymentLink, reader: Browser
) -> None:
    _arrive(reader, link)
    page = Browser(user_agent=IPHONE).get(at(Payment.objects.get()))
    assert "This payment was begun in WeChat Pay and can be confirmed only there." in words(page)
    assert "data-call" not in page.content.decode()
    assert "wechatpay.mobile" in page.content.decode()


def test_without_the_apps_secret_it_is_not_offered_there(
    link: PaymentLink, reader: Browser
) -> None:
    connection = link.merchant.connections.get()
    connection.seal({"secret": ""})
    connection.save(update_fields=["credentials"])
    page = reader.get(at(link))
    assert "WeChat Pay cannot be opened inside this app." in words(page)
    assert _choose(reader, link).status_code == 422


def _offer(shop: Merchant) -> str:
    return f"{shop.connections.get().public_id}.wechatpay.in_app"


def _choose(reader: Browser, link: PaymentLink) -> HttpResponse:
    return reader.choose(at(link), _offer(link.merchant))


def _sent(answer: HttpResponse) -> SplitResult:
    assert answer.status_code == 303
    return urlsplit(answer.headers["Location"])


def _state(answer: HttpResponse) -> str:
    return parse_qs(_sent(answer).query)["state"][0]


def _back(query: str = "") -> str:
    return f"{at(Payment.objects.get(), 'wechat/')}{query}"


def _arrive(reader: Browser, link: PaymentLink, *, word: str = "word-1") -> HttpResponse:
    """Through the app, and on to the payment's page."""
    state = _state(_choose(reader, link))
    assert reader.get(_back(f"?code={word}&state={state}")).headers["Location"] == _back()
    assert reader.get(_back()).headers["Location"] == at(Payment.objects.get())
    return reader.get(at(Payment.objects.get()))
