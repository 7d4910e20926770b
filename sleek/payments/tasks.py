"""Background work on payments: the janitor, expiry, and closing what can no longer be needed."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from procrastinate.contrib.django import app

from sleek.events.models import Event
from sleek.payments import actions as payments
from sleek.payments import queries
from sleek.payments.models import Attempt, Payment
from sleek.stock import queries as stock

logger = logging.getLogger(__name__)

EVERY_5_S = "* * * * * */5"  # the sixth field is the seconds


@app.periodic(cron=EVERY_5_S)
@app.task(queueing_lock="payments.check_due")
def check_due(timestamp: int) -> None:
    """The janitor: ask about every attempt whose outcome is unknown until it is known."""
    for attempt in queries.attempts_to_check():
        try:
            payments.check(attempt)
        except Exception:  # one attempt that stumbles must not keep the others waiting
            logger.exception("janitor.check_failed", extra={"attempt": attempt.public_id})


@app.periodic(cron=EVERY_5_S)
@app.task(queueing_lock="payments.expire_due")
def expire_due(timestamp: int) -> None:
    for payment in queries.payments_to_expire():
        try:
            payments.expire(payment)
        except Exception:  # as above
            logger.exception("janitor.expiry_failed", extra={"payment": payment.public_id})


@app.periodic(cron=EVERY_5_S)
@app.task(queueing_lock="payments.end_holds")
def end_holds(timestamp: int) -> None:
    """What payers held and did not pay for is there for others again."""
    for public_id in stock.owners_to_end():
        try:
            payments.end_hold(public_id)
        except Exception:  # as above
            logger.exception("janitor.hold_failed", extra={"payment": public_id})


@app.periodic(cron=EVERY_5_S)
@app.task(queueing_lock="payments.forget_due")
def forget_due(timestamp: int) -> None:
    """What payers no longer want kept is let go of at its provider."""
    payments.forget_due()


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="payments.measure_prices")
def measure_prices(timestamp: int) -> None:
    """Hourly, from the fees charged of late."""
    payments.measure()


@app.task
def close_others(payment_id: int) -> None:
    payments.close_others(Payment.objects.get(pk=payment_id))


@app.task
def close_lost(attempt_id: str) -> None:
    payments.close_lost(Attempt.objects.get(public_id=attempt_id))


FOLLOWED = frozenset({"attempt.superseded", "attempt.rerouted"})


def follow(news: Sequence[Event]) -> None:
    """As a consumer of events: what another try has paid, or was tried in its place, is closed at
    its provider.
    """
    superseded = {event.subject for event in news if event.kind == "attempt.superseded"}
    paid = Payment.objects.filter(public_id__in=superseded)
    for payment_id in paid.values_list("pk", flat=True):
        close_others.defer(payment_id=payment_id)
    for event in news:
        if event.kind == "attempt.rerouted":
            close_lost.defer(attempt_id=str(event.data["attempt"]))
