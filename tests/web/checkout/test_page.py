"""What all payer pages have in common: weight, headers, language, colour."""

from __future__ import annotations

import gzip
import re
from datetime import date
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import RequestFactory

from sleek.core.money import Money
from sleek.fx import queries as fx
from sleek.fx.models import Rate
from sleek.links.models import PaymentLink
from sleek.merchants.models import Merchant
from sleek.web.checkout import brand, reader
from tests import people
from tests.web.checkout.conftest import Browser, at, card, code, words

MAX_BYTES = 40 * 1024
MAX_REQUESTS = 4


@pytest.fixture
def link(shop: Merchant) -> PaymentLink:
    return people.link(shop, Money(35520, "CNY"))


def _file(url: str) -> bytes:
    found = finders.find(url.removeprefix("/static/"))
    assert isinstance(found, str)
    return Path(found).read_bytes()


def test_a_page_is_light_and_takes_few_requests(link: PaymentLink, payer: Browser) -> None:
    payer.choose(at(link), code(link.merchant))
    for browser in (Browser(), payer):
        page = browser.client.get(at(link), follow=True)
        files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.content.decode())
        assert 1 + len(files) <= MAX_REQUESTS
        weight = sum(len(gzip.compress(body)) for body in (page.content, *map(_file, files)))
        assert weight <= MAX_BYTES
        assert "http" not in " ".join(
            re.findall(r"<(?:script|link|img)[^>]*>", page.content.decode())
        )


def test_nothing_is_kept_indexed_or_told_to_others(link: PaymentLink, payer: Browser) -> None:
    gone = payer.choose(at(link), card(link.merchant))
    pages = [gone, Browser().get(at(link)), Browser().get("/p/nothing/")]
    for headers in (page.headers for page in pages):
        assert "no-store" in headers["Cache-Control"]
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Referrer-Policy"] == "same-origin"
        assert "form-action 'self' https:" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ("zh-TW,zh;q=0.9", "zh-hans"),
        ("en-US,zh-CN;q=0.5", "en"),
        ("de-DE,de;q=0.9", "en"),
        ("fr,zh-CN;q=0.5", "zh-hans"),
        ("", "en"),
        ("x" * 2000, "en"),
    ],
)
def test_the_browser_says_the_language(link: PaymentLink, wishes: str, expected: str) -> None:
    assert Browser(wishes).get(at(link)).headers["Content-Language"] == expected


def test_a_chosen_language_is_remembered(link: PaymentLink, payer: Browser) -> None:
    assert "支付 355.20 CNY" in words(payer.get(at(link) + "?lang=zh-hans"))
    assert "支付 355.20 CNY" in words(payer.get(at(link)))
    assert "支付 355.20 CNY" in words(payer.get(at(link) + "?lang=xx"))
    assert "Pay 355.20 CNY" in words(payer.get(at(link) + "?lang=en"))


def test_amounts_follow_their_currency(shop: Merchant, payer: Browser) -> None:
    assert "1,234,567 JPY" in words(payer.get(at(people.link(shop, Money(1234567, "JPY")))))
    assert "1,234.567 KWD" in words(payer.get(at(people.link(shop, Money(1234567, "KWD")))))


@pytest.mark.parametrize("color", ["#ffd400", "#9fb7c4", "#ffffff", "red", "#12345", "</style>"])
def test_a_colour_that_cannot_be_read_is_not_used(color: str) -> None:
    assert brand.style(color) == ""
    assert brand.printed(color) == brand.OUR_COLOR


@pytest.mark.parametrize("color", ["#8a2d5b", "#000000", "#1a7f37", "#0000ff"])
def test_a_readable_colour_is_readable_everywhere(color: str) -> None:
    style = brand.style(color)
    light, dark = (
        {name: brand._parse(value) for name, value in re.findall(r"--([\w-]+):(#\w{6})", part)}
        for part in style.split("@media")
    )
    grounds = ((light, [(255, 255, 255), (250, 249, 247)]), (dark, [(27, 27, 25), (36, 36, 33)]))
    for tokens, surfaces in grounds:
        assert brand.contrast(tokens["accent"], tokens["on-accent"]) >= brand.READABLE
        for surface in surfaces:
            assert brand.contrast(tokens["accent-text"], surface) >= brand.READABLE


def test_the_tokens_are_those_of_the_back_office() -> None:
    ours, theirs = (
        set(re.findall(r"(--[\w-]+):\s*([^;]+);", _file(url).decode()))
        for url in ("/static/checkout/checkout.css", "/static/ui/tokens.css")
    )
    assert {token for token in ours if token[0].startswith("--")} <= theirs


def test_the_amount_is_estimated_in_the_payers_currency(shop: Merchant) -> None:
    Rate.objects.all().delete()
    for currency, per_euro in (("USD", "1.0845"), ("CNY", "7.7042")):
        Rate.objects.create(on=date(2026, 2, 27), currency=currency, per_euro=per_euro)
    fx.forget()
    link = people.link(shop, Money(5000, "USD"))
    assert "≈ 355.20 CNY · ECB 2月27日" in words(Browser("zh-CN,zh;q=0.9").get(at(link)))
    for wishes in ("en-US", "en", "", "de-DE-1996-x,*"):
        assert "CNY" not in words(Browser(wishes).get(at(link)))
    fx.forget()


@pytest.mark.parametrize(
    ("wishes", "currency"),
    [("en-GB,zh;q=0.9", "GBP"), ("zh", "CNY"), ("en", ""), ("es-419,es", ""), ("??", "")],
)
def test_the_browser_hints_at_a_currency(wishes: str, currency: str) -> None:
    request = RequestFactory().get("/", headers={"Accept-Language": wishes})
    assert reader.currency(request) == currency
