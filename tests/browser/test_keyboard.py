"""The list of bills by keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo
from tests.browser.hands import log_in


def test_bills_are_walked_through_ticked_and_opened_by_keys(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    page.goto(f"{demo.web}/bills")
    ticked = page.locator("[data-picked]")
    expect(ticked).to_be_hidden()
    for keys, count in (("jx", "1"), (["ArrowDown", "x"], "2"), ("kx", "1"), ("jj", "1")):
        for key in keys:
            page.keyboard.press(key)
        expect(ticked).to_have_text(count)
    page.keyboard.press("?")
    keyboard = page.get_by_role("dialog")
    expect(keyboard).to_contain_text("tick the row")
    page.keyboard.press("Escape")
    expect(keyboard).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_label("Search bills")).to_be_focused()
    page.keyboard.type("?x")
    expect(page.get_by_label("Search bills")).to_have_value("?x")
    expect(keyboard).to_be_hidden()
    page.goto(f"{demo.web}/bills")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bills/inv_*")
