"""Words for posting in tests, and a way to post by hand: with raw SQL, past `ledger_post`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Barrier
from typing import TypeAlias, TypeVar

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from sleek.core import clock
from sleek.core.money import Money
from sleek.ledger import actions as ledger
from sleek.ledger import recipes
from sleek.ledger.actions import Entry, Posted
from sleek.ledger.models import Account
from sleek.merchants.models import Merchant

T = TypeVar("T")
Value: TypeAlias = int | str | datetime | None
LATER = datetime(2040, 1, 1, tzinfo=UTC)


def entry(shop: Merchant, kind: str, subject: str, postings: recipes.Postings) -> Entry:
    return Entry(shop.pk, kind, subject, postings, clock.now())


def payment(shop: Merchant, subject: str, minor: int, currency: str = "USD") -> Entry:
    postings = recipes.payment_succeeded("till", Money(minor, currency))
    return entry(shop, "payment_succeeded", subject, postings)


def paid(shop: Merchant, subject: str, minor: int, currency: str = "USD") -> Posted:
    (posted,) = ledger.post([payment(shop, subject, minor, currency)])
    return posted


def account(shop: Merchant, code: str, currency: str = "USD") -> Account:
    return Account.objects.get(merchant=shop, code=code, currency=currency)


def everything() -> list[list[tuple[object, ...]]]:
    """All rows of the ledger, to show that nothing moved."""
    with connection.cursor() as cursor:
        tables = []
        for table in ("ledger_account", "ledger_journalentry", "ledger_posting"):
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3")
            tables.append(cursor.fetchall())
        return tables


def refusal(act: Callable[[], object]) -> str | None:
    """The name of the constraint or rule by which the database refuses; nothing moved."""
    before = everything()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
    assert everything() == before
    cause = caught.value.__cause__
    assert isinstance(cause, psycopg.Error)
    return cause.diag.constraint_name


def refusal_of(statement: str, parameters: Sequence[Value] = ()) -> str | None:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)

    return refusal(run)


@dataclass
class Line:
    """A posting by hand; `sequence` and `balance` are an honest one's unless given."""

    account: Account
    amount: int
    sequence: int = 0
    balance: int | None = None
    posted_at: datetime = LATER
    head_moves: bool = True

    def __post_init__(self) -> None:
        self.sequence = self.sequence or self.account.sequence + 1
        if self.balance is None:
            self.balance = self.account.balance + self.amount


@dataclass
class ByHand:
    """An entry, its postings and heads in one raw statement, as `ledger_post` writes them."""

    merchant: Merchant
    lines: list[Line]
    subject: str = "hand"
    size: int = 0
    entry_id: int = 10**9
    parameters: list[Value] = field(default_factory=list)

    def post(self) -> None:
        self.parameters = []
        heads = [line for line in self.lines if line.head_moves]
        parts = [self._entry()]
        if self.lines:
            parts.append(self._postings())
        parts += [self._head(number, line) for number, line in enumerate(heads)]
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {', '.join(parts)} SELECT", self.parameters)

    def _entry(self) -> str:
        size = self.size or len(self.lines)
        self.parameters += [self.entry_id, self.merchant.pk, self.subject, size, LATER, LATER]
        return """entry AS (INSERT INTO ledger_journalentry
            (id, merchant_id, kind, subject, size, event_at, created_at)
            VALUES (%s, %s, 'by_hand', %s, %s, %s, %s))"""

    def _postings(self) -> str:
        for line in self.lines:
            self.parameters += [line.account.pk, line.sequence, self.entry_id]
            self.parameters += [line.amount, line.balance, line.posted_at]
        rows = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(self.lines))
        return f"""postings AS (INSERT INTO ledger_posting
            (account_id, sequence, entry_id, amount, balance, posted_at) VALUES {rows})"""

    def _head(self, number: int, line: Line) -> str:
        self.parameters += [line.sequence, line.balance, line.posted_at, line.account.pk]
        return f"""head{number} AS (UPDATE ledger_account
            SET sequence = %s, balance = %s, posted_at = %s WHERE id = %s)"""


def at_once(acts: Sequence[Callable[[], T]]) -> list[T | BaseException]:
    """Run every act in a thread of its own, all starting together; what each gave or raised."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | BaseException:
        barrier.wait()
        try:
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))
