"""What the guard decides, from counts alone: limits, puzzles, and who is no person."""

from sleek.risk.rules.agents import is_bot, is_prefetch
from sleek.risk.rules.limits import (
    LIMITS,
    SLOT_S,
    Action,
    Count,
    Counts,
    Decision,
    Limit,
    Measure,
    Scope,
    Verdict,
    Window,
    decide,
    first_slot,
    slot_at,
)
from sleek.risk.rules.places import places
from sleek.risk.rules.puzzle import HIGHEST_LEVEL, PARTS, bits, is_solved, seed, suffices

__all__ = [
    "HIGHEST_LEVEL",
    "LIMITS",
    "PARTS",
    "SLOT_S",
    "Action",
    "Count",
    "Counts",
    "Decision",
    "Limit",
    "Measure",
    "Scope",
    "Verdict",
    "Window",
    "bits",
    "decide",
    "first_slot",
    "is_bot",
    "is_prefetch",
    "is_solved",
    "places",
    "seed",
    "slot_at",
    "suffices",
]
