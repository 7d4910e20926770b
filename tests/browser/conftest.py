"""A real installation, as `make up` runs it, and a real browser in front of it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.installation import Installation

CHROMIUM = os.environ.get("SLEEK_CHROMIUM", "/usr/bin/chromium")
OPTIONS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Demo:
    """Where the story's people and pages are."""

    web: str
    sandbox: str
    email: str
    password: str
    links: list[dict[str, str]]
    home: Path


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    home = Path(tempfile.mkdtemp(prefix="sleek-browser-"))
    home.chmod(0o755)
    installation = Installation(home)
    installation.start()
    told = json.loads((home / "demo.json").read_text())
    owner = told["merchant"]
    yield Demo(told["web"], told["sandbox"], owner["email"], owner["password"], told["links"], home)
    assert installation.stop() == 0
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An English-speaking visitor at a desk. Whatever goes wrong in the page fails the test."""
    context = chromium.new_context(locale="en-US", accept_downloads=True)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert troubles == []
