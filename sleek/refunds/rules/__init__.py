"""Pure decisions on refunds: their life, where the money comes from, limits, when it arrives."""

from sleek.refunds.rules.arrival import Stage, Window, arrives_between, stage, window
from sleek.refunds.rules.life import (
    CLAIM_LIFE,
    MOVES,
    OPEN,
    REMINDED_AFTER,
    REVIEW_WITHIN,
    SETTLES_AFTER,
    Ended,
    RefundReason,
    RefundStatus,
    Route,
    Source,
    is_settled,
    may_become,
    next_check,
    next_try,
)
from sleek.refunds.rules.limits import ROLES, Breach, Limits
from sleek.refunds.rules.sources import Shares, behind, returning, sources, spread

__all__ = [
    "CLAIM_LIFE",
    "MOVES",
    "OPEN",
    "REMINDED_AFTER",
    "REVIEW_WITHIN",
    "ROLES",
    "SETTLES_AFTER",
    "Breach",
    "Ended",
    "Limits",
    "RefundReason",
    "RefundStatus",
    "Route",
    "Shares",
    "Source",
    "Stage",
    "Window",
    "arrives_between",
    "behind",
    "is_settled",
    "may_become",
    "next_check",
    "next_try",
    "returning",
    "sources",
    "spread",
    "stage",
    "window",
]
