"""Where a payer stands: one stage of a payment, from its status and its attempts. Pure.

A payer is never told "failed" while money may be on its way, nor "paid" before the payment is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sleek.channels.base import Flow
from sleek.core.money import Money
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import CLOSED, AttemptStatus, PaymentStatus, Resolution, Surplus


class Stage(StrEnum):
    CHOOSE = "choose"  # nothing is under way
    STARTING = "starting"  # another click is just asking the channel
    SCAN = "scan"  # a QR code waits here
    CONTINUE = "continue"  # the provider's page waits elsewhere
    IN_APP = "in_app"  # the provider's app, which shows the page, is called from it
    TRANSFER = "transfer"  # the account to pay to
    WALLET = "wallet"  # the payer's own wallet here waits to be confirmed
    CONFIRMING = "confirming"  # nobody knows yet whether it was paid
    REVIEW = "review"  # money came, but not what was asked
    PAID = "paid"
    EXPIRED = "expired"
    CANCELED = "canceled"


_ENDS = frozenset({Stage.PAID, Stage.EXPIRED, Stage.CANCELED})
GOES_BACK = frozenset({Resolution.NONE, Resolution.RETURNED})
PAYABLE = frozenset(
    {
        Stage.CHOOSE,
        Stage.STARTING,
        Stage.SCAN,
        Stage.CONTINUE,
        Stage.IN_APP,
        Stage.TRANSFER,
        Stage.WALLET,
    }
)
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
    wrong: tuple[Attempt, ...] = ()  # not what was asked, or for a void bill; undecided
    arrived: Money | None = None  # of a transfer in parts, while the rest is awaited

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
    late = tuple(one for one in surplus if one.surplus == Surplus.VOID and not one.resolution)
    latest = attempts[0] if attempts else None
    arrived = _parts(payment, wrong)
    transfer = _transfer(attempts) if arrived else None
    stage, attempt = _stage(payment, attempts, now, has_wrong=bool(wrong) and not transfer)
    if transfer and stage not in _ENDS:
        stage, attempt = Stage.TRANSFER, transfer
    is_ended = latest is not None and latest is not attempt and _led_nowhere(latest, now)
    return Standing(
        stage=stage,
        is_final=payment.status == PaymentStatus.SUCCEEDED or payment.status in CLOSED,
        attempt=attempt,
        ended=latest if is_ended else None,
        returned=tuple(
            one
            for one in surplus
            if not one.is_held and one not in late and one.resolution in GOES_BACK
        ),
        wrong=wrong + late,
        arrived=arrived if stage == Stage.TRANSFER else None,
    )


def _parts(payment: Payment, wrong: Sequence[Attempt]) -> Money | None:
    """What came so far of a sum that may come in parts, if it is on its way to the whole."""
    if not wrong or any(one.currency_received != payment.currency for one in wrong):
        return None
    total = sum(one.amount_received or 0 for one in wrong)
    return Money(total, payment.currency) if total < payment.amount else None


def _transfer(attempts: Sequence[Attempt]) -> Attempt | None:
    """The try whose account and reference further parts are sent to."""
    return next((one for one in attempts if one.flow == Flow.HERE and one.next_data), None)


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
    if latest.flow == Flow.IN_APP and latest.next_data:
        return Stage.IN_APP, latest
    if latest.flow == Flow.HERE and latest.status == AttemptStatus.REQUIRES_ACTION:
        return (Stage.TRANSFER if latest.next_data else Stage.WALLET), latest
    return (Stage.CONTINUE if latest.next_url else Stage.STARTING), latest


def _led_nowhere(attempt: Attempt, now: datetime) -> bool:
    if attempt.status in (AttemptStatus.FAILED, AttemptStatus.CANCELED):
        return True
    is_open = attempt.status in (AttemptStatus.STARTED, AttemptStatus.REQUIRES_ACTION)
    return is_open and attempt.expires_at <= now


def _first(attempts: Sequence[Attempt], *statuses: AttemptStatus) -> Attempt | None:
    return next((one for one in attempts if one.status in statuses and one.pays), None)
