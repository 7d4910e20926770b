"""What a payer writes on a transfer, so that it is known again on the bank statement. Pure.

A reference is `SK`, nine characters that stand for the attempt, and one that checks them all. None
of them is 0, O, 1 or I. The check is a sum in the field of 32 elements: every single wrong
character and every two that changed places are noticed. Banks drop dashes and spaces, change case,
break lines and put words around it, so it is looked for in the letters and digits alone.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
PREFIX = "SK"
LENGTH = 12
_OWN = LENGTH - len(PREFIX) - 1  # characters that say which attempt it is
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1: makes 32 elements a field, in which x has order 31
_PLACES = {letter: number for number, letter in enumerate(LETTERS)}
_LOOKALIKES = str.maketrans({"1": "L", "I": "L"})  # neither is ever in a reference; L may be
_FOUND = re.compile(f"(?=({PREFIX}[{LETTERS}]{{{LENGTH - len(PREFIX)}}}))")
MAX_TEXT = 2000  # characters that are looked through


def of(key: str) -> str:
    """The reference of the attempt with this public id, without its dashes."""
    number = int.from_bytes(hashlib.sha256(f"transfer {key}".encode()).digest())
    own = "".join(LETTERS[number >> (5 * place) & 31] for place in range(_OWN))
    return PREFIX + own + _check(PREFIX + own)


def shown(reference: str) -> str:
    """In groups of four, as a person reads and types it."""
    return "-".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def is_right(reference: str) -> bool:
    return (
        len(reference) == LENGTH
        and reference.startswith(PREFIX)
        and all(letter in _PLACES for letter in reference)
        and _check(reference[:-1]) == reference[-1]
    )


def within(text: str) -> set[str]:
    """All right references in what a bank hands on."""
    plain = letters_of(text)
    return {found for found in _FOUND.findall(plain) if is_right(found)}


def nearly_within(text: str) -> set[str]:
    """Right references that become one of the text's words by a single slip: a wrong character,
    one too few or too many, two that changed places.

    Most of these were never given out; the caller knows which.
    """
    plain = letters_of(text)
    exact = within(text)
    near: set[str] = set()
    for start in (found.start() for found in re.finditer(f"(?={PREFIX})", plain)):
        for length in (LENGTH - 1, LENGTH, LENGTH + 1):
            word = plain[start : start + length]
            if len(word) == length:
                near.update(_slips(word))
    return {one for one in near if is_right(one)} - exact


def letters_of(text: str) -> str:
    """Letters and digits alone, in capitals; full-width ones count."""
    wide = unicodedata.normalize("NFKC", text[:MAX_TEXT]).upper()
    return "".join(c for c in wide if c.isascii() and c.isalnum()).translate(_LOOKALIKES)


def _slips(word: str) -> Iterator[str]:
    places = range(len(PREFIX), len(word) + 1)
    if len(word) == LENGTH:
        for at in places[:-1]:
            yield from (word[:at] + letter + word[at + 1 :] for letter in LETTERS)
            yield word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
    elif len(word) < LENGTH:
        for at in places:
            yield from (word[:at] + letter + word[at:] for letter in LETTERS)
    else:
        yield from (word[:at] + word[at + 1 :] for at in places[:-1])


def _check(text: str) -> str:
    """Each place weighs another power of x, so no two may be exchanged."""
    total = 0
    for letter in text:
        total = _times_x(total ^ _PLACES[letter])
    return LETTERS[total]


def _times_x(element: int) -> int:
    doubled = element << 1
    return doubled ^ _POLYNOMIAL if doubled & 32 else doubled
