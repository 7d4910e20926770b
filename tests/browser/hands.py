"""What people do with their hands, step by step, as the pages' words tell them."""

from __future__ import annotations

import email
import email.policy
import io
import json
import re
import time
import urllib.request
from collections.abc import Callable

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE_MS, Demo

PASSWORD = "Blue-kiln-27-celadon"
GOOD_CARD, POOR_CARD = "4242424242424242", "4000000000009995"
PAUSE_MS = 200  # between two looks


def sign_up(page: Page, demo: Demo, address: str) -> None:
    """From the home page to an activated account with a business."""
    page.goto(demo.web)
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    page.goto(activation_address(page, demo, address))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account is activated!")
    page.get_by_role("link", name="Set up my business").click()
    page.get_by_label("Display name").fill("Jingdezhen Blue")
    page.get_by_role("button", name="Start collecting").click()
    page.wait_for_url(f"{demo.web}/overview")


def activation_address(page: Page, demo: Demo, address: str) -> str:
    """What the button of the verification mail opens."""
    wait(page, lambda: bool(_mails_to(demo, address)), "no mail came")
    [text] = _mails_to(demo, address)
    found = re.search(r"http://\S+/account/activate/\S+", text)
    assert found, text
    return found.group(0)


def _mails_to(demo: Demo, address: str) -> list[str]:
    texts = []
    for file in (demo.home / "mail").glob("*.eml"):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        body = mail.get_body(("plain",))
        if mail["To"] == address and body is not None:
            texts.append(body.get_content())
    return texts


def log_in(page: Page, demo: Demo) -> None:
    """As the story's owner, who reads Chinese: who wants English says so at the door."""
    page.goto(f"{demo.web}/account/log-in")
    page.get_by_role("button", name="English").click()
    page.get_by_label("E-mail").fill(demo.email)
    page.get_by_label("Password", exact=True).fill(demo.password)
    page.get_by_label("Password", exact=True).press("Enter")
    page.wait_for_url(f"{demo.web}/overview")


def make_link(page: Page, demo: Demo, amount: str, currency: str, reason: str) -> str:
    """Create a link in the back office; its address as the page shows it."""
    page.goto(f"{demo.web}/links/new")
    page.get_by_role("textbox", name="Amount").fill(amount)
    page.get_by_label("Currency").select_option(currency)
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Create link").click()
    return page.locator(".share-url").input_value()


def choose(page: Page, method: str) -> None:
    """On the checkout: a way to pay, and go."""
    others = page.locator("details.others:not([open]) > summary")  # while another way is under way
    if others.count():
        others.click()
    page.get_by_role("radio", name=method).check()
    page.get_by_role("button", name=re.compile("^(Pay|支付) ")).click()


def fill_card(page: Page, number: str) -> None:
    """On Stripe's page, as the sandbox shows it."""
    page.locator("#email").fill("buyer@example.com")
    page.locator("#number").fill(number)
    page.locator("#expiry").fill("12 / 34")
    page.locator("#cvc").fill("123")
    page.locator("#name").fill("A Buyer")


def pay_by_card(page: Page, number: str) -> None:
    fill_card(page, number)
    page.locator("#pay").click()


def read_code(picture: bytes) -> str:
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return str(code.text)


def scanned(page: Page) -> str:
    """What a phone reads off the checkout's screen."""
    code = page.locator(".code-frame")
    expect(code).to_be_visible()
    return read_code(code.screenshot())


def confirm_in_wallet(phone: Page) -> None:
    """On the wallet's page, as the sandbox shows it to a phone."""
    phone.locator("#login, #pay").first.wait_for()
    if phone.locator("#login").count():
        phone.locator("#login").click()
    phone.locator("#pay").click()


def receipt(page: Page) -> Locator:
    """Only a paid checkout has it."""
    return page.get_by_role("link", name=re.compile("receipt|收据"))


def order_fault(demo: Demo, **fault: object) -> None:
    """Let a provider misbehave."""
    body = json.dumps(fault).encode()
    urllib.request.urlopen(f"{demo.sandbox}/control/faults", body, timeout=5).close()


def wait(page: Page, condition: Callable[[], bool], trouble: str) -> None:
    give_up_at = time.monotonic() + PATIENCE_MS / 1000
    while not condition():
        assert time.monotonic() < give_up_at, trouble
        page.wait_for_timeout(PAUSE_MS)
