"""The life of a hold. Pure."""

from __future__ import annotations

from enum import StrEnum


class HoldStatus(StrEnum):
    HELD = "held"
    TAKEN = "taken"
    RELEASED = "released"


# TAKEN is final. A released hold may be held or taken again while there is enough left: its owner
# tried once more, or their money came late.
MOVES: dict[HoldStatus, frozenset[HoldStatus]] = {
    HoldStatus.HELD: frozenset({HoldStatus.TAKEN, HoldStatus.RELEASED}),
    HoldStatus.RELEASED: frozenset({HoldStatus.HELD, HoldStatus.TAKEN}),
    HoldStatus.TAKEN: frozenset(),
}
