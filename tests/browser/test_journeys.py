"""What people do all day, from the first visit to the money in the wallet, with their own hands."""

from __future__ import annotations

import email
import email.policy
import io
import re
import time
import urllib.request
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Demo

PASSWORD = "Blue-kiln-27-celadon"
GOOD_CARD, POOR_CARD = "4242424242424242", "4000000000009995"


def sign_up(page: Page, demo: Demo, address: str) -> None:
    """From the home page to an activated account with a business."""
    page.goto(demo.web)
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Sign up").click()
    page.goto(activation_address(demo, address))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_text("activated", exact=False).first).to_be_visible()
    page.goto(f"{demo.web}/setup")
    page.locator("input[name=name]").fill("Jingdezhen Blue")
    page.get_by_role("button", name="Start collecting").click()
    page.wait_for_url(f"{demo.web}/overview")


def activation_address(demo: Demo, address: str) -> str:
    """What the button of the verification mail opens."""
    give_up_at = time.monotonic() + 20
    while time.monotonic() < give_up_at:
        for file in sorted((demo.home / "mail").glob("*.eml"), reverse=True):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if mail["To"] == address:
                text = mail.get_body(("plain",))
                assert text is not None
                found = re.search(r"http://\S+/account/activate/\S+", text.get_content())
                assert found, text.get_content()
                return found.group(0)
        time.sleep(0.1)
    raise AssertionError("no mail came")


def log_in(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.web}/account/log-in")
    page.get_by_label("E-mail").fill(demo.email)
    page.get_by_label("Password", exact=True).fill(demo.password)
    page.get_by_label("Password", exact=True).press("Enter")
    page.wait_for_url(f"{demo.web}/overview")


def make_link(page: Page, demo: Demo, amount: str, currency: str, reason: str) -> str:
    """Create a link in the back office; its address as the page shows it."""
    page.goto(f"{demo.web}/links/new")
    page.locator("input[name=amount]").fill(amount)
    page.locator("select[name=currency]").select_option(currency)
    page.locator("input[name=reason]").fill(reason)
    page.get_by_role("button", name="Create link").click()
    return page.locator(".share-url").input_value()


def pay_by_card(page: Page, number: str) -> None:
    """Fill in Stripe's page, as the sandbox shows it."""
    page.locator("#email").fill("buyer@example.com")
    page.locator("#number").fill(number)
    page.locator("#expiry").fill("12 / 34")
    page.locator("#cvc").fill("123")
    page.locator("#name").fill("A Buyer")
    page.locator("#pay").click()


def choose(page: Page, method: str) -> None:
    page.get_by_role("radio", name=re.compile(method)).check()
    page.get_by_role("button", name=re.compile(r"^Pay ")).first.click()


def test_a_newcomer_collects_the_first_payment(page: Page, demo: Demo) -> None:
    sign_up(page, demo, "newcomer@example.com")
    address = make_link(page, demo, "50", "USD", "Sample fee, teapot")

    with page.expect_download() as download:
        page.get_by_role("link", name="PNG").click()
    picture = Image.open(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [address]

    page.goto(address)
    expect(page.get_by_text("50.00").first).to_be_visible()
    choose(page, "Bank card")
    pay_by_card(page, GOOD_CARD)
    page.wait_for_url(f"{demo.web}/pay/**")
    expect(page.get_by_role("link", name=re.compile("receipt", re.I))).to_be_visible(timeout=15_000)

    page.goto(f"{demo.web}/overview")
    expect(page.locator("main")).to_contain_text("50.00")
    page.goto(f"{demo.web}/wallet")
    expect(page.locator("main")).to_contain_text("In transit")


def test_alipay_is_paid_by_scanning_with_the_phone(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    address = make_link(page, demo, "350", "CNY", "打样费")
    page.goto(address)
    choose(page, "Alipay")
    code = page.locator(".code-frame").first
    expect(code).to_be_visible()
    [scanned] = zxingcpp.read_barcodes(Image.open(io.BytesIO(code.screenshot())))

    phone = page.context.browser.new_context(viewport=PHONE).new_page()  # type: ignore[union-attr]
    phone.goto(scanned.text)
    if phone.locator("#login").count():
        phone.locator("#login").click()
    phone.locator("#pay").click()
    phone.context.close()

    # Nobody touches the desk's page: it learns by itself.
    expect(page.get_by_role("link", name=re.compile("receipt", re.I))).to_be_visible(timeout=15_000)
    with page.expect_download() as receipt:
        page.get_by_role("link", name=re.compile("receipt", re.I)).click()
    assert Path(receipt.value.path()).read_bytes().startswith(b"%PDF")


def test_after_a_decline_another_try_needs_no_new_link(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    address = make_link(page, demo, "20", "EUR", "Courier")
    page.goto(address)
    choose(page, "Bank card")
    pay_by_card(page, POOR_CARD)
    expect(page.locator("#decline")).to_be_visible()
    page.locator("#cancel").click()
    expect(page.locator("main, body").first).to_contain_text(
        re.compile("not paid|enough|declined", re.I)
    )
    page.get_by_role("link", name="Continue with Stripe").click()
    pay_by_card(page, GOOD_CARD)
    expect(page.get_by_role("link", name=re.compile("receipt", re.I))).to_be_visible(timeout=15_000)


def test_whoever_pays_twice_gets_the_second_payment_back(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    address = make_link(page, demo, "88", "CNY", "Two tabs")
    page.goto(address)
    choose(page, "Bank card")
    card_page = page.url
    second = page.context.new_page()
    second.goto(address)
    choose(second, "Alipay")
    code = second.locator(".code-frame").first
    [scanned] = zxingcpp.read_barcodes(Image.open(io.BytesIO(code.screenshot())))
    # Both are at their provider's page now; the sandbox lets the wallet confirm in the same moment.
    second.goto(scanned.text)
    if second.locator("#login").count():
        second.locator("#login").click()
    page.goto(card_page)
    pay_by_card(page, GOOD_CARD)
    second.locator("#pay").click()

    page.goto(f"{demo.web}/payments?q=Two+tabs")
    page.locator("main a", has_text="Two tabs").first.click()
    give_up_at = time.monotonic() + 40
    while "Refunded" not in page.locator("main").inner_text():
        assert time.monotonic() < give_up_at, page.locator("main").inner_text()
        page.wait_for_timeout(1000)
        page.reload()


def test_the_pages_need_no_script(page: Page, demo: Demo) -> None:
    browser = page.context.browser
    assert browser
    context = browser.new_context(locale="en-US", java_script_enabled=False, viewport=PHONE)
    plain = context.new_page()
    plain.goto(demo.links[0]["url"])
    choose(plain, "Bank card")
    pay_by_card(plain, GOOD_CARD)
    plain.wait_for_url(f"{demo.web}/pay/**")
    plain.wait_for_timeout(4000)
    plain.reload()
    expect(plain.get_by_role("link", name=re.compile("receipt", re.I))).to_be_visible()
    context.close()


def test_the_installation_says_that_it_is_ready(demo: Demo) -> None:
    for path in ("/healthz", "/readyz"):
        with urllib.request.urlopen(demo.web + path) as answer:
            assert answer.status == 200
