"""Asking about a payment's open tries at once, because its payer is back and waits; and closing
them, because another one has paid.

Asking is a courtesy beside the janitor, whose schedule it leaves alone: each try is asked about at
most once in `ASK_AGAIN_AFTER`, whoever asks and however often, and a slow provider costs the payer
no more than `PATIENCE_S`. What stays unanswered comes by notice or janitor.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta

from sleek.channels import registry
from sleek.channels.base import ChannelError, Report, Unavailable
from sleek.core import clock
from sleek.payments import rules
from sleek.payments.actions import watching
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
    questions = {
        _question(attempt): attempt
        for attempt in attempts.select_related("connection")
        if claim(attempt, again_after=ASK_AGAIN_AFTER)
    }
    answered, late = wait(questions, timeout=PATIENCE_S)
    for question in late:
        question.cancel()
    for question in answered:
        report = _answer(question, questions[question])
        if report:
            apply_reports([report])


def _question(attempt: Attempt) -> Future[Report]:
    # Only the network call leaves this thread: database connections belong to the thread that
    # opened them.
    channel, order = registry.connect(attempt.connection), order_of(attempt)
    return _POOL.submit(channel.fetch, order)


def _answer(question: Future[Report], attempt: Attempt) -> Report | None:
    try:
        return question.result()
    except ChannelError as error:
        if isinstance(error, Unavailable):
            watching.note_silence(attempt.connection, attempt.method, error)
        logger.warning("payments.not_answered", extra={"error": error.code})
        return None


def claim(attempt: Attempt, *, again_after: timedelta) -> bool:
    """Whether it is our turn to ask its provider; of many at once, one gets it."""
    now = clock.now()
    unasked = Attempt.objects.filter(pk=attempt.pk, updated_at__lte=now - again_after)
    return unasked.update(updated_at=now) == 1


def close_others(payment: Payment, *, again_after: timedelta = timedelta(0)) -> None:
    """Close every open try of a payment at its provider, so that nobody can pay it a second time
    there. One that was asked about within `again_after` is left for later.
    """
    for attempt in payment.attempts.filter(status__in=rules.OPEN_ATTEMPTS):
        if not claim(attempt, again_after=again_after):
            continue
        try:
            with watching.asking(attempt.connection, attempt.method) as channel:
                report = channel.cancel(order_of(attempt))
            apply_reports([report])
        except ChannelError as error:
            # The janitor goes on asking; money that still arrives is returned.
            logger.warning(
                "attempts.not_closed", extra={"attempt": attempt.public_id, "error": error.code}
            )


def close_lost(attempt: Attempt) -> None:
    """Close what a provider may have made though it gave no answer. Nobody was shown it."""
    try:
        with watching.asking(attempt.connection, attempt.method) as channel:
            report = channel.cancel(order_of(attempt))
        apply_reports([report])
    except ChannelError as error:
        logger.warning(
            "attempts.not_closed", extra={"attempt": attempt.public_id, "error": error.code}
        )
