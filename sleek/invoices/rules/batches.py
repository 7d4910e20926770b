"""Acts on many bills that are worked off one after the other."""

from __future__ import annotations

from enum import StrEnum

MAX_BATCH = 5000  # bills


class BatchKind(StrEnum):
    """What is done with each of them."""

    ISSUE = "issue"
    SEND = "send"
    REMIND = "remind"
    VOID = "void"


class BatchOutcome(StrEnum):
    """What came of it, for one bill."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    DROPPED = "dropped"  # the batch was stopped before it came to it


class StopCause(StrEnum):
    PERSON = "person"  # somebody pressed the button
    RIGHT = "right"  # who started it may not do this any more
