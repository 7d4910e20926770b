"""Passkeys in a real browser, with the authenticator that Chromium can pretend to have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import hands
from tests.browser.conftest import Demo, visitor

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with visitor(chromium, locale="en-US") as page:
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield page


def prove_by_password(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Prove that it is you")
    page.get_by_label("Log-in password").fill(hands.PASSWORD)
    page.get_by_role("button", name="Continue").click()


def enter_password(page: Page, web: str, address: str) -> None:
    page.goto(f"{web}/account/log-in")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password", exact=True).fill(hands.PASSWORD)
    page.get_by_label("Password", exact=True).press("Enter")


def test_a_passkey_is_made_logs_in_and_is_the_second_step(page: Page, demo: Demo) -> None:
    hands.sign_up(page, demo, "key@example.com")
    web = demo.web.replace("127.0.0.1", "localhost")  # browsers keep passkeys for names
    enter_password(page, web, "key@example.com")
    page.goto(f"{web}/settings/security")
    expect(page.get_by_text("You have no second step yet.")).to_be_visible()
    page.get_by_role("link", name="Add a passkey").click()
    prove_by_password(page)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep these codes now")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as a file").click()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    assert all(code in download.value.path().read_text() for code in codes)

    page.context.clear_cookies()
    page.goto(f"{web}/account/log-in")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(f"{web}/overview")

    page.context.clear_cookies()
    enter_password(page, web, "key@example.com")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(f"{web}/overview")


def test_a_proof_in_between_loses_nothing_that_was_typed(
    chromium: Browser, page: Page, demo: Demo
) -> None:
    """Without any script, too."""
    hands.sign_up(page, demo, "typed@example.com")
    with visitor(chromium, locale="en-US", java_script_enabled=False) as plain:
        plain.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
        plain.goto(f"{demo.web}/settings/team")
        plain.get_by_label("E-mail address").fill("wei@example.com")
        plain.get_by_label("Role").first.select_option("viewer")
        plain.get_by_role("button", name="Send the invitation").click()
        expect(plain.get_by_text("What you entered is kept and sent on.")).to_be_visible()
        prove_by_password(plain)
        invited = plain.locator(".row-item", has_text="wei@example.com")
        expect(invited).to_contain_text("Viewer")
