"""Every page in both languages: complete, translated, and without a script of somebody else's."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.web.dashboard.conftest import Visitor, browser, member, person

OUTSIDE = [
    "/",
    "/legal/terms",
    "/legal/privacy",
    "/account/sign-up",
    "/account/log-in",
    "/account/inactive",
    "/account/reset",
    "/account/reset/sent",
    "/account/reset/done",
    "/account/reset/usr_x-bad",
    "/account/activate/nothing",
    "/nothing",
]
INSIDE = [
    "/overview",
    "/settings/logins",
    "/settings",
    "/settings/team",
    "/settings/audit",
    "/settings/data",
    "/settings/password",
    "/account/activated",
    "/account/log-out",
]

# What is the same in both languages: names, codes, and the picture that shows both at once.
SAME = re.compile(
    r"\S+@\S+|Sleek|English|Sample fee|Card|Alipay|Pay|USD|CNY|Lin Ceramics|Cookie|QR|CSV|PDF|JSON"
    r"|[A-Z]{3} ·|[A-Z]\w+/[A-Z]\w+( \(UTC.*?\))?|usr_\w+"
)
LATIN = re.compile(r"[A-Za-z]{2,}")


def words(page: str) -> str:
    """What a reader sees."""
    text = re.sub(r"<(script|style|svg|option).*?</\1>", " ", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", text))


def visit(path: str, language: str) -> tuple[Visitor, str]:
    visitor = browser(language)
    if path in INSIDE:
        visitor.force_login(member())
    return visitor, visitor.read(path)


@pytest.mark.parametrize("path", OUTSIDE + INSIDE)
def test_the_chinese_page_has_no_english_left(db: None, path: str) -> None:
    _, page = visit(path, "zh-hans")
    assert '<html lang="zh-Hans" dir="ltr"' in page
    assert LATIN.findall(SAME.sub(" ", words(page))) == []


@pytest.mark.parametrize("path", OUTSIDE + INSIDE)
def test_the_english_page_has_no_chinese_left(db: None, path: str) -> None:
    _, page = visit(path, "en")
    assert '<html lang="en" dir="ltr"' in page
    bilingual = re.sub(r'<div class="phone" .*?<div class="hero-news"', "", page, flags=re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff]+", words(bilingual).replace("中文", "")) == []


@pytest.mark.parametrize("path", OUTSIDE + INSIDE)
def test_pages_hold_no_inline_script_or_style_and_nothing_foreign(db: None, path: str) -> None:
    _, page = visit(path, "en")
    assert re.findall(r"<script(?![^>]* src=)", page) == []
    assert re.findall(r"<style(?![^>]* nonce=)|\sstyle=|\son\w+=", page) == []
    assert [url for url in re.findall(r'(?:src|href)="([^"]+)"', page) if "//" in url] == []


def test_the_home_page_leads_to_signing_up(visitor: Visitor) -> None:
    page = visitor.read("/")
    assert page.count('href="/account/sign-up"') == 2
    visitor.force_login(person())
    assert 'href="/overview"' in visitor.read("/")


def test_an_unknown_document_is_no_page(visitor: Visitor) -> None:
    assert visitor.get("/legal/secrets").status_code == 404
