"""Nothing that axe finds wrong stands on a page: for keyboards, screen readers, weak eyes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE_MS, PHONE, Demo
from tests.installation import ROOT

AXE = ROOT / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# The pages by their names in `window`. What payers open, they open on a phone.
CHECKOUT = (
    *("fixed", "open", "quantity", "asking", "closed"),
    *("declined", "unknown", "paid", "terms", "nothing"),
    *("ask-open", "ask-part", "ask-stage", "ask-paid", "ask-void"),
    *("ask-several", "ask-receipt", "proof", "proof-open", "proof-void", "proof-none"),
)
STRANGERS = ("home", "sign-up", "log-in", "reset")
OFFICE = (
    *("overview", "links", "links-new", "link", "stickers", "counter"),
    *("payments", "payment", "wallet", "journal", "account", "settlements"),
    *("settings", "bank", "team", "security", "password", "logins", "data", "audit"),
    *("alerts", "alerts-new", "brands", "brands-new", "merchant-terms", "signing"),
    *("bills", "bills-new", "bill-draft", "bill-edit", "bill-review", "bill-open"),
    *("bill-part", "bill-paid", "bill-void"),
    *("customers", "customers-new", "customer", "customer-edit", "customers-import", "table"),
    *("papers", "design", "design-new", "numbers", "review-rules"),
)
TONGUES = ("en", "zh-CN", "ar")  # what payers are spoken to in, of each script one
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
SEATS = [("English", "en", DESK), ("中文", "zh-CN", PHONE)]  # each language at another width
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
OPENED = "details:not(.menu)"  # what is folded away is looked at, too


@pytest.fixture(scope="module", params=SEATS, ids=[language for _, language, _ in SEATS])
def seat(
    request: pytest.FixtureRequest, chromium: Browser, window: dict[str, str]
) -> Iterator[Page]:
    """Where somebody sits who works or looks around: at a desk, or on the way with a phone."""
    name, language, device = request.param
    with _reading(chromium, language, device) as page:
        page.goto(window["log-in"])
        # The story's owner would be spoken to in hers.
        page.get_by_role("button", name=name).click()
        yield page


@pytest.fixture(scope="module")
def office(seat: Page, demo: Demo) -> Page:
    """The same, once the owner has come in."""
    seat.goto(f"{demo.web}/account/log-in")
    seat.locator("[name=login]").fill(demo.email)
    seat.locator("[name=password]").fill(demo.password)
    seat.locator("[name=password]").press("Enter")
    seat.wait_for_url(f"{demo.web}/overview")
    return seat


@pytest.mark.parametrize("language", TONGUES)
def test_payers_meet_no_fault_that_axe_knows(
    chromium: Browser, window: dict[str, str], language: str
) -> None:
    with _reading(chromium, language, PHONE) as page:
        for name in CHECKOUT:
            _open(page, window[name])
            assert (name, _faults(page)) == (name, [])


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_meet_no_fault_that_axe_knows(
    seat: Page, window: dict[str, str], name: str
) -> None:
    _open(seat, window[name])
    assert _faults(seat) == []


@pytest.mark.parametrize("name", OFFICE)
def test_the_back_office_has_no_fault_that_axe_knows(
    office: Page, window: dict[str, str], name: str
) -> None:
    _open(office, window[name])
    assert office.url == window[name]  # and no door in front of it
    assert _faults(office) == []


def test_the_open_menu_has_no_fault_that_axe_knows(office: Page, window: dict[str, str]) -> None:
    _open(office, window["settings"])
    office.locator(".menu > summary").click()
    assert _faults(office) == []


def test_a_small_phone_scrolls_one_way_only(chromium: Browser, window: dict[str, str]) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 568}, locale="de-DE")
    page = context.new_page()
    for name in CHECKOUT:
        page.goto(window[name])
        assert (name, _width(page)) == (name, 320)
    context.close()


def test_a_link_can_be_paid_by_keyboard_alone(chromium: Browser, window: dict[str, str]) -> None:
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(window["quantity"])
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("document.activeElement.name || document.activeElement.className")
        )
        if seen[-1] == "button":
            break
    assert seen[:4] == ["step", "quantity", "step", "offer"]
    assert seen[-1] == "button"
    page.keyboard.press("Enter")
    page.wait_for_url("**/stripe/**")
    context.close()


@contextmanager
def _reading(chromium: Browser, language: str, device: dict[str, Any]) -> Iterator[Page]:
    """Nothing moves: a colour that is still fading in would be judged as it passes.

    One tab that goes from page to page: Chromium has been seen never to tell that a tab was closed.
    """
    context = chromium.new_context(locale=language, reduced_motion="reduce", **device)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate(
        "those => document.querySelectorAll(those).forEach(one => one.open = true)", OPENED
    )
    page.evaluate(AXE.read_text() + "; undefined")


def _faults(page: Page) -> list[str]:
    """In daylight and in the dark; and what sticks out of the screen."""
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        told = page.evaluate(
            "tags => axe.run({ runOnly: tags, resultTypes: ['violations'] })", TAGS
        )
        found += [
            f"{scheme}: {fault['id']}: {node['html'][:120]} {node['failureSummary']}"
            for fault in told["violations"]
            for node in fault["nodes"]
        ]
    wide, room = _width(page), page.evaluate("window.innerWidth")
    return found if wide <= room else [*found, f"{wide} pixels wide in {room}"]


def _width(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width
