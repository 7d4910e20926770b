"""What all payer pages have in common: weight, headers, language, colour."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext

from sleek.core.money import Money
from sleek.fx import queries as fx
from sleek.fx.models import Rate
from sleek.links.models import PaymentLink
from sleek.merchants.models import Merchant
from sleek.web.checkout import brand
from sleek.web.checkout.visitor import reader
from tests import people
from tests.web.checkout.conftest import Browser, at, card, words


@pytest.fixture
def link(shop: Merchant) -> PaymentLink:
    return people.link(shop, Money(35520, "CNY"))


def _file(url: str) -> bytes:
    found = finders.find(url.removeprefix("/static/"))
    assert isinstance(found, str)
    return Path(found).read_bytes()


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
        ("zh-TW,zh;q=0.9", "zh-hant"),
        ("zh-SG", "zh-hans"),
        ("en-US,zh-CN;q=0.5", "en"),
        ("de-AT,de;q=0.9", "de"),
        ("pt-BR", "pt"),
        ("es-419", "es"),
        ("ar-EG,en;q=0.5", "ar"),
        ("ko-KR,ko;q=0.9", "en"),
        ("ko,zh-CN;q=0.5", "zh-hans"),
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


@pytest.mark.parametrize("language", settings.PAYER_LANGUAGES)
def test_each_language_has_its_own_words_and_direction(
    link: PaymentLink, payer: Browser, language: str
) -> None:
    page = payer.get(at(link) + f"?lang={language}").content.decode()
    tag = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}.get(language, language)
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{tag}" dir="{direction}">' in page
    assert _asked(language) in page
    said = {_asked(other) for other in settings.PAYER_LANGUAGES}
    assert len(said) == len(settings.PAYER_LANGUAGES)


def _asked(language: str) -> str:
    with translation.override(language):
        return gettext("How would you like to pay?")


def test_payers_choose_apart_from_the_back_office(link: PaymentLink, payer: Browser) -> None:
    payer.get(at(link) + "?lang=ar")
    assert payer.get(at(link)).headers["Content-Language"] == "ar"
    assert payer.get("/account/log-in").headers["Content-Language"] == "en"
    payer.client.cookies["sleek_language"] = "zh-hans"
    other = Browser()
    other.client.cookies["sleek_language"] = "zh-hans"
    assert payer.get(at(link)).headers["Content-Language"] == "ar"
    assert other.get(at(link)).headers["Content-Language"] == "zh-hans"


def test_the_menu_of_languages_keeps_the_rest_of_the_address(
    link: PaymentLink, payer: Browser
) -> None:
    page = payer.get(at(link) + "?prefill=sealed").content.decode()
    assert 'href="?prefill=sealed&amp;lang=de"' in page
    assert page.count("hreflang=") == len(settings.PAYER_LANGUAGES)
