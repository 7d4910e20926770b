"""Taking a connection out of use while its provider does not answer, and bringing it back. Pure.

closed → open, when several calls within minutes went unanswered, and no more starts between them
went well.
open → half open, when a harmless request is answered again; asked for ever more rarely.
half open → closed, by the first payer who gets through. One at a time is let through.

A decline is an answer. A provider may answer questions and yet start nothing, so only a start that
went well closes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

TROUBLES = 3  # within the window open it
TROUBLE_WINDOW = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=16)
PROBE_LASTS = timedelta(minutes=1)  # then the payer let through is given up on


class State(StrEnum):
    CLOSED = "closed"  # in use
    OPEN = "open"  # out of use
    HALF_OPEN = "half_open"  # one payer at a time


@dataclass(frozen=True, slots=True)
class Health:
    """`since` when it is in this state; `waits` how often in a row waiting has not helped."""

    state: State = State.CLOSED
    since: datetime | None = None
    troubles: tuple[datetime, ...] = ()
    waits: int = 0
    try_at: datetime | None = None  # when an open one is asked again
    probe_until: datetime | None = None  # a payer is on the way through a half-open one


def wait(waits: int) -> timedelta:
    """Doubles each time."""
    return min(FIRST_WAIT * 2**waits, LONGEST_WAIT) if waits < 10 else LONGEST_WAIT


def after_trouble(now: Health, at: datetime, *, answered: int) -> Health:
    """A call went unanswered. `answered` starts went well since the first `suspected`."""
    if now.state == State.OPEN:
        return now  # known: those who ask meanwhile have nothing to add
    if now.state == State.HALF_OPEN:
        return _opened(now, at, now.waits + 1)
    troubles = _recent(now, at)
    if len(troubles) < TROUBLES or answered > TROUBLES:
        return replace(now, troubles=troubles)
    was_just_back = now.since is not None and at - now.since < LONGEST_WAIT
    return _opened(now, at, now.waits + 1 if was_just_back else 0)


def suspected(now: Health, at: datetime) -> datetime | None:
    """Since when starts that went well speak against opening it; None while nothing is to be
    decided.
    """
    troubles = _recent(now, at)
    return troubles[0] if now.state == State.CLOSED and len(troubles) == TROUBLES else None


def after_failed_check(now: Health, at: datetime) -> Health:
    return _opened(now, at, now.waits + 1) if now.state == State.OPEN else now


def after_good_check(now: Health, at: datetime) -> Health:
    if now.state != State.OPEN:
        return now
    return replace(now, state=State.HALF_OPEN, since=at, try_at=None, probe_until=None)


def after_start(now: Health, at: datetime) -> Health:
    """A payer got through."""
    if now.state == State.CLOSED:
        return now
    return Health(State.CLOSED, at, waits=now.waits)


def lets_through(now: Health, at: datetime) -> bool:
    """Whether a payer is sent this way."""
    if now.state == State.HALF_OPEN:
        return now.probe_until is None or now.probe_until <= at
    return now.state == State.CLOSED


def with_probe(now: Health, at: datetime) -> Health:
    """A payer goes through; until it is known how, no other does."""
    return replace(now, probe_until=at + PROBE_LASTS) if now.state == State.HALF_OPEN else now


def _recent(now: Health, at: datetime) -> tuple[datetime, ...]:
    recent = (one for one in now.troubles if one > at - TROUBLE_WINDOW)
    return (*recent, at)[-TROUBLES:]


def _opened(now: Health, at: datetime, waits: int) -> Health:
    since = now.since if now.state == State.OPEN else at
    return Health(State.OPEN, since, now.troubles, waits, try_at=at + wait(waits))
