"""A real installation, as `make up` runs it, and real browsers in front of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.installation import ROOT, Installation

CHROMIUM = os.environ.get("SLEEK_CHROMIUM", "/usr/bin/chromium")
OPTIONS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
PATIENCE_MS = 20_000  # for a click, a page, a text to appear
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/130.0.0.0 Mobile Safari/537.36",
}


@dataclass(frozen=True)
class Demo:
    """Where the story's people and pages are."""

    web: str
    sandbox: str
    email: str
    password: str
    links: dict[str, str]  # by currency
    home: Path


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    home = Path(tempfile.mkdtemp(prefix="sleek-browser-"))
    home.chmod(0o755)
    installation = Installation(home)
    installation.start()
    told = json.loads((home / "demo.json").read_text())
    owner = told["merchant"]
    links = {link["currency"]: link["url"] for link in told["links"]}
    yield Demo(told["web"], told["sandbox"], owner["email"], owner["password"], links, home)
    assert installation.stop() == 0
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def window(demo: Demo) -> dict[str, str]:
    """One page of every kind, made once; their addresses by the names in `window`."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.window", str(demo.home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(made.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An English-speaking visitor at a desk."""
    with visitor(chromium, locale="en-US") as page:
        yield page


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A Chinese-speaking visitor with a phone."""
    with visitor(chromium, locale="zh-CN", **PHONE) as page:
        yield page


@pytest.fixture
def plain_phone(chromium: Browser) -> Iterator[Page]:
    """An English-speaking visitor whose phone runs no script."""
    with visitor(chromium, locale="en-US", java_script_enabled=False, **PHONE) as page:
        yield page


@contextmanager
def visitor(chromium: Browser, **wishes: Any) -> Iterator[Page]:
    """A fresh browser. Whatever goes wrong in any of its pages fails the test."""
    context = chromium.new_context(accept_downloads=True, **wishes)
    context.set_default_timeout(PATIENCE_MS)
    troubles: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if said.type == "error":
            troubles.append(f"{said.page.url if said.page else '?'}: {said.text}")

    context.on("console", note)
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert troubles == []
