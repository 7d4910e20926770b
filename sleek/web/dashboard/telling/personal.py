"""Personal data as somebody may see it: whole, or masked for roles without the right."""

from __future__ import annotations

from collections.abc import Collection

from sleek.merchants import rules
from sleek.merchants.rules import Right


def shown(text: str, kind: str, rights: Collection[str]) -> str:
    """`kind` is one of `rules.masks.MASKS`."""
    return text if Right.SEE_PERSONAL_DATA in rights else rules.mask(kind, text)
