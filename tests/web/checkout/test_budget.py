"""A payer's page weighs little, in every kind and language: their phone is slow and far away."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse

from sleek.core.money import Money
from sleek.invoices.rules import Stage
from sleek.links.models import PaymentLink
from sleek.links.rules import MAX_REASON, Ask, Field, FieldKey
from sleek.merchants.models import Merchant
from tests import billing, people
from tests.web.checkout.conftest import OPEN, PIECES, Browser, at, code, link_for
from tests.web.checkout.test_details import write_terms

MAX_BYTES = 40 * 1024  # HTML, style sheet, script and fonts, compressed as they are served
MAX_REQUESTS = 4  # before the page can be used; lazy pictures and the tab's icon come later
FIFTY = Ask.fixed(Money(5000, "CNY"))
_FILE = re.compile(
    r'<(?:script|link rel="(?:stylesheet|preload)"|img)[^>]*?(?:src|href)="([^"]+)"[^>]*>'
)


def plain(shop: Merchant) -> PaymentLink:
    return link_for(shop, FIFTY)


def chosen(shop: Merchant) -> PaymentLink:
    return link_for(shop, OPEN)


def counted(shop: Merchant) -> PaymentLink:
    return link_for(shop, PIECES, description="Celadon. " * 200)


def asking(shop: Merchant) -> PaymentLink:
    """All that a merchant can put on a page, as long as it may be."""
    write_terms(shop, 1, "Kiln time is four weeks. " * 100)
    fields = [Field(key, True, "Own" if key.startswith("own") else "") for key in FieldKey]
    link = link_for(shop, FIFTY, fields=fields, asks_terms=True, description="Celadon. " * 200)
    PaymentLink.objects.filter(pk=link.pk).update(reason="瓷" * MAX_REASON)
    return link


def weight(page: HttpResponse) -> tuple[int, int]:
    """Compressed bytes, and requests."""
    body = page.content.decode()
    files = [url for url in _FILE.findall(body) if "lazy" not in url]
    own = sum(len(gzip.compress(_content(url), 6)) for url in files)
    assert "@font-face" not in body
    return len(gzip.compress(page.content, 6)) + own, 1 + len(files)


def _content(url: str) -> bytes:
    found = finders.find(url.removeprefix("/static/"))
    assert isinstance(found, str), url
    content = Path(found).read_bytes()
    assert b"@font-face" not in content
    assert b"@import" not in content
    return content


@pytest.mark.parametrize("kind", [plain, chosen, counted, asking])
def test_a_links_page_is_light_in_every_language(
    shop: Merchant, kind: Callable[[Merchant], PaymentLink]
) -> None:
    link = kind(shop)
    for language in settings.PAYER_LANGUAGES:
        size, requests = weight(Browser().get(at(link) + f"?lang={language}"))
        assert (language, size <= MAX_BYTES, requests <= MAX_REQUESTS) == (language, True, True)


def test_so_is_the_page_of_a_long_bill_in_stages(shop: Merchant) -> None:
    stages = tuple(Stage(f"Stage {n}", "Celadon. " * 20, percent=Decimal(5)) for n in range(20))
    lines = [billing.line("12.50", item=f"Vase no. {n}, celadon") for n in range(40)]
    bill = billing.issued(shop, *lines, stages=stages, takes_parts=True, remarks="Kiln. " * 200)
    for language in settings.PAYER_LANGUAGES:
        size, requests = weight(Browser().get(f"/b/{bill.token}/?lang={language}"))
        assert (language, size <= MAX_BYTES, requests <= MAX_REQUESTS) == (language, True, True)


def test_so_is_a_payments_page_with_a_code_to_scan(shop: Merchant, payer: Browser) -> None:
    link = people.link(shop, Money(35520, "CNY"))
    payer.choose(at(link), code(shop))
    size, requests = weight(payer.client.get(at(link), follow=True))  # type: ignore[arg-type]
    assert (size <= MAX_BYTES, requests <= MAX_REQUESTS) == (True, True)


def test_a_page_is_compressed_on_its_way(shop: Merchant, payer: Browser) -> None:
    link = plain(shop)
    page = payer.get(at(link), **{"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert b"<!doctype html>" in gzip.decompress(page.content)
