"""What is told of a report: the events that it becomes."""

from __future__ import annotations

import logging

from sleek.channels.base import Report
from sleek.events.actions import Fact
from sleek.payments import rules
from sleek.payments.actions.reports.cases import AttemptRow, Case, PaymentRow
from sleek.payments.actions.reports.changes import Changes
from sleek.payments.rules import Verdict

logger = logging.getLogger(__name__)


def note_facts(
    changes: Changes, payment: PaymentRow, attempt: AttemptRow, report: Report, verdict: Verdict
) -> None:
    def note(kind: str, **data: object) -> None:
        data |= {"attempt": attempt.public_id, "channel": attempt.channel}
        changes.facts.append(Fact(kind, payment.public_id, payment.merchant_id, data))

    if verdict.pays:
        note("payment.succeeded", amount=payment.amount, currency=payment.currency)
    elif verdict.received is not None:
        received = verdict.received
        note(
            "payment.surplus_received",
            surplus=verdict.surplus,
            amount=received.minor,
            currency=received.currency,
        )
    elif verdict.attempt != attempt.status:
        note(f"attempt.{verdict.attempt}", failure=report.failure, code=report.failure_code)
    elif report.failure and report.failure_code != attempt.failure_code:
        note("attempt.declined", failure=report.failure, code=report.failure_code)


def note_superseded(changes: Changes, case: Case) -> None:
    """Tries that are still open are told of, so that they are closed at their providers."""
    payment = case.payment
    for other in case.attempts:
        if other is not case.attempt and other.status in rules.OPEN_ATTEMPTS:
            data: dict[str, object] = {"attempt": other.public_id, "channel": other.channel}
            fact = Fact("attempt.superseded", payment.public_id, payment.merchant_id, data)
            changes.facts.append(fact)


def note_orphan(changes: Changes, report: Report) -> None:
    logger.warning("payments.report_on_unknown_attempt", extra={"key": report.key})
    received = rules.brought(report)
    if received is None:
        return
    data: dict[str, object] = {"amount": received.minor, "currency": received.currency}
    data |= {"reference": report.reference}
    changes.facts.append(Fact("payment.orphan_reported", report.key[:64], None, data))
