"""Proof of work: found by trying, checked at once."""

from __future__ import annotations

import hashlib
from itertools import count

import pytest

from sleek.risk import rules


def solve(ticket: str, level: int) -> str:
    return ".".join(_number(rules.seed(ticket), part, level) for part in range(rules.PARTS))


def _number(seed: str, part: int, level: int) -> str:
    begun = hashlib.sha256(f"{seed}.{part}.".encode())
    too_much = (1 << 256 - rules.bits(level)).to_bytes(32)
    for number in count():
        tried = begun.copy()
        tried.update(b"%d" % number)
        if tried.digest() < too_much:
            return str(number)
    raise AssertionError


def test_what_was_found_by_trying_is_right() -> None:
    solution = solve("ticket", 1)
    assert rules.is_solved("ticket", 1, solution)
    assert not rules.is_solved("another ticket", 1, solution)


def test_one_wrong_part_spoils_it() -> None:
    parts = solve("ticket", 1).split(".")
    for place in (0, 7, 15):
        wrong = [*parts[:place], str(int(parts[place]) + 1), *parts[place + 1 :]]
        assert not rules.is_solved("ticket", 1, ".".join(wrong))
    assert not rules.is_solved("ticket", 1, ".".join(reversed(parts)))


def test_an_easier_solution_is_not_enough() -> None:
    assert not rules.is_solved("ticket", 3, solve("ticket", 1))


@pytest.mark.parametrize(
    "nonsense", ["", "0", ".".join(["0"] * 15), "x" * 99999, "-1" + ".0" * 15, "１" + ".0" * 15]
)
def test_nonsense_is_no_solution(nonsense: str) -> None:
    assert not rules.is_solved("ticket", 1, nonsense)


def test_each_level_is_twice_as_hard_up_to_the_highest() -> None:
    assert [rules.bits(level) for level in range(8)] == [13, 13, 14, 15, 16, 17, 17, 17]


@pytest.mark.parametrize(
    ("proven", "needed", "expected"),
    [(1, 1, True), (1, 2, True), (1, 3, False), (5, 9, True), (4, 9, True), (3, 9, False)],
)
def test_what_became_harder_meanwhile_is_forgiven_by_one(
    proven: int, needed: int, expected: bool
) -> None:
    assert rules.suffices(proven, needed) is expected
