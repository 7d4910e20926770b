"""The one door for news about payments.

Notices, polling and reconciliation all end here, in any order and any number of times: a report
that says nothing new changes nothing. A batch is one transaction: payments are locked in id order,
then their bills, judged one report after another in memory, written back set-wise, and the ledger
is posted last.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from sleek.channels import registry
from sleek.channels.base import Report, Saved
from sleek.core import arrays, clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.invoices.rules import InvoiceStatus
from sleek.ledger import actions as ledger
from sleek.ledger import recipes
from sleek.ledger.actions import Entry, InsufficientFunds
from sleek.payments import rules
from sleek.payments.actions import saving
from sleek.payments.models import Payment
from sleek.payments.rules import (
    AttemptStatus,
    PaymentStatus,
    Resolution,
    Situation,
    Surplus,
    Verdict,
)
from sleek.stock import actions as stock

logger = logging.getLogger(__name__)


class NotAcceptable(SleekError):
    """No money waits that could pay the payment, or it can no longer be paid."""

    code = "not_acceptable"


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
    amount_paid: int
    updated_at: datetime
    has_hold: bool
    is_for_bills: bool


@dataclass(slots=True)
class _Attempt:
    """What a decision reads and writes of an attempt."""

    id: int
    public_id: str
    payment_id: int
    channel: str
    amount: int
    currency: str
    resolution: str
    status: str
    reference: str
    payer: str
    failure: str
    failure_code: str
    amount_received: int | None
    currency_received: str
    surplus: str
    resolved_at: datetime | None
    fee: int | None
    fee_currency: str
    origin_id: int | None
    paid_by_id: int | None
    check_at: datetime | None
    check_count: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class _Case:
    """An attempt under its payment's lock, with all tries of that payment."""

    payment: _Payment
    attempt: _Attempt
    attempts: list[_Attempt]
    is_void: bool  # a bill that it is for

    @property
    def has_other_held(self) -> bool:
        return any(
            rules.is_held(other.status, other.surplus, other.resolution)
            for other in self.attempts
            if other is not self.attempt
        )


@dataclass(slots=True)
class _Changes:
    """What a batch leaves to be written."""

    now: datetime
    owes_fees: bool = False
    payments: dict[int, _Payment] = field(default_factory=dict)
    attempts: dict[int, _Attempt] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    saved: dict[int, Saved] = field(default_factory=dict)  # by attempt


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
    cases = _lock([report.key for report in reports])
    stock.lock({case.payment.public_id for case in cases.values() if case.payment.has_hold})
    changes = _Changes(clock.now(), owes_fees)
    for report in reports:
        case = cases.get(report.key)
        if case is None:
            _note_orphan(changes, report)
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
    void = _of_void_bills([pk for pk, payment in payments.items() if payment.is_for_bills])
    return {
        attempt.public_id: _Case(payments[payment_id], attempt, attempts, payment_id in void)
        for payment_id, attempts in tries.items()
        for attempt in attempts
    }


def _of_void_bills(payment_ids: list[int]) -> set[int]:
    """Which of these locked payments are for a bill that is void. The others stay as they are until
    we have written: whoever voids one of them waits, and then finds it paid.
    """
    if not payment_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_BILLS, [arrays.literal(payment_ids)])
        return {pk for pk, status in cursor.fetchall() if status == InvoiceStatus.VOID}


_LOCK = f"""
    SELECT {", ".join(each.name for each in fields(_Payment))} FROM payments_payment
    WHERE id IN (SELECT payment_id FROM payments_attempt WHERE public_id = ANY (%s::text[]))
    ORDER BY id FOR NO KEY UPDATE
"""
_ATTEMPTS = f"""
    SELECT {", ".join(each.name for each in fields(_Attempt))} FROM payments_attempt
    WHERE payment_id = ANY (%s::bigint[])
"""
_BILLS = """
    SELECT allocation.payment_id, bill.status
    FROM payments_allocation allocation
    JOIN invoices_instalment stage ON stage.id = allocation.instalment_id
    JOIN invoices_invoice bill ON bill.id = stage.invoice_id
    WHERE allocation.payment_id = ANY (%s::bigint[])
    ORDER BY bill.id FOR SHARE OF bill
"""


def _apply(changes: _Changes, case: _Case, report: Report) -> None:
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
    _note_facts(changes, payment, attempt, report, verdict)
    _note_money(changes, payment, attempt, verdict, moment)
    _change_attempt(changes, attempt, report, verdict)
    if report.saved and attempt.status == AttemptStatus.SUCCEEDED:
        changes.saved[attempt.id] = report.saved
    if verdict.payment != payment.status:
        payment.status = verdict.payment
        if verdict.pays:
            payment.succeeded_at, payment.amount_paid = moment, payment.amount
            _note_superseded(changes, case)
        payment.updated_at = changes.now
        changes.payments[payment.id] = payment
    if verdict.surplus == Surplus.AMOUNT:
        parts = _parts(case)
        is_whole = sum(part.amount_received or 0 for part in parts) == payment.amount
        if (
            (is_whole or payment.is_for_bills)
            and any(map(_may_be_a_part, parts))
            and payment.status in rules.PAYABLE
            and _takes_stock(payment)
        ):
            _accept(changes, case, parts)


