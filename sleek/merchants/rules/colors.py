"""Colours: which are well-formed, and what reads on them."""

from __future__ import annotations

import re

_COLOR = re.compile(r"#[0-9a-f]{6}")


def is_color(text: str) -> bool:
    return _COLOR.fullmatch(text) is not None


def reads_on(color: str) -> str:
    """White or near-black, whichever reads better on this colour.

    The better one always meets WCAG AA.
    """
    light = _luminance(color)
    on_white, on_black = 1.05 / (light + 0.05), (light + 0.05) / 0.05
    return "#ffffff" if on_white >= on_black else "#000000"


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours, 1 to 21."""
    dark, light = sorted([_luminance(one), _luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    channels = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
