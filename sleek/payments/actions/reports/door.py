"""Judging reports, one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from sleek.channels import registry
from sleek.channels.base import Report
from sleek.core import clock
from sleek.core.money import Money
from sleek.ledger.actions import InsufficientFunds
from sleek.payments import rules
from sleek.payments.actions.reports.cases import AttemptRow, Case, lock
from sleek.payments.actions.reports.changes import Changes, content, write
from sleek.payments.actions.reports.facts import note_facts, note_orphan, note_superseded
from sleek.payments.actions.reports.money import note_money
from sleek.payments.actions.reports.parts import (
    accept_parts,
    may_be_a_part,
    parts_of,
    takes_stock,
)
from sleek.payments.rules import (
    AttemptStatus,
    PaymentStatus,
    Situation,
    Surplus,
    Verdict,
)
from sleek.stock import actions as stock


def apply_reports(reports: Sequence[Report]) -> None:
    """Bring payments up to date with what channels say.

    Reports on attempts that are not ours are logged and dropped. Several together raise
    `InsufficientFunds` where one of them alone would leave a debt.
    """
    try:
        _apply_reports(reports, owes_fees=False)
    except InsufficientFunds:
        if len(reports) > 1:
            raise
        # The payment was refunded or frozen before the channel told its fee, and kept it all the
        # same: the merchant owes it.
        _apply_reports(reports, owes_fees=True)


@transaction.atomic
def _apply_reports(reports: Sequence[Report], *, owes_fees: bool) -> None:
    cases = lock([report.key for report in reports])
    stock.lock({case.payment.public_id for case in cases.values() if case.payment.has_hold})
    changes = Changes(clock.now(), owes_fees)
    for report in reports:
        case = cases.get(report.key)
        if case is None:
            note_orphan(changes, report)
            continue
        _apply(changes, case, report)
    write(changes)


def _apply(changes: Changes, case: Case, report: Report) -> None:
    payment, attempt = case.payment, case.attempt
    situation = Situation(
        payment=PaymentStatus(payment.status),
        attempt=AttemptStatus(attempt.status),
        asked=Money(attempt.amount, attempt.currency),
        knows_fee=attempt.fee is not None,
        has_other_held=case.has_other_held,
        is_void=case.is_void,
    )
    verdict = rules.judge(situation, report)
    if verdict.pays and payment.has_hold and not stock.take(payment.public_id):
        verdict = rules.judge(replace(situation, is_sold_out=True), report)
    moment = report.event_at or changes.now
    note_facts(changes, payment, attempt, report, verdict)
    note_money(changes, payment, attempt, verdict, moment)
    _change_attempt(changes, attempt, report, verdict)
    if report.saved and attempt.status == AttemptStatus.SUCCEEDED:
        changes.saved[attempt.id] = report.saved
    if verdict.payment != payment.status:
        payment.status = verdict.payment
        if verdict.pays:
            payment.succeeded_at, payment.amount_paid = moment, payment.amount
            note_superseded(changes, case)
        payment.updated_at = changes.now
        changes.payments[payment.id] = payment
    if verdict.surplus == Surplus.AMOUNT:
        parts = parts_of(case)
        is_whole = sum(part.amount_received or 0 for part in parts) == payment.amount
        if (
            (is_whole or payment.is_for_bills)
            and any(map(may_be_a_part, parts))
            and payment.status in rules.PAYABLE
            and takes_stock(payment)
        ):
            accept_parts(changes, case, parts)


def _change_attempt(
    changes: Changes, attempt: AttemptRow, report: Report, verdict: Verdict
) -> None:
    before = content(attempt)
    attempt.status = verdict.attempt
    attempt.reference = attempt.reference or report.reference
    attempt.payer = report.payer or attempt.payer
    if report.failure and verdict.attempt != AttemptStatus.SUCCEEDED:
        attempt.failure, attempt.failure_code = report.failure, report.failure_code[:80]
    if verdict.received is not None:
        attempt.amount_received = verdict.received.minor
        attempt.currency_received = verdict.received.currency
        attempt.surplus = verdict.surplus
    if verdict.fee is not None:
        attempt.fee, attempt.fee_currency = verdict.fee.minor, verdict.fee.currency
    if attempt.status not in rules.OPEN_ATTEMPTS and (verdict.received or _is_settled(attempt)):
        attempt.check_count = 0
        attempt.check_at = None if _is_settled(attempt) else changes.now + rules.CHECKS[0]
    if content(attempt) != before:
        attempt.updated_at = changes.now
        changes.attempts[attempt.id] = attempt


def _is_settled(attempt: AttemptRow) -> bool:
    """Nothing is left to learn: it ended without money, or its fee is known or never told."""
    if attempt.status != AttemptStatus.SUCCEEDED:
        return True
    return attempt.fee is not None or not registry.capabilities(attempt.channel).tells_fee
