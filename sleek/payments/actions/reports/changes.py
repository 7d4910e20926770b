"""What a batch of reports leaves to be written, and writing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from sleek.channels.base import Saved
from sleek.core import arrays
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.ledger import actions as ledger
from sleek.ledger.actions import Entry
from sleek.payments.actions import saving
from sleek.payments.actions.reports.cases import AttemptRow, PaymentRow

COLUMNS = {
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


@dataclass(slots=True)
class Changes:
    """What a batch leaves to be written."""

    now: datetime
    owes_fees: bool = False
    payments: dict[int, PaymentRow] = field(default_factory=dict)
    attempts: dict[int, AttemptRow] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    saved: dict[int, Saved] = field(default_factory=dict)  # by attempt


def write(changes: Changes) -> None:
    _update(
        "payments_attempt",
        [*changes.attempts.values()],
        COLUMNS | {"updated_at": "timestamptz"},
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
    table: str, rows: Sequence[AttemptRow] | Sequence[PaymentRow], columns: dict[str, str]
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


def content(attempt: AttemptRow) -> tuple[object, ...]:
    return tuple(getattr(attempt, column) for column in COLUMNS)
