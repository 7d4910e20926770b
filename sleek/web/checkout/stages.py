"""Where a payer stands: one stage of a payment, from its status and its attempts. Pure.

A payer is never told "failed" while money may be on its way, nor "paid" before the payment is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import CLOSED, AttemptStatus, PaymentStatus


class Stage(StrEnum):
    CHOOSE = "choose"  # nothing is under way
    STARTING = "starting"  # another click is just asking the channel
    SCAN = "scan"  # a QR code waits here
    CONTINUE = "continue"  # the provider's page waits elsewhere
    CONFIRMING = "confirming"  # nobody knows yet whether it was paid
    REVIEW = "review"  # money came, but not what was asked
    PAID = "paid"
    EXPIRED = "expired"
    CANCELED = "canceled"


PAYABLE = frozenset({Stage.CHOOSE, Stage.STARTING, Stage.SCAN, Stage.CONTINUE})
# Without a script the page loads itself again; not where that would undo a choice being made.
REFRESHED = frozenset({Stage.STARTING, Stage.SCAN, Stage.CONTINUE, Stage.CONFIRMING})


@dataclass(frozen=True, slots=True)
class Standing:
    """A stage and the attempts that its page speaks of."""

    stage: Stage
    is_final: bool
    attempt: Attempt | None = None  # the one that is under way, or that paid
    ended: Attempt | None = None  # the latest, when it led nowhere
    returned: tuple[Attempt, ...] = ()  # money that goes back, or went
    wrong: tuple[Attempt, ...] = ()  # another amount or currency than was asked, undecided

    @property
    def is_payable(self) -> bool:
        return self.stage in PAYABLE

    @property
    def is_over(self) -> bool:
        return self.stage in (Stage.PAID, Stage.EXPIRED, Stage.CANCELED)

    @property
    def is_refreshed(self) -> bool:
        return self.stage in REFRESHED


def read(payment: Payment, attempts: Sequence[Attempt], now: datetime) -> Standing:
    """`attempts` has the latest first."""
    surplus = [one for one in attempts if one.surplus]
    wrong = tuple(one for one in surplus if one.is_held)
    latest = attempts[0] if attempts else None
    stage, attempt = _stage(payment, attempts, now, has_wrong=bool(wrong))
    is_ended = latest is not None and latest is not attempt and _led_nowhere(latest, now)
    return Standing(
        stage=stage,
        is_final=payment.status == PaymentStatus.SUCCEEDED or payment.status in CLOSED,
        attempt=attempt,
        ended=latest if is_ended else None,
        returned=tuple(one for one in surplus if not one.is_held),
        wrong=wrong,
    )


def _stage(
    payment: Payment, attempts: Sequence[Attempt], now: datetime, *, has_wrong: bool
) -> tuple[Stage, Attempt | None]:
    if payment.status == PaymentStatus.SUCCEEDED:
        return Stage.PAID, _first(attempts, AttemptStatus.SUCCEEDED)
    if payment.status == PaymentStatus.CANCELED:
        return Stage.CANCELED, None
    if payment.status == PaymentStatus.EXPIRED:
        return Stage.EXPIRED, None
    if has_wrong:
        return Stage.REVIEW, None
    unknown = _first(attempts, AttemptStatus.UNKNOWN, AttemptStatus.PROCESSING)
    if unknown:
        return Stage.CONFIRMING, unknown
    if payment.expires_at and payment.expires_at <= now:
        return Stage.EXPIRED, None
    return _under_way(attempts, now)


def _under_way(attempts: Sequence[Attempt], now: datetime) -> tuple[Stage, Attempt | None]:
    latest = attempts[0] if attempts else None
    if latest is None or _led_nowhere(latest, now):
        return Stage.CHOOSE, None
    if latest.next_qr:
        return Stage.SCAN, latest
    return (Stage.CONTINUE if latest.next_url else Stage.STARTING), latest


def _led_nowhere(attempt: Attempt, now: datetime) -> bool:
    if attempt.status in (AttemptStatus.FAILED, AttemptStatus.CANCELED):
        return True
    is_open = attempt.status in (AttemptStatus.STARTED, AttemptStatus.REQUIRES_ACTION)
    return is_open and attempt.expires_at <= now


def _first(attempts: Sequence[Attempt], *statuses: AttemptStatus) -> Attempt | None:
    return next((one for one in attempts if one.status in statuses and not one.surplus), None)
