"""Background work on payments: the janitor, expiry, and closing what can no longer be needed."""

from __future__ import annotations

from collections.abc import Sequence

from procrastinate.contrib.django import app

from sleek.events.models import Event
from sleek.payments import actions as payments
from sleek.payments import queries, rules
from sleek.payments.models import Attempt, Payment

EVERY_5_S = "*/5 * * * * *"


@app.periodic(cron=EVERY_5_S)
@app.task(queueing_lock="payments.check_due")
def check_due(timestamp: int) -> None:
    """The janitor: ask about every attempt whose outcome is unknown until it is known."""
    for attempt in queries.attempts_to_check():
        payments.check(attempt)


@app.periodic(cron=EVERY_5_S)
@app.task(queueing_lock="payments.expire_due")
def expire_due(timestamp: int) -> None:
    for payment in queries.payments_to_expire():
        payments.expire(payment)


@app.task
def close_others(payment_id: int) -> None:
    payments.close_others(Payment.objects.get(pk=payment_id))


def follow(news: Sequence[Event]) -> None:
    """As a consumer of events: a payment that is paid has its other open tries closed at their
    providers.
    """
    paid = [event.subject for event in news if event.kind == "payment.succeeded"]
    still_open = Attempt.objects.filter(
        payment__public_id__in=paid, status__in=rules.OPEN_ATTEMPTS
    ).values_list("payment_id", flat=True)
    for payment_id in set(still_open):
        close_others.defer(payment_id=payment_id)
