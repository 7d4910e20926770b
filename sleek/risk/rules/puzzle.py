"""A proof of work: numbers whose hashes begin with zeros, found by trying, checked at once.

It is made of many small parts rather than one large: their sum takes nearly the same time for
everybody, where a single one would keep every twentieth payer three times as long.
"""

from __future__ import annotations

import hashlib
import re

PARTS = 16
LOWEST_BITS = 13  # 16 times 2^13 hashes: a second on a slow phone, which does some 130,000 in it
HIGHEST_LEVEL = 5  # 16 seconds there
_SOLUTION = re.compile(rf"\d{{1,10}}(?:\.\d{{1,10}}){{{PARTS - 1}}}", re.ASCII)


def bits(level: int) -> int:
    """How many zeros each part's hash begins with."""
    return LOWEST_BITS + min(max(level, 1), HIGHEST_LEVEL) - 1


def suffices(proven: int, needed: int) -> bool:
    """What became harder while somebody was solving is forgiven by one level."""
    return proven >= min(needed, HIGHEST_LEVEL) - 1


def seed(ticket: str) -> str:
    """What is hashed with each number: short enough for one block of SHA-256."""
    return hashlib.sha256(ticket.encode()).hexdigest()[:32]


def is_solved(ticket: str, level: int, solution: str) -> bool:
    """Every part is looked at, so the time taken does not tell which one is wrong."""
    if not _SOLUTION.fullmatch(solution):
        return False
    begin, unwanted = seed(ticket), 32 - bits(level)
    return not sum(
        _head(f"{begin}.{part}.{number}") >> unwanted > 0
        for part, number in enumerate(solution.split("."))
    )


def _head(text: str) -> int:
    """The first 32 bits of the hash."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
