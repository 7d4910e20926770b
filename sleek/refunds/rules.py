"""The life of a refund. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class RefundStatus(StrEnum):
    IN_REVIEW = "in_review"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


# SUCCEEDED is not final: a bank may return the money weeks later. FAILED is: the money is with the
# merchant again.
MOVES: dict[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.IN_REVIEW: frozenset({RefundStatus.PENDING, RefundStatus.FAILED}),
    RefundStatus.PENDING: frozenset({RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    RefundStatus.SUCCEEDED: frozenset({RefundStatus.FAILED}),
    RefundStatus.FAILED: frozenset(),
}


def may_become(now: RefundStatus, then: RefundStatus) -> bool:
    return then in MOVES[now]


# How long to wait before the provider is asked again, after so many questions; then daily until it
# answers.
WAITS = (
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(days=1),
)


def next_check(now: datetime, questions: int) -> datetime:
    return now + WAITS[min(questions, len(WAITS)) - 1]
