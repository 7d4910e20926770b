"""Ids that leave the process: prefixed, sortable by time, unguessable.

`pay_` + 26 characters of Crockford's base 32: 48 bits of milliseconds, then 80 random bits (a ULID
in lower case). Rows made together sit together in an index. `token` is for short addresses and is
all chance.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sleek.core import clock

_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
# No 0 O I l: people read these aloud and copy them from paper.
_BASE57 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
TOKEN_LENGTH = 12  # 57^12 is 70 bits
_SHORT, _GROUP = 12, 4
_ALIKE = str.maketrans("oil", "011")

_random_bits: Callable[[int], int] = secrets.randbits


def new(prefix: str) -> str:
    """A fresh public id such as `pay_01jd…`."""
    number = int(clock.now().timestamp() * 1000) << 80 | _random_bits(80)
    return f"{prefix}_{_digits(number, _BASE32, 26)}"


def token(length: int = TOKEN_LENGTH) -> str:
    """A short random word for an address that must not be guessed."""
    return _digits(_random_bits(8 * length), _BASE57, length)


def short(public_id: str) -> str:
    """Its beginning, for people to read to each other: `01JD-ZB3C-4D5E`. Within one merchant two
    ids hardly ever share it.
    """
    number = public_id.partition("_")[2][:_SHORT].upper()
    return "-".join(number[place : place + _GROUP] for place in range(0, _SHORT, _GROUP))


def beginning(typed: str) -> str:
    """What ids with this short number begin with, behind the prefix; empty if it is none. O counts
    as 0, and I and L as 1.
    """
    number = re.sub(r"[\s\-–—]", "", typed).lower().translate(_ALIKE)
    is_one = len(number) == _SHORT and set(number) <= set(_BASE32)
    return number if is_one else ""


def code(length: int) -> str:
    """A random word in capitals that people copy from paper: Crockford's letters, in which none can
    be taken for another.
    """
    return _digits(_random_bits(8 * length), _BASE32, length).upper()


def digits(length: int) -> str:
    """A code for people to copy by hand; short, so whoever asks for it may not guess often."""
    return _digits(_random_bits(8 * length), "0123456789", length)


@contextmanager
def use(random_bits: Callable[[int], int]) -> Iterator[None]:
    """Take chance from `random_bits` while the block runs."""
    global _random_bits
    before, _random_bits = _random_bits, random_bits
    try:
        yield
    finally:
        _random_bits = before


def _digits(number: int, alphabet: str, length: int) -> str:
    base = len(alphabet)
    digits = []
    for _ in range(length):
        number, digit = divmod(number, base)
        digits.append(alphabet[digit])
    return "".join(reversed(digits))
