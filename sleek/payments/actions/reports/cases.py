"""What a decision knows: payments under lock, with all of their tries."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from django.db import connection

from sleek.core import arrays
from sleek.invoices.rules import InvoiceStatus
from sleek.payments import rules


@dataclass(slots=True)
class PaymentRow:
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
class AttemptRow:
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
    is_leaving: bool
    resolved_at: datetime | None
    fee: int | None
    fee_currency: str
    origin_id: int | None
    paid_by_id: int | None
    check_at: datetime | None
    check_count: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """An attempt under its payment's lock, with all tries of that payment."""

    payment: PaymentRow
    attempt: AttemptRow
    attempts: list[AttemptRow]
    is_void: bool  # a bill that it is for

    @property
    def has_other_held(self) -> bool:
        return any(
            rules.is_held(other.status, other.surplus, other.resolution)
            for other in self.attempts
            if other is not self.attempt
        )


def lock(keys: list[str]) -> dict[str, Case]:
    """Lock the payments that the keys are about, in id order, and read all of their attempts."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [arrays.literal(keys)])
        payments = {row[0]: PaymentRow(*row) for row in cursor.fetchall()}
        cursor.execute(_ATTEMPTS, [arrays.literal(payments)])
        tries: dict[int, list[AttemptRow]] = {}
        for attempt in (AttemptRow(*row) for row in cursor.fetchall()):
            tries.setdefault(attempt.payment_id, []).append(attempt)
    void = _of_void_bills([pk for pk, payment in payments.items() if payment.is_for_bills])
    return {
        attempt.public_id: Case(payments[payment_id], attempt, attempts, payment_id in void)
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
    SELECT {", ".join(each.name for each in fields(PaymentRow))} FROM payments_payment
    WHERE id IN (SELECT payment_id FROM payments_attempt WHERE public_id = ANY (%s::text[]))
    ORDER BY id FOR NO KEY UPDATE
"""
_ATTEMPTS = f"""
    SELECT {", ".join(each.name for each in fields(AttemptRow))} FROM payments_attempt
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
