"""Money, moments and statuses as templates show them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone, translation

from sleek.core.money import Money
from sleek.payments.models import Payment
from sleek.web.ui.templatetags import sleek_ui

AMOUNTS = [
    (Money(123450, "USD"), "1,234.50\xa0USD"),
    (Money(5000, "JPY"), "5,000\xa0JPY"),
    (Money(1234567, "KWD"), "1,234.567\xa0KWD"),
    (Money(-50, "CNY"), "\N{MINUS SIGN}0.50\xa0CNY"),
    (Money(0, "EUR"), "0.00\xa0EUR"),
]


@pytest.mark.parametrize(("value", "text"), AMOUNTS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_money_shows_its_currency_and_all_its_decimals(
    value: Money, text: str, language: str
) -> None:
    with translation.override(language):
        assert sleek_ui.plain_money(value) == text
        assert re.sub("<[^>]+>", "", sleek_ui.money(value)) == text


def test_moments_are_told_in_the_readers_zone_and_language(frozen_clock: object) -> None:
    moment = datetime(2001, 3, 2, 17, 5, tzinfo=UTC)
    with timezone.override("Asia/Shanghai"), translation.override("zh-hans"):
        assert ">2001年3月3日 01:05</time>" in sleek_ui.moment(moment)
    with timezone.override("America/New_York"), translation.override("en"):
        assert ">2 Mar 2001 12:05</time>" in sleek_ui.moment(moment)
        assert 'datetime="2001-03-02T12:05:00-05:00"' in sleek_ui.moment(moment)


def test_what_never_happened_has_no_moment() -> None:
    assert sleek_ui.moment(None) == sleek_ui.day(None) == ""


def test_the_year_stands_only_beside_other_years(frozen_clock: object) -> None:
    with translation.override("en"):
        assert sleek_ui.day(date(2026, 1, 5)) == '<time datetime="2026-01-05">5 Jan</time>'
        assert sleek_ui.day(date(2025, 1, 5)) == '<time datetime="2025-01-05">5 Jan 2025</time>'


@pytest.mark.parametrize("state", ["pending", "succeeded", "failed"])
def test_a_status_is_a_word_a_shape_and_a_colour(state: str) -> None:
    template = Template("{% load sleek_ui %}{% status payment %}")
    with translation.override("en"):
        shown = template.render(Context({"payment": Payment(status=state)}))
    assert re.search(r'class="status status-\w+"><svg[^>]*aria-hidden="true"', shown)
    assert re.sub("<[^>]+>", "", shown).strip()


def test_every_icon_that_a_page_names_exists() -> None:
    folder = Path(settings.NODE_MODULES, "@tabler/icons/icons/outline")
    pages = Path(settings.BASE_DIR, "web").rglob("*.html")
    names = {name for page in pages for name in re.findall(r"icon '([\w-]+)'", page.read_text())}
    names |= {shape for _, shape in sleek_ui.STATUS_LOOKS.values()}
    assert {name for name in names if not (folder / f"{name}.svg").exists()} == set()
