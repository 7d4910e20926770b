"""How admitted tries ended is learned from events, once each."""

from __future__ import annotations

import pytest

from sleek.events.models import Event
from sleek.risk import actions as risk
from sleek.risk.actions import ChallengeNeeded, Visitor
from sleek.risk.models import Admission, Tally
from sleek.risk.rules import Action
from tests.conftest import FrozenClock

LINK = "lnk_1"
SOMEBODY = Visitor("203.0.113.7", "phone")


@pytest.fixture(autouse=True)
def _one_try(db: None, frozen_clock: FrozenClock) -> None:
    risk.admit(Action.PAY, LINK, SOMEBODY, reference="att_1")


def _learn(*kinds: str, failure: str | None = "declined", attempt: str = "att_1") -> None:
    data = {"attempt": attempt, "failure": failure}
    risk.follow([Event(kind=kind, subject="pay_1", data=data) for kind in kinds])


def _ended() -> set[tuple[int, int, int]]:
    return set(Tally.objects.values_list("tries", "wins", "losses"))


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["payment.succeeded"], (1, 1, 0)),
        (["payment.surplus_received"], (1, 1, 0)),
        (["attempt.declined"], (1, 0, 1)),
        (["attempt.failed"], (1, 0, 1)),
        (["attempt.declined", "attempt.declined", "attempt.failed"], (1, 0, 1)),
        (["attempt.declined", "payment.succeeded"], (1, 1, 0)),
        (["payment.succeeded", "attempt.declined"], (1, 1, 0)),
    ],
)
def test_an_ending_counts_wherever_its_try_did(
    kinds: list[str], expected: tuple[int, int, int]
) -> None:
    for _ in range(2):  # a consumer may be replayed
        _learn(*kinds)
    for kind in kinds:
        _learn(kind)
    assert _ended() == {expected}
    assert Tally.objects.count() == 5


def test_a_late_success_takes_the_decline_back() -> None:
    _learn("attempt.failed")
    assert _ended() == {(1, 0, 1)}
    _learn("payment.succeeded")
    assert _ended() == {(1, 1, 0)}


def test_a_provider_that_does_not_answer_is_not_the_payers_fault() -> None:
    _learn("attempt.failed", failure="provider")
    assert _ended() == {(1, 0, 0)}
    _learn("attempt.failed", failure=None)
    assert _ended() == {(1, 0, 1)}


def test_tries_that_nobody_guarded_are_passed_over() -> None:
    _learn("payment.succeeded", attempt="att_of_the_merchants_own_program")
    assert _ended() == {(1, 0, 0)}


def test_success_makes_room_and_declines_take_it() -> None:
    _learn("payment.succeeded")
    for number in range(15):
        risk.admit(Action.PAY, LINK, Visitor(), reference=f"att_{number + 2}")
    risk.look(Action.PAY, LINK, Visitor())  # the seventeenth, after one that was paid
    for number in range(7):
        _learn("attempt.declined", attempt=f"att_{number + 2}")
    with pytest.raises(ChallengeNeeded):
        risk.look(Action.PAY, LINK, Visitor())


def test_all_is_forgotten_when_the_hour_is_over(frozen_clock: FrozenClock) -> None:
    frozen_clock.advance(minutes=60)
    assert risk.forget() == 0
    frozen_clock.advance(minutes=1)
    assert risk.forget() == 6
    assert not Tally.objects.exists()
    assert not Admission.objects.exists()
    _learn("payment.succeeded")
    assert not Tally.objects.exists()
