"""The one door for news about payments.

Notices, polling and reconciliation all end here, in any order and any number of times: a report
that says nothing new changes nothing. A batch is one transaction: payments are locked in id order,
judged one report after another in memory, written back set-wise, and the ledger is posted last.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from django.db import connection, transaction

from sleek.channels import registry
from sleek.channels.base import Report
from sleek.core import arrays, clock
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.ledger import actions as ledger
from sleek.ledger import recipes
from sleek.ledger.actions import Entry
from sleek.payments import rules
from sleek.payments.rules import AttemptStatus, PaymentStatus, Situation, Verdict
from sleek.stock import actions as stock

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Payment:
    """What a decision reads and writes of a payment.

    On this path a model's instance costs too much.
    """

    id: int
    public_id: str
    merchant_id: int
    amount: int
    currency: str
    status: str
    succeeded_at: datetime | None
    updated_at: datetime
    has_hold: bool


@dataclass(slots=True)
class _Attempt:
    """What a decision reads and writes of an attempt."""

    id: int
    public_id: str
    payment_id: int
    channel: str
    amount: int
    currency: str
    returned_at: datetime | None
    status: str
    reference: str
    payer: str
    failure: str
    failure_code: str
    amount_received: int | None
    currency_received: str
    surplus: str
    fee: int | None
    fee_currency: str
    check_at: datetime | None
    check_count: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class _Case:
    """An attempt under its payment's lock, with all tries of that payment."""

    payment: _Payment
    attempt: _Attempt
    attempts: list[_Attempt]

    @property
    def has_other_held(self) -> bool:
        return any(
            rules.is_held(other.status, other.surplus, other.returned_at)
            for other in self.attempts
            if other is not self.attempt
        )


@dataclass(slots=True)
class _Changes:
    """What a batch leaves to be written."""

    now: datetime
    payments: dict[int, _Payment] = field(default_factory=dict)
    attempts: dict[int, _Attempt] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


@transaction.atomic
def apply_reports(reports: Sequence[Report]) -> None:
    """Bring payments up to date with what channels say.

    Reports on attempts that are not ours are logged and dropped.
    """
    cases = _lock([report.key for report in reports])
    stock.lock({case.payment.public_id for case in cases.values() if case.payment.has_hold})
    changes = _Changes(clock.now())
    for report in reports:
        case = cases.get(report.key)
        if case is None:
            logger.warning("payments.report_on_unknown_attempt", extra={"key": report.key})
            continue
        _apply(changes, case, report)
    _write(changes)


def _lock(keys: list[str]) -> dict[str, _Case]:
    """Lock the payments that the keys are about, in id order, and read all of their attempts."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [arrays.literal(keys)])
        payments = {row[0]: _Payment(*row) for row in cursor.fetchall()}
        cursor.execute(_ATTEMPTS, [arrays.literal(payments)])
        tries: dict[int, list[_Attempt]] = {}
        for attempt in (_Attempt(*row) for row in cursor.fetchall()):
            tries.setdefault(attempt.payment_id, []).append(attempt)
    return {
        attempt.public_id: _Case(payments[payment_id], attempt, attempts)
        for payment_id, attempts in tries.items()
        for attempt in attempts
    }


_LOCK = f"""
    SELECT {", ".join(each.name for each in fields(_Payment))} FROM payments_payment
    WHERE id IN (SELECT payment_id FROM payments_attempt WHERE public_id = ANY (%s::text[]))
    ORDER BY id FOR NO KEY UPDATE
"""
_ATTEMPTS = f"""
    SELECT {", ".join(each.name for each in fields(_Attempt))} FROM payments_attempt
    WHERE payment_id = ANY (%s::bigint[])
