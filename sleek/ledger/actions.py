"""Posting to the ledger. There is one way in, and it takes one entry or 256 alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.ledger.recipes import GUARDED, Postings

MAX_ENTRIES = 1024  # in one post


class InsufficientFunds(SleekError):
    """An account that must not be negative would have become so. Nothing was posted."""

    code = "insufficient_funds"


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement to post. `kind` is the recipe's name, `subject` the public id of what it is about."""

    merchant_id: int
    kind: str
    subject: str
    postings: Postings
    event_at: datetime


@dataclass(frozen=True, slots=True)
class Posted:
    """Where an entry stands in the journal;

    `is_new` is false when the same (kind, subject) had been posted before.
    """

    entry_id: int
    is_new: bool


def post(entries: Sequence[Entry]) -> list[Posted]:
    """Write balanced entries, all or none; call it once, as the last act of the caller's
    transaction.

    Posting the same `kind` for the same `subject` again returns the first entry, so a repeated
    notice or a retried job cannot move money twice. Raises `InsufficientFunds`, or `IntegrityError`
    for an entry that is not balanced (a defect).
    """
    if not entries:
        return []
    if len(entries) > MAX_ENTRIES:
        raise ValueError(f"at most {MAX_ENTRIES} entries in one post")
    lines = [
        (number, code, amount.currency, amount.minor)
        for number, entry in enumerate(entries, 1)
        for code, amount in entry.postings
    ]
    parameters = [
        clock.now(),
        [entry.merchant_id for entry in entries],
        [entry.kind for entry in entries],
        [entry.subject for entry in entries],
        [entry.event_at for entry in entries],
        *(list(column) for column in zip(*lines, strict=True)),
        list(GUARDED),
    ]
    try:
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            cursor.execute(_POST, parameters)
            return [Posted(entry_id, is_new) for entry_id, is_new in cursor.fetchall()]
    except IntegrityError as error:
        if "guarded_balance_is_not_negative" in str(error):
            raise InsufficientFunds("There is not enough money on the account.") from error
        raise


_POST = """
    SELECT entry_id, is_new FROM ledger_post(
        %s::timestamptz, %s::bigint[], %s::text[], %s::text[], %s::timestamptz[],
        %s::int[], %s::text[], %s::text[], %s::bigint[], %s::text[])
"""
