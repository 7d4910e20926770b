"""What a strong password is, and what the link of a verification mail is worth.

Lists of common passwords and likeness to a person's data are checked beside this, by Django's own
validators.
"""

from __future__ import annotations

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


def _kind(character: str) -> Need:
    match unicodedata.category(character):
        case "Lu" | "Lt":
            return Need.UPPER
        case "Ll":
            return Need.LOWER
        case "Nd":
            return Need.DIGIT
    return Need.SYMBOL
