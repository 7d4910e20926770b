"""Nothing lost, nothing doubled, nothing left undecided: what the providers wrote down against what
the database holds.

It shares no code with the product: plain SQL, and the simulators' journals over HTTP.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import psycopg

OVERDUE_S = 120  # a question that was to be asked so long ago is forgotten
PAGE = 10_000


def journal(sandbox: httpx.Client) -> Iterator[dict[str, Any]]:
    since = 0
    while True:
        page = sandbox.get("/control/journal", params={"since": since}).json()
        yield from page["data"]
        if len(page["data"]) < PAGE:
            return
        since = page["last"]


def flaws(database: psycopg.Connection, sandbox: httpx.Client, first: int) -> list[str]:
    """What is wrong with the payments whose row ids come after `first`."""
    ours = {
        key: payment
        for key, payment in database.execute(
            "SELECT public_id, payment_id FROM payments_attempt WHERE payment_id > %s", [first]
        )
    }
    entries = [entry for entry in journal(sandbox) if entry["reference"] in ours]
    return [
        *_captures(database, entries, first),
        *_refunds(database, entries, first),
        *_payments(database, first),
        *_undecided(database, first),
        *_books(database),
    ]


def _captures(
    database: psycopg.Connection, entries: list[dict[str, Any]], first: int
) -> Iterator[str]:
    """Each charge is booked once, with its amount; and nothing is booked that was not charged."""
    charged = {
        entry["reference"]: _minor(entry["amount"])
        for entry in entries
        if entry["kind"] == "money.captured"
    }
    times = Counter(e["reference"] for e in entries if e["kind"] == "money.captured")
    yield from (f"{key} was charged {times[key]} times" for key in times if times[key] > 1)
    booked = database.execute(
        "SELECT e.subject, -sum(p.amount), count(DISTINCT e.id) FROM ledger_journalentry e"
        " JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id"
        " JOIN payments_attempt t ON t.public_id = e.subject"
        " WHERE e.kind IN ('payment_succeeded', 'surplus_received') AND a.code LIKE 'clearing:%%'"
        " AND t.payment_id > %s GROUP BY e.subject",
        [first],
    ).fetchall()
    known = {key: amount for key, amount, _ in booked}
    yield from (f"{key} is booked {count} times" for key, _, count in booked if count > 1)
    for key in charged.keys() - known.keys():
        yield f"lost: {key} was charged {charged[key]}, our books know nothing"
    for key, amount in known.items():
        if charged.get(key) != amount:
            yield f"{key} is booked with {amount}, its provider took {charged.get(key)}"


def _refunds(
    database: psycopg.Connection, entries: list[dict[str, Any]], first: int
) -> Iterator[str]:
    """Each try's money went back as often, and as much, as our books say."""
    back: Counter[str] = Counter()
    for entry in entries:
        if entry["kind"] == "money.refunded":
            back[entry["reference"]] += _minor(entry["amount"])
    booked = database.execute(
        "SELECT t.public_id, sum(r.amount) FROM refunds_refund r"
        " JOIN payments_attempt t ON t.id = r.attempt_id"
        " JOIN ledger_journalentry e ON e.subject = r.public_id AND e.kind = 'refund_succeeded'"
        " WHERE t.payment_id > %s GROUP BY t.public_id",
        [first],
    ).fetchall()
    known = {key: int(amount) for key, amount in booked}
    for key in back.keys() | known.keys():
        if back[key] != known.get(key, 0):
            yield f"{key}: {back[key]} went back, our books say {known.get(key, 0)}"


def _payments(database: psycopg.Connection, first: int) -> Iterator[str]:
    """A paid payment has its money once; what else came for it is back with the payer."""
    for key, amount, paid, count, extra in database.execute(
        "SELECT p.public_id, p.amount, p.amount_paid,"
        " count(t.id) FILTER (WHERE t.status = 'succeeded' AND t.surplus = ''),"
        " count(t.id) FILTER (WHERE t.surplus <> '' AND t.resolution <> 'returned')"
        " FROM payments_payment p JOIN payments_attempt t ON t.payment_id = p.id"
        " WHERE p.id > %s GROUP BY p.id",
        [first],
    ):
        if count > 1 or (count == 1 and paid != amount) or (count == 0 and paid):
            yield f"{key} asked {amount}, is paid {paid} by {count}"
        if extra:
            yield f"{key}: {extra} extra payments are not back"


def _undecided(database: psycopg.Connection, first: int) -> Iterator[str]:
    overdue = f"now() - interval '{OVERDUE_S} seconds'"
    for table, column in (
        ("payments_attempt", "check_at"),
        ("refunds_refund", "check_at"),
        ("payments_waiting", "try_at"),
    ):
        row = database.execute(
            f"SELECT count(*) FROM {table} WHERE {column} < {overdue}"
        ).fetchone()
        if row and row[0]:
            yield f"{row[0]} of {table} should have been looked at by now"
    for key, status in database.execute(
        "SELECT t.public_id, t.status FROM payments_attempt t WHERE t.payment_id > %s"
        " AND t.check_at IS NULL"
        " AND t.status IN ('started', 'requires_action', 'processing', 'unknown')",
        [first],
    ):
        yield f"{key} is {status}, and nobody will ask"
    for (key,) in database.execute("SELECT public_id FROM refunds_refund WHERE status = 'pending'"):
        yield f"{key} is still under way"


def _books(database: psycopg.Connection) -> Iterator[str]:
    for entry, currency, total in database.execute(
        "SELECT p.entry_id, a.currency, sum(p.amount) FROM ledger_posting p"
        " JOIN ledger_account a ON a.id = p.account_id GROUP BY 1, 2 HAVING sum(p.amount) <> 0"
    ):
        yield f"entry {entry} is off by {total} {currency}"
    for code, balance, total in database.execute(
        "SELECT a.code, a.balance, sum(p.amount) FROM ledger_account a"
        " JOIN ledger_posting p ON p.account_id = a.id GROUP BY a.id"
        " HAVING a.balance <> sum(p.amount)"
    ):
        yield f"account {code} says {balance}, its postings {total}"


def _minor(amount: int | str) -> int:
    """Stripe and WeChat Pay count in the smallest unit, the others write decimals."""
    return amount if isinstance(amount, int) else int(Decimal(amount) * 100)
