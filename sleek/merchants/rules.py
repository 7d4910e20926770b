"""Decisions about people and merchants: what a strong password is, which codes and colours are
well-formed.

Lists of common passwords and likeness to a person's data are checked beside this, by Django's own
validators.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

MIN_LENGTH = 8
PASSPHRASE_LENGTH = 15
# Fifteen times the same key is no passphrase.
PASSPHRASE_VARIETY = 5

ACTIVATION_VALID_FOR = timedelta(days=3)


class Need(StrEnum):
    """What a password still lacks."""

    LENGTH = "length"
    UPPER = "upper"
    LOWER = "lower"
    DIGIT = "digit"
    SYMBOL = "symbol"
    VARIETY = "variety"


def password_needs(password: str) -> list[Need]:
    """Empty for a strong one: eight characters of all four kinds, or a passphrase of fifteen of any
    kind.
    """
    if len(password) >= PASSPHRASE_LENGTH:
        return [] if len(set(password)) >= PASSPHRASE_VARIETY else [Need.VARIETY]
    kinds = {_kind(character) for character in password}
    needs = [] if len(password) >= MIN_LENGTH else [Need.LENGTH]
    needs += [
        need for need in (Need.UPPER, Need.LOWER, Need.DIGIT, Need.SYMBOL) if need not in kinds
    ]
    return needs


class ActivationState(StrEnum):
    """What a link from a verification mail is worth."""

    READY = "ready"
    USED = "used"
    EXPIRED = "expired"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


def activation_state(
    *, is_verified: bool, is_newest: bool, sent_at: datetime, now: datetime
) -> ActivationState:
    """Used comes first: who is active already needs no new link, however old this one is."""
    if is_verified:
        return ActivationState.USED
    if not is_newest:
        return ActivationState.REPLACED
    if now >= sent_at + ACTIVATION_VALID_FOR:
        return ActivationState.EXPIRED
    return ActivationState.READY


class Right(StrEnum):
    """What not everybody who works at a merchant may do. Reading is everybody's."""

    ASK_FOR_MONEY = "ask_for_money"
    GIVE_MONEY_BACK = "give_money_back"
    RECORD_ARRIVALS = "record_arrivals"
    CHANGE_SETTINGS = "change_settings"


# By `Role`; what is not listed may only read.
_RIGHTS: dict[str, frozenset[Right]] = {
    "owner": frozenset(Right),
    "finance": frozenset({Right.ASK_FOR_MONEY, Right.GIVE_MONEY_BACK, Right.RECORD_ARRIVALS}),
    "sales": frozenset({Right.ASK_FOR_MONEY}),
}


def may(role: str, right: Right) -> bool:
    return right in _RIGHTS.get(role, frozenset())


# GB 32100-2015: 17 characters and a check character, without I O S V Z.
_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = [pow(3, place, 31) for place in range(17)]
_CODE = re.compile(f"[{_CODE_ALPHABET}]{{2}}[0-9]{{6}}[{_CODE_ALPHABET}]{{10}}")


def is_credit_code(code: str) -> bool:
    """Whether the text is a well-formed unified social credit code (统一社会信用代码)."""
    if not _CODE.fullmatch(code):
        return False
    values = [_CODE_ALPHABET.index(character) for character in code]
    total = sum(value * weight for value, weight in zip(values, _CODE_WEIGHTS, strict=False))
    return values[17] == (31 - total % 31) % 31


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


def _kind(character: str) -> Need:
    match unicodedata.category(character):
        case "Lu" | "Lt":
            return Need.UPPER
        case "Ll":
            return Need.LOWER
        case "Nd":
            return Need.DIGIT
    return Need.SYMBOL


def _luminance(color: str) -> float:
    channels = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