"""


def _apply(changes: _Changes, case: _Case, report: Report) -> None:
    payment, attempt = case.payment, case.attempt
    situation = Situation(
        payment=PaymentStatus(payment.status),
        attempt=AttemptStatus(attempt.status),
        asked=Money(attempt.amount, attempt.currency),
        knows_fee=attempt.fee is not None,
        has_other_held=case.has_other_held,
    )
    verdict = rules.judge(situation, report)
    if verdict.pays and payment.has_hold and not stock.take(payment.public_id):
        verdict = rules.judge(replace(situation, is_sold_out=True), report)
    moment = report.event_at or changes.now
    _note_facts(changes, payment, attempt, report, verdict)
    _note_money(changes, payment, attempt, verdict, moment)
    _change_attempt(changes, attempt, report, verdict)
    if verdict.payment != payment.status:
        payment.status = verdict.payment
        if verdict.pays:
            payment.succeeded_at = moment
            _note_superseded(changes, case)
        payment.updated_at = changes.now
        changes.payments[payment.id] = payment


def _note_facts(
    changes: _Changes, payment: _Payment, attempt: _Attempt, report: Report, verdict: Verdict
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


def _note_superseded(changes: _Changes, case: _Case) -> None:
    """Tries that are still open are told of, so that they are closed at their providers."""
    payment = case.payment
    for other in case.attempts:
        if other is not case.attempt and other.status in rules.OPEN_ATTEMPTS:
            data: dict[str, object] = {"attempt": other.public_id, "channel": other.channel}
            fact = Fact("attempt.superseded", payment.public_id, payment.merchant_id, data)
            changes.facts.append(fact)


def _note_money(
    changes: _Changes, payment: _Payment, attempt: _Attempt, verdict: Verdict, moment: datetime
) -> None:
    def enter(kind: str, postings: recipes.Postings) -> None:
        entry = Entry(payment.merchant_id, kind, attempt.public_id, postings, moment)
        changes.entries.append(entry)

    if verdict.pays and verdict.received:
        enter("payment_succeeded", recipes.payment_succeeded(attempt.channel, verdict.received))
    elif verdict.received:
        enter("surplus_received", recipes.surplus_received(attempt.channel, verdict.received))
    # A fee in the currency that the provider settles in says nothing about this one's books.
    is_own = verdict.fee is not None and verdict.fee.currency == payment.currency
    if verdict.fee and is_own and not attempt.surplus and not verdict.surplus:
        enter("channel_fee_charged", recipes.channel_fee_charged(attempt.channel, verdict.fee))


def _change_attempt(changes: _Changes, attempt: _Attempt, report: Report, verdict: Verdict) -> None:
    before = _content(attempt)
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
    if _content(attempt) != before:
        attempt.updated_at = changes.now
        changes.attempts[attempt.id] = attempt


def _is_settled(attempt: _Attempt) -> bool:
    """Nothing is left to learn: it ended without money, or its fee is known or never told."""
    if attempt.status != AttemptStatus.SUCCEEDED:
        return True
    return attempt.fee is not None or not registry.capabilities(attempt.channel).tells_fee


_COLUMNS = {
    "status": "text",
    "reference": "text",
    "payer": "text",
    "failure": "text",
    "failure_code": "text",
    "amount_received": "bigint",
    "currency_received": "text",
    "surplus": "text",
    "fee": "bigint",
    "fee_currency": "text",
    "check_at": "timestamptz",
    "check_count": "smallint",
}


def _content(attempt: _Attempt) -> tuple[object, ...]:
    return tuple(getattr(attempt, column) for column in _COLUMNS)


def _write(changes: _Changes) -> None:
    _update(
        "payments_attempt",
        [*changes.attempts.values()],
        _COLUMNS | {"updated_at": "timestamptz"},
    )
    _update(
        "payments_payment",
        [*changes.payments.values()],
        {"status": "text", "succeeded_at": "timestamptz", "updated_at": "timestamptz"},
    )
    events.record(changes.facts)
    ledger.post(changes.entries)


def _update(
    table: str, rows: Sequence[_Attempt] | Sequence[_Payment], columns: dict[str, str]
) -> None:
    """One UPDATE for many rows; the ORM's bulk_update builds a CASE per column and row, many times
    slower.
    """
    if not rows:
        return
    casts = ", ".join(f"%s::{kind}[]" for kind in ("bigint", *columns.values()))
    setters = ", ".join(f"{column} = fresh.{column}" for column in columns)
    query = (
        f"UPDATE {table} SET {setters} "
        f"FROM unnest({casts}) AS fresh (id, {', '.join(columns)}) WHERE {table}.id = fresh.id"
    )
    values = arrays.literals(
        (row.id, *(getattr(row, column) for column in columns)) for row in rows
    )
    with connection.cursor() as cursor:
        cursor.execute(query, values)
