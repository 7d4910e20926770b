"""Asking about a payment's open tries at once, because its payer is back and waits.

A courtesy beside the janitor, whose schedule it leaves alone: each try is asked about at most once
in `ASK_AGAIN_AFTER`, whoever asks and however often, and a slow provider costs the payer no more
than `PATIENCE_S`. What stays unanswered comes by notice or janitor.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta

from sleek.channels import registry
from sleek.channels.base import ChannelError, Report
from sleek.core import clock
from sleek.payments import rules
from sleek.payments.actions.attempts import order_of
from sleek.payments.actions.reports import apply_reports
from sleek.payments.models import Attempt, Payment

logger = logging.getLogger(__name__)

ASK_AGAIN_AFTER = timedelta(seconds=2)
PATIENCE_S = 4.0
# A provider that hangs holds these threads and no others; further questions are given up while they
# wait for one.
_POOL = ThreadPoolExecutor(max_workers=8, thread_name_prefix="asking")


def ask(payment: Payment) -> None:
    """Bring a payment up to date with what its providers say now, as far as they answer in time."""
    attempts = payment.attempts.filter(status__in=rules.OPEN_ATTEMPTS).exclude(
        next_url="", next_qr=""
    )
    questions = [
        _question(attempt) for attempt in attempts.select_related("connection") if _claim(attempt)
    ]
    answered, late = wait(questions, timeout=PATIENCE_S)
    for question in late:
        question.cancel()
    apply_reports([report for question in answered if (report := _answer(question))])


def _claim(attempt: Attempt) -> bool:
    """Whether it is our turn to ask; of many at once, one gets it."""
    now = clock.now()
    unasked = Attempt.objects.filter(pk=attempt.pk, updated_at__lte=now - ASK_AGAIN_AFTER)
    return unasked.update(updated_at=now) == 1


def _question(attempt: Attempt) -> Future[Report]:
    # Only the network call leaves this thread: database connections belong to the thread that
    # opened them.
    channel, order = registry.connect(attempt.connection), order_of(attempt)
    return _POOL.submit(channel.fetch, order)


def _answer(question: Future[Report]) -> Report | None:
    try:
        return question.result()
    except ChannelError as error:
        logger.warning("payments.not_answered", extra={"error": error.code})
        return None
