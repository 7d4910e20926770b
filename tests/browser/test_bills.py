"""A bill from its first letter to its receipt, with the hands of those whom it concerns."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Demo
from tests.browser.hands import GOOD_CARD, choose, confirm_in_wallet, log_in, pay_by_card, wait

BUYER = "Nile Pottery & Sons"
PROMISE = "38.00 USD is deducted from a later bill of 2,000.00 USD or more"
SETTLED = "!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"
MOST_MOVES = 30  # clicks and fields: at four seconds each, two minutes


class Desk:
    """Whoever works at a page, and how many moves that takes."""

    def __init__(self, page: Page) -> None:
        self.page, self.moves = page, 0

    def type(self, label: str, text: str, row: int = 0) -> Locator:
        self.moves += 1
        field = self.page.get_by_label(label, exact=True).nth(row)
        field.fill(text)
        return field

    def choose(self, label: str, value: str) -> None:
        self.moves += 1
        self.page.get_by_label(label, exact=True).select_option(value)

    def press(self, what: Locator) -> None:
        self.moves += 1
        what.click()


def test_a_sample_fee_is_billed_in_less_than_two_minutes(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    page.goto(f"{demo.web}/bills/new")
    desk, paper = Desk(page), page.locator("#sketch .bill-page").first
    desk.type("Payer", BUYER)
    desk.press(page.get_by_text("Contact, address, tax numbers"))
    desk.type("E-mail address", "buyer@nile.example")
    desk.choose("Currency", "USD")
    desk.type("Item", "Celadon teapot, sample")
    desk.type("Unit price", "38").press("Enter")
    expect(page.get_by_label("Item", exact=True).nth(1)).to_be_focused()
    desk.type("Item", "Courier DHL Express", 1)
    desk.type("Unit price", "12", 1)
    desk.press(page.get_by_role("heading", name="Deduction from a later bill"))
    desk.type("Deducted later", "38")
    desk.type("From a bill of at least", "2000")
    desk.choose("Currency of that bill", "USD")
    with page.expect_response(lambda sent: "policy_days=180" in (sent.request.post_data or "")):
        desk.type("Valid for days", "180")
    page.wait_for_function(SETTLED)
    expect(page.locator(".bill-asked")).to_have_text("50.00\u00a0USD")
    shown = paper.get_attribute("src")

    # The picture is the paper: the draft's own page shows the same one, and so does its PDF.
    desk.press(page.get_by_role("button", name="Save draft"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("50.00")
    assert page.locator(".bill-page").first.get_attribute("src") == shown
    said = downloaded(page, page.get_by_role("link", name="PDF"))
    for words in (BUYER, "Celadon teapot, sample", "Courier DHL Express", "50.00 USD", PROMISE):
        assert words in said, words

    desk.press(page.get_by_role("button", name="Issue the bill"))
    expect(page.locator(".timeline-list")).to_contain_text("Issued as SK-")
    desk.press(page.get_by_role("button", name="Send the bill with its PDF"))
    sent = page.get_by_role("region", name="Send it").get_by_role("listitem")
    expect(sent).to_contain_text("buyer@nile.example")
    assert desk.moves <= MOST_MOVES


def test_a_buyer_pays_a_bill_by_card_and_keeps_its_papers(
    plain_phone: Page, window: dict[str, str]
) -> None:
    phone = plain_phone
    phone.goto(window["pay-card"])
    number = phone.locator("h1 .number").inner_text()
    assert number in downloaded(phone, phone.get_by_role("link", name="Download the bill"))
    choose(phone, "Bank card")
    pay_by_card(phone, GOOD_CARD)
    expect(phone.get_by_role("heading", name="50.00 USD paid")).to_be_visible()
    phone.get_by_role("link", name=f"Back to bill {number}").click()
    expect(phone.get_by_role("heading", name="Paid")).to_be_visible()
    given = phone.get_by_role("link", name=re.compile("Receipt SJ-"))
    wait(phone, lambda: bool(given.count() or not phone.reload()), "no receipt came")
    said = downloaded(phone, given)
    assert number in said
    assert "50.00 USD" in said


def test_a_buyer_pays_a_stage_with_alipay(phone: Page, window: dict[str, str]) -> None:
    phone.goto(window["pay-alipay"])
    pay = phone.get_by_role("button", name=re.compile("^支付"))
    expect(pay).to_have_text("支付 105.00\u00a0CNY")
    phone.get_by_role("radio", name=re.compile("全额")).check()
    expect(pay).to_have_text("支付 350.00\u00a0CNY")
    phone.get_by_role("radio", name=re.compile("Deposit")).check()
    choose(phone, "支付宝")
    confirm_in_wallet(phone)
    expect(phone.get_by_role("heading", name="已支付 105.00\u00a0CNY")).to_be_visible()
    phone.goto(window["pay-alipay"])
    expect(phone.locator(".note.good")).to_contain_text("已付 105.00\u00a0CNY")


def test_a_paper_is_proved_by_its_code(chromium: Browser, window: dict[str, str]) -> None:
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(window["proof-open"])
    expect(page.get_by_role("heading", level=1)).to_have_text("This paper is genuine")
    page.goto(window["proof-void"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Genuine, but it counts no more")
    page.goto(window["proof"])
    page.get_by_label("Number").fill("SK-2026-00001")
    page.get_by_label("Code").fill("AAAA-BBBB-CCCC")
    page.get_by_role("button", name="Check the paper").click()
    expect(page.get_by_role("alert").first).to_contain_text("There is no such paper.")
    context.close()


def test_a_bill_is_written_by_keyboard_alone(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url("**/bills")
    page.keyboard.press("n")
    page.wait_for_url("**/bills/new")
    reach(page, "payer_name")
    page.keyboard.type("Prairie")
    page.locator(".bill-match", has_text="Prairie Pottery LLC").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".bill-customer")).to_contain_text("Prairie Pottery LLC")
    reach(page, "line-0-item")
    page.keyboard.type("Vase")
    reach(page, "line-0-price")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    expect(page.locator("[name=line-1-item]")).to_be_focused()
    page.keyboard.type("Bowl")
    reach(page, "line-1-price")
    page.keyboard.type("5")
    expect(page.locator(".bill-asked")).to_have_text("25.00\u00a0USD")
    reach(page, "do", "save")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("25.00")


def test_a_bill_is_written_and_issued_without_a_script(plain_phone: Page, demo: Demo) -> None:
    phone = plain_phone
    log_in(phone, demo)
    phone.goto(f"{demo.web}/bills/new")
    phone.get_by_label("Payer", exact=True).fill("Plain Pots Ltd")
    phone.get_by_label("Item", exact=True).fill("Vase")
    phone.get_by_label("Unit price").fill("20")
    phone.get_by_role("button", name="Add a line").click()
    phone.get_by_label("Item", exact=True).nth(1).fill("Bowl")
    phone.get_by_label("Unit price").nth(1).fill("5")
    phone.get_by_role("button", name="Issue the bill").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("25.00")
    expect(phone.locator(".toasts")).to_contain_text("Issued as SK-")


def downloaded(page: Page, link: Locator) -> str:
    """The text of the PDF behind a link."""
    with page.expect_download() as download:
        link.click()
    pages = pypdfium2.PdfDocument(Path(download.value.path()))
    return " ".join(" ".join(one.get_textpage().get_text_range() for one in pages).split())


def reach(page: Page, name: str, value: str | None = None) -> None:
    """Go on until a field of that name, or a button of that value, has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate("[document.activeElement.name, document.activeElement.value]")
        if found[0] == name and value in (None, found[1]):
            return
    raise AssertionError(f"{name} is not reached")
