"""The same house on a phone of 390 pixels, in Chinese: nothing sticks out, everything answers."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Demo
from tests.browser.hands import choose, confirm_in_wallet, receipt

STRANGERS = ["/", "/account/sign-up", "/account/log-in", "/account/reset", "/legal/terms"]
OFFICE = ["/overview", "/links", "/links/new", "/payments", "/wallet", "/wallet/journal"]
ACCOUNTS = ["/wallet/CNY/available", "/wallet/CNY/in_transit", "/wallet/CNY/frozen"]
SETTINGS = ["/settings", "/settings/password"]


def look(phone: Page) -> None:
    """What every page owes a phone."""
    wide, language = phone.evaluate(
        "[document.scrollingElement.scrollWidth, document.documentElement.lang]"
    )
    assert wide <= PHONE["viewport"]["width"], phone.url
    assert language == "zh-Hans", phone.url
    assert phone.locator("h1").count() == 1, phone.url


def test_a_stranger_looks_around(phone: Page, demo: Demo) -> None:
    for path in STRANGERS:
        phone.goto(demo.web + path)
        look(phone)


def test_the_owner_walks_through_the_back_office(phone: Page, demo: Demo) -> None:
    phone.goto(f"{demo.web}/account/log-in")
    phone.get_by_label("邮箱").fill(demo.email)
    phone.get_by_label("密码", exact=True).fill(demo.password)
    phone.get_by_role("button", name="登录").click()
    phone.wait_for_url(f"{demo.web}/overview")
    for path in OFFICE + ACCOUNTS + SETTINGS:
        phone.goto(demo.web + path)
        look(phone)
    for path in ("/links", "/payments", "/payments?status=failed", "/payments?q=nothing"):
        phone.goto(demo.web + path)
        look(phone)
        if phone.locator("a.row-link").count():
            phone.locator("a.row-link").first.tap()
            phone.wait_for_url("**/*_*")
            look(phone)


def test_a_buyer_pays_in_the_app(phone: Page, demo: Demo) -> None:
    phone.goto(demo.links["CNY"])
    look(phone)
    choose(phone, "支付宝")
    phone.wait_for_url(f"{demo.sandbox}/**")
    confirm_in_wallet(phone)
    expect(receipt(phone)).to_be_visible()
    look(phone)
