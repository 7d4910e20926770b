"""Proving oneself: whose proof it is, for what, until when, and how often one may guess."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sleek.risk import actions as risk
from sleek.risk.actions import ChallengeNeeded, Visitor
from sleek.risk.rules import Action, Decision, Verdict
from tests.conftest import FrozenClock
from tests.risk.test_puzzle import solve

LINK = "lnk_1"
SOMEBODY = Visitor("203.0.113.7", "phone")
CHALLENGE = ChallengeNeeded(Action.PAY, LINK, Decision(Verdict.CHALLENGE, level=1))


@pytest.fixture(autouse=True)
def _counting(db: None, frozen_clock: FrozenClock) -> None:
    pass


def _prove(ticket: str, answer: str, visitor: Visitor = SOMEBODY, link: str = LINK) -> str:
    return risk.prove(Action.PAY, link, visitor, ticket=ticket, answer=answer).proof


def test_a_solved_puzzle_proves_its_level() -> None:
    ticket = risk.new_ticket(CHALLENGE, SOMEBODY)
    proven = risk.prove(Action.PAY, LINK, SOMEBODY, ticket=ticket, answer=solve(ticket, 1))
    assert replace(proven, proof="") == replace(SOMEBODY, proof_level=1)
    assert proven.proof


def test_a_proof_is_bound_to_its_place_its_device_and_its_time(frozen_clock: FrozenClock) -> None:
    ticket = risk.new_ticket(CHALLENGE, SOMEBODY)
    solution = solve(ticket, 1)
    assert not _prove(ticket, solution, replace(SOMEBODY, device="another"))
    assert not _prove(ticket, solution, link="lnk_2")
    other = risk.prove(Action.ASK_FOR_LINK, LINK, SOMEBODY, ticket=ticket, answer=solution)
    assert not other.proof
    assert _prove(ticket, solution, replace(SOMEBODY, address="198.51.100.1"))  # a phone moves
    frozen_clock.advance(minutes=10)
    assert not _prove(ticket, solution)


def test_a_ticket_of_ones_own_making_proves_nothing() -> None:
    ticket = risk.new_ticket(CHALLENGE, SOMEBODY)
    for forged in ("", "x:y", ticket[:-1], ticket.replace(":", "A:", 1)):
        assert not _prove(forged, solve(forged, 1))


def test_a_code_that_came_by_mail_proves_the_most() -> None:
    code = risk.new_code(CHALLENGE, SOMEBODY)
    assert re.fullmatch(r"\d{6}", code.digits)
    assert code.digits not in code.ticket
    proven = risk.prove(Action.PAY, LINK, SOMEBODY, ticket=code.ticket, answer=f" {code.digits} ")
    assert proven.proof_level == 5
    assert not _prove(code.ticket, code.digits, replace(SOMEBODY, device="another"))


def test_a_code_is_guessed_five_times_at_most() -> None:
    code = risk.new_code(CHALLENGE, SOMEBODY)
    wrong = str((int(code.digits) + 1) % 10**6).zfill(6)
    for _ in range(5):
        assert not _prove(code.ticket, wrong)
    assert not _prove(code.ticket, code.digits)


def test_the_right_code_at_the_fifth_guess_is_right() -> None:
    code = risk.new_code(CHALLENGE, SOMEBODY)
    for guess in ("", "000", "x" * 1000, "１２３４５６"):
        assert not _prove(code.ticket, guess)
    assert _prove(code.ticket, code.digits)
