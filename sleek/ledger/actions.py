"""Posting to the ledger. There is one way in, and it takes one entry or 256 alike.

All arithmetic that needs no look at the books is done here, before anything is locked: which
accounts are touched, and for each posting how far its account will have moved. `ledger_post` adds
that to the accounts' heads and writes everything in one statement, which the triggers then check.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from django.db import IntegrityError, connection, transaction

from sleek.core import arrays, clock
from sleek.core.errors import SleekError
from sleek.ledger.recipes import GUARDED, Postings

MAX_ENTRIES = 1024  # in one post
Key: TypeAlias = tuple[str, str]  # kind and subject


class InsufficientFunds(SleekError):
    """An account that must not be negative would have become so. Nothing was posted."""

    code = "insufficient_funds"


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement to post: `kind` is the recipe's name, `subject` the public id of its cause."""

    merchant_id: int
    kind: str
    subject: str
    postings: Postings
    event_at: datetime

    @property
    def key(self) -> Key:
        return self.kind, self.subject


@dataclass(frozen=True, slots=True)
class Posted:
    """Where an entry stands in the journal; `is_new` is false when the same (kind, subject) had
    been posted before.
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
    if len(entries) > MAX_ENTRIES:
        raise ValueError(f"at most {MAX_ENTRIES} entries in one post")
    firsts: dict[Key, Entry] = {}
    for entry in entries:
        firsts.setdefault(entry.key, entry)
    try:
        with transaction.atomic(savepoint=False):
            posted = _write(list(firsts.values()))
    except IntegrityError as error:
        if "guarded_balance_is_not_negative" in str(error):
            raise InsufficientFunds("There is not enough money on the account.") from error
        raise
    return [
        Posted(posted[e.key].entry_id, posted[e.key].is_new and firsts[e.key] is e) for e in entries
    ]


def _write(entries: list[Entry]) -> dict[Key, Posted]:
    """Write what was never posted before; the database looks before it writes anything."""
    if not entries:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(POST, parameters(entries))
        entry_ids, known_ids = cursor.fetchone()
    if entry_ids is not None:
        return {e.key: Posted(new, True) for e, new in zip(entries, entry_ids, strict=True)}
    outcomes = list(zip(entries, known_ids, strict=True))
    known = {entry.key: Posted(before, False) for entry, before in outcomes if before is not None}
    return known | _write([entry for entry, before in outcomes if before is None])


@dataclass(slots=True)
class _Touched:
    """An account that a batch touches: its place among them, and how far it moves."""

    number: int
    count: int = 0
    total: int = 0


@dataclass(slots=True)
class _Lines:
    """The postings of a batch as columns: see `ledger_post`."""

    entries: list[int] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)
    nths: list[int] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)


def parameters(entries: Sequence[Entry]) -> list[datetime | str]:
    """What `POST` takes; no two of the entries may have the same key."""
    touched: dict[tuple[int, str, str], _Touched] = {}
    lines = _Lines()
    for number, entry in enumerate(entries, 1):
        for code, amount in entry.postings:
            place = (entry.merchant_id, code, amount.currency)
            account = touched.get(place) or touched.setdefault(place, _Touched(len(touched) + 1))
            account.count += 1
            account.total += amount.minor
            lines.entries.append(number)
            lines.accounts.append(account.number)
            lines.nths.append(account.count)
            lines.sums.append(account.total)
            lines.amounts.append(amount.minor)
    columns: list[Iterable[arrays.Element]] = [
        *([place[column] for place in touched] for column in range(3)),
        ["t" if code in GUARDED else "f" for _, code, _ in touched],
        [account.count for account in touched.values()],
        [account.total for account in touched.values()],
        [entry.merchant_id for entry in entries],
        [entry.kind for entry in entries],
        [entry.subject for entry in entries],
        [len(entry.postings) for entry in entries],
        [entry.event_at for entry in entries],
        *(lines.entries, lines.accounts, lines.nths, lines.sums, lines.amounts),
    ]
    return [clock.now(), *map(arrays.literal, columns)]


POST = """
    SELECT entry_ids, known_ids FROM ledger_post(
        %s::timestamptz,
        %s::bigint[], %s::text[], %s::text[], %s::boolean[], %s::bigint[], %s::bigint[],
        %s::bigint[], %s::text[], %s::text[], %s::smallint[], %s::timestamptz[],
        %s::int[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[])
"""