@transaction.atomic
def accept(payment: Payment) -> None:
    """Let wrong amounts that arrived pay their payment after all, by a person's decision.

    The caller has made sure that none of them is on its way back. Raises `NotAcceptable`.
    """
    keys = payment.attempts.filter(surplus=Surplus.AMOUNT).values_list("public_id", flat=True)
    cases = _lock([*keys][:1])
    changes = _Changes(clock.now())
    for case in cases.values():
        parts = _parts(case)
        if not parts or case.payment.status not in rules.PAYABLE:
            break
        if case.is_void:
            raise NotAcceptable(_("The bill that this payment is for is void."))
        if not _takes_stock(case.payment):
            raise NotAcceptable(_("What this payment is for is sold out."))
        _accept(changes, case, parts)
        _write(changes)
        return
    raise NotAcceptable(_("There is no money here that could pay this payment."))


def _takes_stock(payment: _Payment) -> bool:
    return not payment.has_hold or stock.take(payment.public_id)


def _may_be_a_part(attempt: _Attempt) -> bool:
    return bool(attempt.origin_id) or registry.capabilities(attempt.channel).takes_parts


def _parts(case: _Case) -> list[_Attempt]:
    """Money of another amount than was asked, which waits for a decision."""
    return sorted(
        (
            other
            for other in case.attempts
            if other.surplus == Surplus.AMOUNT
            and not other.resolution
            and other.currency_received == case.payment.currency
        ),
        key=lambda other: other.id,
    )


def _accept(changes: _Changes, case: _Case, parts: list[_Attempt]) -> None:
    payment = case.payment
    for part in parts:
        part.resolution, part.resolved_at = Resolution.ACCEPTED, changes.now
        part.updated_at = changes.now
        changes.attempts[part.id] = part
        received = Money(part.amount_received or 0, payment.currency)
        postings = recipes.surplus_accepted(_own_bucket(part), received)
        changes.entries.append(
            Entry(payment.merchant_id, "surplus_accepted", part.public_id, postings, changes.now)
        )
    payment.status, payment.succeeded_at = PaymentStatus.SUCCEEDED, changes.now
    payment.amount_paid = sum(part.amount_received or 0 for part in parts)
    payment.updated_at = changes.now
    changes.payments[payment.id] = payment
    data: dict[str, object] = {"attempt": parts[0].public_id, "channel": parts[0].channel}
    data |= {"amount": payment.amount_paid, "currency": payment.currency}
    changes.facts.append(Fact("payment.succeeded", payment.public_id, payment.merchant_id, data))
    _note_superseded(changes, case)


def _note_orphan(changes: _Changes, report: Report) -> None:
    logger.warning("payments.report_on_unknown_attempt", extra={"key": report.key})
    received = rules.brought(report)
    if received is None:
        return
    data: dict[str, object] = {"amount": received.minor, "currency": received.currency}
    data |= {"reference": report.reference}
    changes.facts.append(Fact("payment.orphan_reported", report.key[:64], None, data))


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

    if attempt.origin_id and verdict.received:
        bucket = _own_bucket(attempt) if verdict.pays else "frozen"
        enter("credit_applied", recipes.credit_applied(bucket, verdict.received))
    elif verdict.pays and verdict.received:
        enter("payment_succeeded", recipes.payment_succeeded(attempt.channel, verdict.received))
    elif verdict.received:
        enter("surplus_received", recipes.surplus_received(attempt.channel, verdict.received))
    if verdict.received and registry.capabilities(attempt.channel).is_direct:
        _note_arrival(changes, payment, attempt, verdict, moment)
    # A fee in the currency that the provider settles in says nothing about this one's books.
    is_own = verdict.fee is not None and verdict.fee.currency == payment.currency
    if verdict.fee and is_own and not attempt.surplus and not verdict.surplus:
        if changes.owes_fees:
            enter("channel_fee_owed", recipes.channel_fee_owed(attempt.channel, verdict.fee))
        else:
            enter("channel_fee_charged", recipes.channel_fee_charged(attempt.channel, verdict.fee))


def _note_arrival(
    changes: _Changes, payment: _Payment, attempt: _Attempt, verdict: Verdict, moment: datetime
) -> None:
    """Where no provider stands between, the money is on the merchant's account already: out of a
    wallet, or on the bank's statement. What pays nothing has arrived as well, and stays frozen.
    """
    received = verdict.received
    if received is None or attempt.origin_id:
        return

    def enter(merchant_id: int, kind: str, postings: recipes.Postings) -> None:
        changes.entries.append(Entry(merchant_id, kind, attempt.public_id, postings, moment))

    if attempt.paid_by_id:
        enter(attempt.paid_by_id, "balance_paid", recipes.balance_paid(received))
        if verdict.pays:
            enter(payment.merchant_id, "balance_received", recipes.balance_received(received))
    else:
        freed = received if verdict.pays else Money(0, received.currency)
        postings = recipes.settlement_arrived(attempt.channel, received, freed)
        enter(payment.merchant_id, "settlement_arrived", postings)


def _own_bucket(attempt: _Attempt) -> recipes.Bucket:
    """Where money that becomes the merchant's to use is, as far as its channel goes."""
    is_direct = registry.capabilities(attempt.channel).is_direct
    return "available" if is_direct else "in_transit"


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
    "resolution": "text",
    "resolved_at": "timestamptz",
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
        {
            "status": "text",
            "succeeded_at": "timestamptz",
            "amount_paid": "bigint",
            "updated_at": "timestamptz",
        },
    )
    if changes.saved:
        saving.learn(changes.saved)
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
