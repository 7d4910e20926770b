"""What people do all day, from the first visit to the money in the wallet, with their own hands."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo
from tests.browser.hands import (
    GOOD_CARD,
    POOR_CARD,
    choose,
    confirm_in_wallet,
    fill_card,
    log_in,
    make_link,
    order_fault,
    pay_by_card,
    read_code,
    receipt,
    scanned,
    sign_up,
    wait,
)


def test_a_newcomer_collects_the_first_payment(page: Page, demo: Demo) -> None:
    sign_up(page, demo, "newcomer@example.com")
    address = make_link(page, demo, "50", "USD", "Sample fee, teapot")
    with page.expect_download() as download:
        page.get_by_role("link", name="PNG").click()
    assert read_code(Path(download.value.path()).read_bytes()) == address

    page.goto(f"{demo.web}/overview")
    today, count = page.locator(".overview-main .figure"), page.locator(".overview-facts")
    expect(count).to_contain_text(re.compile(r"Payments\s*0"))
    buyer = page.context.new_page()
    buyer.goto(address)
    expect(buyer.locator(".amount")).to_contain_text("50.00")
    choose(buyer, "Bank card")
    pay_by_card(buyer, GOOD_CARD)
    expect(receipt(buyer)).to_be_visible()

    # Nobody reloads the overview: it learns by itself.
    expect(today).to_contain_text("50.00")
    expect(count).to_contain_text(re.compile(r"Payments\s*1"))
    expect(page.locator(".toast-good")).to_contain_text("50.00 USD received")
    page.goto(f"{demo.web}/wallet")
    wallet = page.locator(".wallet")
    # The provider tells its fee of 1.75 a moment after the payment.
    wait(page, lambda: bool(page.reload()) and "48.25" in wallet.inner_text(), "no fee came")


def test_alipay_is_paid_by_scanning_with_the_phone(page: Page, phone: Page, demo: Demo) -> None:
    log_in(page, demo)
    page.goto(make_link(page, demo, "350", "CNY", "打样费"))
    choose(page, "Alipay")
    phone.goto(scanned(page))
    confirm_in_wallet(phone)

    # Nobody touches the desk's page: it learns by itself.
    expect(receipt(page)).to_be_visible()
    with page.expect_download() as download:
        receipt(page).click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def test_after_a_decline_another_card_needs_no_new_link(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    page.goto(make_link(page, demo, "20", "EUR", "Courier"))
    choose(page, "Bank card")
    pay_by_card(page, POOR_CARD)
    expect(page.locator("#decline")).to_be_visible()
    page.locator("#cancel").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("Not paid yet")
    expect(page.get_by_role("alert")).to_contain_text("There was not enough money")
    page.get_by_role("link", name="Continue with Stripe").click()
    pay_by_card(page, GOOD_CARD)
    expect(receipt(page)).to_be_visible()


def test_whoever_pays_twice_gets_the_second_payment_back(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    # Closing the other way to pay fails, so the second payment slips through.
    order_fault(demo, provider="alipay", operation="close", kind="error_500", times=20)
    address = make_link(page, demo, "88", "CNY", "Two tabs")
    page.goto(address)
    choose(page, "Bank card")
    fill_card(page, GOOD_CARD)
    second = page.context.new_page()
    second.goto(address)
    choose(second, "Alipay")
    second.goto(scanned(second))

    page.locator("#pay").click()
    expect(receipt(page)).to_be_visible()
    confirm_in_wallet(second)

    page.goto(f"{demo.web}/payments?q=Two+tabs")
    page.get_by_role("link", name="Two tabs").click()
    page.wait_for_url("**/payments/pay_*")
    story = page.locator("main")
    given_back = "has been given back to the payer"
    wait(page, lambda: bool(page.reload()) and given_back in story.inner_text(), "not given back")
    expect(story).to_contain_text("The payer paid a second time: 88.00 CNY.")


def test_the_checkout_needs_no_script(plain_phone: Page, demo: Demo) -> None:
    plain_phone.goto(demo.links["EUR"])
    choose(plain_phone, "Bank card")
    pay_by_card(plain_phone, GOOD_CARD)
    expect(receipt(plain_phone)).to_be_visible()


def test_the_back_office_needs_no_script(plain_phone: Page, demo: Demo) -> None:
    log_in(plain_phone, demo)
    address = make_link(plain_phone, demo, "12.50", "USD", "Without a script")
    plain_phone.goto(f"{demo.web}/payments?status=succeeded")
    plain_phone.locator("a.row-link").first.click()
    expect(plain_phone.get_by_role("heading", name="What happened")).to_be_visible()
    plain_phone.goto(address)
    expect(plain_phone.get_by_role("button", name="Pay 12.50 USD")).to_be_visible()


def test_the_installation_says_that_it_is_ready(demo: Demo) -> None:
    for path in ("/healthz", "/readyz"):
        with urllib.request.urlopen(demo.web + path, timeout=5) as answer:
            assert answer.status == 200
