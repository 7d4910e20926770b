"""The life of a refund: its statuses, why and how it goes back, and when its channel is asked.

Pure.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class RefundStatus(StrEnum):
    IN_REVIEW = "in_review"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundReason(StrEnum):
    """Why somebody gives money back. A surplus has its own reasons."""

    REQUESTED = "requested_by_customer"
    DUPLICATE = "duplicate"
    NOT_AS_DESCRIBED = "not_as_described"
    NOT_DELIVERED = "not_delivered"
    PRICE_ADJUSTED = "price_adjusted"
    GOODWILL = "goodwill"
    OTHER = "other"


class Source(StrEnum):
    """Whose money it is until it goes back."""

    PAYMENT = "payment"  # the merchant's: it paid
    SURPLUS = "surplus"  # nobody's yet: it paid nothing
    CREDIT = "credit"  # the payer's: it was kept for them


class Route(StrEnum):
    """How it goes back."""

    CHANNEL = "channel"  # the way it was paid
    BANK = "bank"  # to an account that the payer names
    BALANCE = "balance"  # to a wallet here that the payer chooses


class Ended(StrEnum):
    """Why a refund failed, where a person and not the channel ended it."""

    DECLINED = "declined"
    CALLED_OFF = "called_off"


# SUCCEEDED is not final: a bank may return the money weeks later. FAILED is: the money is with the
# merchant again.
MOVES: dict[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.IN_REVIEW: frozenset({RefundStatus.PENDING, RefundStatus.FAILED}),
    RefundStatus.PENDING: frozenset({RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    RefundStatus.SUCCEEDED: frozenset({RefundStatus.FAILED}),
    RefundStatus.FAILED: frozenset(),
}
OPEN = frozenset({RefundStatus.IN_REVIEW, RefundStatus.PENDING})


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
# A provider whose balance was too low is asked again hourly for a day, then daily.
SHORT_SOON, SHORT_LATER = timedelta(hours=1), timedelta(days=1)

# A request without an answer may still be at work over there for so long. A "no" to the next one is
# believed only afterwards: until then both could be true.
SETTLES_AFTER = timedelta(minutes=10)

REVIEW_WITHIN = timedelta(hours=24)
REMINDED_AFTER = timedelta(hours=20)  # while nobody has looked
CLAIM_LIFE = timedelta(days=14)
# How long a payer's account is kept after the refund has ended: a bank may send money back for
# weeks, and somebody has to see where it had gone.
ACCOUNT_KEPT = timedelta(days=90)


def next_check(now: datetime, questions: int) -> datetime:
    return now + WAITS[min(questions, len(WAITS)) - 1]


def next_try(now: datetime, short_since: datetime) -> datetime:
    return now + (SHORT_SOON if now - short_since < SHORT_LATER else SHORT_LATER)


def is_settled(now: datetime, unanswered_at: datetime | None) -> bool:
    """Whether an earlier request without an answer can no longer be at work."""
    return unanswered_at is None or now - unanswered_at >= SETTLES_AFTER
