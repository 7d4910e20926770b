"""What a report means for a payment. Pure: no database, no clock.

A payment succeeds once, by one attempt, with exactly the amount and currency that were asked. Money
that arrives otherwise is a surplus with its reason. Reports may come in any order and any number of
times: what is already known changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sleek.channels.base import Outcome, Report
from sleek.core.money import Money


class PaymentStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELED = "canceled"


class AttemptStatus(StrEnum):
    STARTED = "started"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    UNKNOWN = "unknown"


class Surplus(StrEnum):
    """Why money that arrived does not pay the payment it was meant for."""

    NONE = ""
    DUPLICATE = "duplicate"
    LATE = "late"
    AMOUNT = "amount"
    CURRENCY = "currency"
    SOLD_OUT = "sold_out"
    VOID = "void"  # a bill that it was meant for is void


class Resolution(StrEnum):
    """What became of a surplus."""

    NONE = ""
    RETURNED = "returned"  # to where it came from
    ACCEPTED = "accepted"  # it pays its payment after all
    CREDITED = "credited"  # kept for its payer


class NoticeStatus(StrEnum):
    WAITING = "waiting"
    APPLIED = "applied"
    FAILED = "failed"


# FAILED is not final: the payer may try again, and Alipay can succeed after we gave up on it.
# SUCCEEDED is: money that leaves again does so as a refund or a dispute.
MOVES: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    PaymentStatus.PENDING: frozenset(
        {
            PaymentStatus.PROCESSING,
            PaymentStatus.SUCCEEDED,
            PaymentStatus.EXPIRED,
            PaymentStatus.CANCELED,
        }
    ),
    PaymentStatus.PROCESSING: frozenset(
        {
            PaymentStatus.PENDING,
            PaymentStatus.SUCCEEDED,
            PaymentStatus.FAILED,
            PaymentStatus.EXPIRED,
            PaymentStatus.CANCELED,
        }
    ),
    PaymentStatus.FAILED: frozenset(
        {
            PaymentStatus.PROCESSING,
            PaymentStatus.SUCCEEDED,
            PaymentStatus.EXPIRED,
            PaymentStatus.CANCELED,
        }
    ),
    PaymentStatus.SUCCEEDED: frozenset(),
    PaymentStatus.EXPIRED: frozenset(),
    PaymentStatus.CANCELED: frozenset(),
}

CLOSED = frozenset({PaymentStatus.EXPIRED, PaymentStatus.CANCELED})
PAYABLE = frozenset({PaymentStatus.PENDING, PaymentStatus.PROCESSING, PaymentStatus.FAILED})
WAITS_FOR_PAYER = frozenset({AttemptStatus.STARTED, AttemptStatus.REQUIRES_ACTION})
OPEN_ATTEMPTS = frozenset(
    {
        AttemptStatus.STARTED,
        AttemptStatus.REQUIRES_ACTION,
        AttemptStatus.PROCESSING,
        AttemptStatus.UNKNOWN,
    }
)


def is_held(status: str, surplus: str, resolution: str) -> bool:
    """Whether an attempt still has a claim on its payment.

    Its outcome is open, or wrong money of it waits for a decision.
    """
    waits = surplus in (Surplus.AMOUNT, Surplus.CURRENCY) and not resolution
    return waits or status in OPEN_ATTEMPTS


def may_become(now: PaymentStatus, then: PaymentStatus) -> bool:
    return then in MOVES[now]


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a decision needs to know.

    The payment, the attempt reported on, whether another one is held, whether what was to be had
    for the money is gone, and whether a bill that it would pay is void.
    """

    payment: PaymentStatus
    attempt: AttemptStatus
    asked: Money
    knows_fee: bool
    has_other_held: bool
    is_sold_out: bool = False
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of both, and the money that is news:

    `received` with its `surplus`, and `fee`.
    """

    payment: PaymentStatus
    attempt: AttemptStatus
    received: Money | None = None
    surplus: Surplus = Surplus.NONE
    fee: Money | None = None

    @property
    def pays(self) -> bool:
        return self.received is not None and self.surplus == Surplus.NONE


def judge(now: Situation, report: Report) -> Verdict:
    """Decide what a report changes."""
    received = brought(report)
    if received is not None:
        return _success(now, received, report.fee)
    if report.outcome == Outcome.PROCESSING and now.attempt in WAITS_FOR_PAYER:
        # Nobody pays again while a bank looks at it, which may take days.
        payment = PaymentStatus.PROCESSING if now.payment in PAYABLE else now.payment
        return Verdict(payment, AttemptStatus.PROCESSING)
    if now.attempt not in OPEN_ATTEMPTS or report.outcome not in (Outcome.FAILED, Outcome.CANCELED):
        return Verdict(now.payment, now.attempt)
    ended, left = (
        (AttemptStatus.FAILED, PaymentStatus.FAILED)
        if report.outcome == Outcome.FAILED
        else (AttemptStatus.CANCELED, PaymentStatus.PENDING)
    )
    is_last = now.payment == PaymentStatus.PROCESSING and not now.has_other_held
    return Verdict(left if is_last else now.payment, ended)


def brought(report: Report) -> Money | None:
    """The money that a report says has arrived.

    A success that does not say its amount, or says nothing or less, is none: ask the provider.
    """
    is_money = report.amount is not None and report.amount.minor > 0
    return report.amount if is_money and report.outcome == Outcome.SUCCEEDED else None


def _success(now: Situation, received: Money, fee: Money | None) -> Verdict:
    news_of_fee = None if now.knows_fee else fee
    if now.attempt == AttemptStatus.SUCCEEDED:
        return Verdict(now.payment, now.attempt, fee=news_of_fee)
    surplus = surplus_of(now.payment, now.asked, received)
    if surplus == Surplus.NONE and now.is_sold_out:
        surplus = Surplus.SOLD_OUT
    if now.is_void and surplus in _TOO_LATE_FOR_A_BILL:
        surplus = Surplus.VOID
    payment = now.payment if surplus else PaymentStatus.SUCCEEDED
    if surplus in (Surplus.AMOUNT, Surplus.CURRENCY) and payment in PAYABLE:
        payment = PaymentStatus.PROCESSING  # held: nobody pays again until a person has decided
    is_free = payment in PAYABLE and not now.has_other_held
    if surplus in (Surplus.SOLD_OUT, Surplus.VOID) and is_free:
        payment = PaymentStatus.PENDING
    return Verdict(payment, AttemptStatus.SUCCEEDED, received, surplus, news_of_fee)


def surplus_of(payment: PaymentStatus, asked: Money, received: Money) -> Surplus:
    if received.currency != asked.currency:
        return Surplus.CURRENCY
    if received != asked:
        return Surplus.AMOUNT
    if payment == PaymentStatus.SUCCEEDED:
        return Surplus.DUPLICATE
    if payment in CLOSED:
        return Surplus.LATE
    return Surplus.NONE


# Whether the payment has ended already or is about to: the bill is void either way.
_TOO_LATE_FOR_A_BILL = frozenset({Surplus.NONE, Surplus.LATE, Surplus.AMOUNT})

# Only exact money that came a second time, too late, or for what is gone goes back by itself; a
# wrong amount is for a person to look at, and so is money for a void bill, whose replacement may
# ask for the same.
RETURNED_BY_ITSELF = frozenset({Surplus.DUPLICATE, Surplus.LATE, Surplus.SOLD_OUT})

# When the janitor asks about an attempt whose outcome is unknown, counted from its start.
CHECKS = (
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in range(2, 25)),
)
FEE_CHECKS = 5  # a fee that is not told by then comes with the statement


def next_check(
    started_at: datetime, checks_made: int, *, limit: int = len(CHECKS)
) -> datetime | None:
    """When to ask next after so many checks.

    None when the schedule is over and a person must look.
    """
    if checks_made >= min(limit, len(CHECKS)):
        return None
    return started_at + CHECKS[checks_made]


def pack(report: Report) -> dict[str, object]:
    """A report as JSON, for the inbox."""
    return {
        "key": report.key,
        "outcome": report.outcome,
        "amount": _pack_money(report.amount),
        "reference": report.reference,
        "failure": report.failure,
        "failure_code": report.failure_code,
        "fee": _pack_money(report.fee),
        "payer": report.payer,
        "event_at": report.event_at.isoformat() if report.event_at else None,
    }


def _pack_money(amount: Money | None) -> list[object] | None:
    return None if amount is None else [amount.minor, amount.currency]
