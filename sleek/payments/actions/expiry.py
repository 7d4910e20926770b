"""Ending payments that nobody paid in time, with the stock they held, and taking one up again after
wrong money went back.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from sleek.core import clock
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.payments import rules
from sleek.payments.actions.asking import close_others
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import PaymentStatus, Resolution
from sleek.stock import actions as stock

HOLD_LONGER = timedelta(minutes=10)  # at a time, while an outcome is open
# What cannot be closed, or gives no answer, is not asked again at every round of the janitor.
CLOSE_AGAIN_AFTER = timedelta(minutes=1)


def expire(payment: Payment) -> None:
    """Close its open tries, then expire it.

    Money that arrives all the same is late: it goes back by itself.
    """
    close_others(payment, again_after=CLOSE_AGAIN_AFTER)
    _end(payment)


@transaction.atomic
def call_off(payment: Payment) -> None:
    """What it asks for is asked no more: from now on nobody begins to pay it. One that may still be
    paid ends with its tries.
    """
    Payment.objects.filter(pk=payment.pk, status__in=rules.PAYABLE).update(expires_at=clock.now())
    _end(payment)


@transaction.atomic
def _end(payment: Payment) -> None:
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment.pk)
    now = clock.now()
    if payment.status not in rules.PAYABLE or not payment.expires_at or payment.expires_at > now:
        return
    if any(attempt.is_held for attempt in payment.attempts.all()):
        return  # it may still be paid, or wrong money waits for a person's decision
    payment.status = PaymentStatus.EXPIRED
    payment.updated_at = now
    payment.save(update_fields=["status", "updated_at"])
    if payment.has_hold:
        stock.release(payment.public_id)
    events.record([Fact("payment.expired", payment.public_id, payment.merchant_id)])


@transaction.atomic
def end_hold(public_id: str) -> None:
    """The time of a payment's hold is over: give the stock back, unless money may still come."""
    payment = Payment.objects.select_for_update(no_key=True).filter(public_id=public_id).first()
    if payment is not None and any(attempt.is_held for attempt in payment.attempts.all()):
        stock.extend(public_id, until=clock.now() + HOLD_LONGER)
    else:
        stock.release(public_id)


@transaction.atomic
def take_up_again(attempt: Attempt) -> None:
    """An attempt's surplus is back with its payer.

    If that was what held the payment, it may be made again.
    """
    payment = Payment.objects.select_for_update(no_key=True).get(pk=attempt.payment_id)
    now = clock.now()
    Attempt.objects.filter(pk=attempt.pk).update(
        resolution=Resolution.RETURNED, resolved_at=now, updated_at=now
    )
    reopen(payment)


def reopen(payment: Payment) -> None:
    """A locked payment that nothing holds any more may be made again."""
    is_held = any(other.is_held for other in payment.attempts.all())
    if payment.status == PaymentStatus.PROCESSING and not is_held:
        payment.status = PaymentStatus.PENDING
        payment.updated_at = clock.now()
        payment.save(update_fields=["status", "updated_at"])
        events.record([Fact("payment.reopened", payment.public_id, payment.merchant_id)])
