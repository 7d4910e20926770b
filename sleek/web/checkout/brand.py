"""The payee's colour on the payer's page, where it can be read. Pure.

A colour is used only if white text on it, and it as text on our grounds, reach the 4.5 : 1 of WCAG
AA. Dark pages get a lighter mix of the same colour.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from sleek.merchants.rules import contrast as _contrast

READABLE = 4.5
OUR_COLOR = "#0f5c73"
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_LIGHT_GROUND, _LIGHT_SURFACE = (250, 249, 247), (255, 255, 255)
_DARK_SURFACE, _DARK_RAISED = (27, 27, 25), (36, 36, 33)

Color: TypeAlias = tuple[int, int, int]


def style(color: str) -> str:
    """The style sheet with this colour as accent, or nothing when it could not be read."""
    if printed(color).lower() == OUR_COLOR:
        return ""
    accent = _parse(color)
    light = _tokens(
        accent, _mix(accent, _BLACK, 0.2), _mix(accent, _LIGHT_SURFACE, 0.9), on_accent=_WHITE
    )
    pale = _lightened(accent)
    dark = _tokens(
        pale,
        _mix(pale, _WHITE, 0.2),
        _mix(pale, _DARK_SURFACE, 0.8),
        on_accent=_mix(accent, _BLACK, 0.8),
    )
    return f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"


def printed(color: str) -> str:
    """The colour for white paper, or ours when it could not be read there."""
    is_readable = _HEX.fullmatch(color) and contrast(_parse(color), _LIGHT_GROUND) >= READABLE
    return color if is_readable else OUR_COLOR


def contrast(one: Color, other: Color) -> float:
    """WCAG's ratio of two colours' luminances, from 1 to 21."""
    return _contrast(_format(one), _format(other))


def _lightened(color: Color) -> Color:
    for tenth in range(11):
        pale = _mix(color, _WHITE, tenth / 10)
        if contrast(pale, _DARK_RAISED) >= READABLE + 0.5:
            return pale
    return _WHITE


def _tokens(accent: Color, hover: Color, soft: Color, *, on_accent: Color) -> str:
    tokens = {
        "accent": accent,
        "accent-hover": hover,
        "accent-text": accent,
        "accent-soft": soft,
        "on-accent": on_accent,
    }
    return "".join(f"--{name}:{_format(color)};" for name, color in tokens.items())


def _mix(color: Color, other: Color, share: float) -> Color:
    red, green, blue = (
        round(mine + (theirs - mine) * share) for mine, theirs in zip(color, other, strict=True)
    )
    return red, green, blue


def _parse(color: str) -> Color:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _format(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
