"""Decisions about second steps: one-time codes, recovery codes, and the transaction password."""

from __future__ import annotations

import base64
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from cryptography.hazmat.primitives import constant_time
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

TOTP_DIGITS = 6
TOTP_STEP_S = 30
TOTP_DRIFT = 1  # steps that the phone's clock may be early or late

RECOVERY_CODE_COUNT = 10
RECOVERY_CODE_LENGTH = 12
_RECOVERY_GROUP = 4

TRANSACTION_PASSWORD_LENGTH = 6
TRANSACTION_PASSWORD_TRIES = 5
TRANSACTION_PASSWORD_LOCK = timedelta(minutes=15)


class Weakness(StrEnum):
    """Why a transaction password will not do."""

    SHORT = "short"
    REPEATED = "repeated"
    SEQUENCE = "sequence"


def transaction_password_weakness(password: str) -> Weakness | None:
    if len(password) < TRANSACTION_PASSWORD_LENGTH:
        return Weakness.SHORT
    if _repeats(password):
        return Weakness.REPEATED
    if _is_sequence(password):
        return Weakness.SEQUENCE
    return None


def matching_step(secret: str, code: str, *, now: datetime, after: int) -> int | None:
    """The time step whose code this is, if it comes later than the last one that was used.

    RFC 6238 with SHA-1, six digits and thirty seconds: what every authenticator app can do.
    """
    typed = plain_code(code)
    if len(typed) != TOTP_DIGITS or not (typed.isascii() and typed.isdecimal()):
        return None
    hotp = HOTP(base64.b32decode(secret), TOTP_DIGITS, SHA1())
    current = int(now.timestamp()) // TOTP_STEP_S
    for step in range(max(current - TOTP_DRIFT, after + 1), current + TOTP_DRIFT + 1):
        if constant_time.bytes_eq(hotp.generate(step), typed.encode()):
            return step
    return None


def plain_code(typed: str) -> str:
    """What was meant: people add spaces and hyphens, and Chinese keyboards write wide digits."""
    text = unicodedata.normalize("NFKC", typed).lower()
    return "".join(character for character in text if character.isalnum())


def grouped(code: str) -> str:
    """`abcd-efgh-jkmn`, as it is written down."""
    starts = range(0, len(code), _RECOVERY_GROUP)
    return "-".join(code[start : start + _RECOVERY_GROUP] for start in starts)


def _repeats(text: str) -> bool:
    """Whether it is one short pattern over and over: 111111, 121212, 123123."""
    return any(
        text == (text[:length] * len(text))[: len(text)] for length in range(1, len(text) // 2 + 1)
    )


def _is_sequence(text: str) -> bool:
    """123456, 987654, 567890, abcdef."""
    pairs = list(pairwise(text))
    if text.isascii() and text.isdecimal():
        return {(int(after) - int(before)) % 10 for before, after in pairs} in ({1}, {9})
    return {ord(after) - ord(before) for before, after in pairs} in ({1}, {-1})
