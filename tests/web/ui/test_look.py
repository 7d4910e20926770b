"""The tokens: complete in the dark, and readable everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from sleek.merchants.rules import contrast

STYLES = Path(settings.BASE_DIR, "web/ui/static/ui")
BLOCK = re.compile(r"(:root[^{]*)\{([^}]*)\}")


def tokens() -> dict[str, dict[str, str]]:
    """What each rule of the file sets, by selector."""
    rules: dict[str, dict[str, str]] = {}
    for selector, body in BLOCK.findall((STYLES / "tokens.css").read_text()):
        values = dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))
        rules.setdefault(selector.strip(), values)
    return rules


LIGHT = tokens()[":root"]
DARK = tokens()[':root[data-theme="dark"]']
READABLE = [
    (text, ground)
    for text in ("text", "text-soft", "text-faint", "accent-text", "good", "wait", "bad")
    for ground in ("bg", "surface")
] + [
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-bad", "bad"),
    ("good", "good-soft"),
    ("wait", "wait-soft"),
    ("bad", "bad-soft"),
    ("accent-text", "accent-soft"),
    ("text-soft", "surface-sunken"),
]


def test_the_dark_tokens_are_the_same_by_device_and_by_choice() -> None:
    assert tokens()[':root:not([data-theme="light"])'] == DARK
    assert set(DARK) < set(LIGHT)


@pytest.mark.parametrize("theme", [LIGHT, LIGHT | DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), READABLE)
def test_text_meets_the_contrast_of_wcag_aa(theme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(theme[text], theme[ground]) >= 4.5


@pytest.mark.parametrize("name", ["app", "shell", "public"])
def test_no_other_style_sheet_of_ours_names_a_colour(name: str) -> None:
    rules = re.sub(r"/\*.*?\*/", "", (STYLES / f"{name}.css").read_text(), flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules) == []


def test_every_token_that_is_used_is_defined() -> None:
    used = {
        token
        for sheet in STYLES.glob("*.css")
        for token in re.findall(r"var\(--([\w-]+)", sheet.read_text())
    }
    assert used - set(LIGHT) == set()
