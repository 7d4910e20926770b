"""When a connection is taken out of use, and how it comes back: the breaker as a picture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.channels.rules import Health, State, breaker

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLOSED, OPEN, HALF_OPEN = State.CLOSED, State.OPEN, State.HALF_OPEN

# t: a call goes unanswered · s: a payer gets through · c: a question is answered · x: it is not
PICTURE = """
                 t          s          c          x
closed           closed     closed     closed     closed
closed,2         open       closed     closed     closed
open             open       closed     half_open  open
half_open        open       closed     half_open  half_open
"""
BEFORE = {
    "closed": Health(),
    "closed,2": Health(troubles=(NOON - timedelta(seconds=20), NOON - timedelta(seconds=10))),
    "open": Health(OPEN, NOON, waits=2, try_at=NOON),
    "half_open": Health(HALF_OPEN, NOON, waits=2),
}
HAPPENS = {
    "t": lambda now: breaker.after_trouble(now, NOON, answered=0),
    "s": lambda now: breaker.after_start(now, NOON),
    "c": lambda now: breaker.after_good_check(now, NOON),
    "x": lambda now: breaker.after_failed_check(now, NOON),
}


def test_the_breaker_moves_as_in_the_picture() -> None:
    head, *lines = PICTURE.strip().splitlines()
    for line in lines:
        before, *afters = line.split()
        for event, after in zip(head.split(), afters, strict=True):
            assert HAPPENS[event](BEFORE[before]).state == after, (before, event)


def test_three_calls_unanswered_within_five_minutes_open_it() -> None:
    health = Health()
    for minutes in (0, 3, 6):  # the first is forgotten by the third
        health = breaker.after_trouble(health, NOON + timedelta(minutes=minutes), answered=0)
    assert health.state == CLOSED
    health = breaker.after_trouble(health, NOON + timedelta(minutes=7), answered=0)
    assert health.state == OPEN
    assert health.try_at == NOON + timedelta(minutes=7, seconds=30)


def test_a_few_troubles_among_many_starts_that_went_well_open_nothing() -> None:
    health = Health()
    for second in range(10):
        health = breaker.after_trouble(health, NOON + timedelta(seconds=second), answered=4)
    assert health.state == CLOSED
    assert breaker.suspected(health, NOON + timedelta(seconds=10)) == NOON + timedelta(seconds=8)
    assert breaker.after_trouble(health, NOON, answered=3).state == OPEN


def test_waiting_doubles_to_a_limit() -> None:
    waits = [breaker.wait(count).total_seconds() for count in range(8)]
    assert waits == [30, 60, 120, 240, 480, 960, 960, 960]
    assert breaker.wait(10_000) == breaker.LONGEST_WAIT


def test_an_open_one_is_asked_ever_more_rarely() -> None:
    health = Health(OPEN, NOON, try_at=NOON + timedelta(seconds=30))
    health = breaker.after_failed_check(health, NOON + timedelta(seconds=30))
    assert health.try_at == NOON + timedelta(seconds=90)
    assert health.since == NOON


def test_what_fails_again_soon_after_it_came_back_waits_longer() -> None:
    soon = Health(CLOSED, NOON, troubles=(NOON, NOON), waits=3)
    assert breaker.after_trouble(soon, NOON + timedelta(minutes=1), answered=0).waits == 4
    later = NOON + timedelta(hours=1)
    calm = Health(CLOSED, NOON, troubles=(later, later), waits=3)
    assert breaker.after_trouble(calm, later, answered=0).waits == 0


def test_through_a_half_open_one_goes_one_payer_at_a_time() -> None:
    health = breaker.with_probe(Health(HALF_OPEN, NOON), NOON)
    assert not breaker.lets_through(health, NOON + timedelta(seconds=59))
    assert breaker.lets_through(health, NOON + timedelta(seconds=60))


@pytest.mark.parametrize(("state", "expected"), [(CLOSED, True), (OPEN, False), (HALF_OPEN, True)])
def test_who_is_let_through(state: State, expected: bool) -> None:
    assert breaker.lets_through(Health(state, NOON), NOON) is expected


@given(st.lists(st.sampled_from("tscx"), max_size=40))
def test_whatever_happens_an_open_breaker_is_asked_again_and_a_start_closes_it(said: list[str]):
    health = Health()
    for event in said:
        health = HAPPENS[event](health)
        assert (health.state == OPEN) == (health.try_at is not None)
        if event == "s":
            assert health.state == CLOSED
    if health.try_at:
        assert NOON < health.try_at <= NOON + breaker.LONGEST_WAIT
