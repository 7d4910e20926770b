"""What the simulated providers remember, in one SQLite file.

Everything runs on one thread, so a transaction here is never interleaved with another.
Write-ahead logging with synchronous=NORMAL keeps every commit through `kill -9`; only a
power cut could lose the last ones, which a simulator can bear.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY, provider TEXT NOT NULL, name TEXT NOT NULL,
    created_at REAL NOT NULL, data TEXT NOT NULL, UNIQUE (provider, name));
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (id), kind TEXT NOT NULL,
    id TEXT NOT NULL, reference TEXT NOT NULL, parent TEXT NOT NULL, created_at REAL NOT NULL,
    data TEXT NOT NULL, UNIQUE (kind, id));
CREATE INDEX IF NOT EXISTS objects_of_kind ON objects (account, kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_reference ON objects (account, kind, reference);
CREATE INDEX IF NOT EXISTS objects_by_parent ON objects (account, kind, parent);
CREATE TABLE IF NOT EXISTS idempotency (
    account TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL, parameters TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, provider TEXT NOT NULL, url TEXT NOT NULL,
    kind TEXT NOT NULL, reference TEXT NOT NULL, payload TEXT NOT NULL, secret TEXT NOT NULL,
    is_spoilt INTEGER NOT NULL, state TEXT NOT NULL, due REAL NOT NULL, attempts INTEGER NOT NULL,
    last_status INTEGER, last_reply TEXT NOT NULL, created_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (state, due);
CREATE TABLE IF NOT EXISTS timers (
    id INTEGER PRIMARY KEY, basis TEXT NOT NULL, due REAL NOT NULL, kind TEXT NOT NULL,
    account TEXT NOT NULL, subject TEXT NOT NULL, UNIQUE (kind, account, subject));
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY, provider TEXT NOT NULL, operation TEXT NOT NULL, kind TEXT NOT NULL,
    times INTEGER NOT NULL, parameters TEXT NOT NULL, reference TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, title TEXT NOT NULL,
    text TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, provider TEXT NOT NULL,
    account TEXT NOT NULL, kind TEXT NOT NULL, reference TEXT NOT NULL,
    provider_reference TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL,
    data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS journal_by_reference ON journal (reference, seq);
"""


@dataclass(frozen=True, slots=True)
class Account:
    """A merchant at a provider. `data` holds its keys."""

    id: str
    provider: str
    name: str
    created_at: float
    data: Json


class Store:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("PRAGMA busy_timeout=5000")
        self._db.executescript(SCHEMA)
        self._depth = 0

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. A nested one is undone by itself and kept only with the outer one."""
        name = f"level_{self._depth}"
        begin = "BEGIN IMMEDIATE" if self._depth == 0 else f"SAVEPOINT {name}"
        undo = ["ROLLBACK"] if self._depth == 0 else [f"ROLLBACK TO {name}", f"RELEASE {name}"]
        self._db.execute(begin)
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            for statement in undo:
                self._db.execute(statement)
            raise
        self._depth -= 1
        self._db.execute("COMMIT" if self._depth == 0 else f"RELEASE {name}")

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        return self._db.execute(sql, values)

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._db.execute(sql, values).fetchall()

    def meta(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row["value"])

    def set_meta(self, key: str, value: str) -> None:
        self.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value)

    def add_account(self, account: Account) -> None:
        self.execute(
            "INSERT INTO accounts VALUES (?, ?, ?, ?, ?)",
            account.id,
            account.provider,
            account.name,
            account.created_at,
            json.dumps(account.data),
        )

    def update_account(self, account: Account) -> None:
        data = json.dumps(account.data)
        self.execute("UPDATE accounts SET data = ? WHERE id = ?", data, account.id)

    def accounts(self, provider: str) -> list[Account]:
        sql = "SELECT * FROM accounts WHERE provider = ? ORDER BY created_at"
        return [_account(row) for row in self.rows(sql, provider)]

    def account(self, account_id: str) -> Account | None:
        rows = self.rows("SELECT * FROM accounts WHERE id = ?", account_id)
        return _account(rows[0]) if rows else None

    def account_named(self, provider: str, name: str) -> Account | None:
        sql = "SELECT * FROM accounts WHERE provider = ? AND name = ?"
        rows = self.rows(sql, provider, name)
        return _account(rows[0]) if rows else None

    def insert(
        self,
        account: str,
        kind: str,
        data: Json,
        *,
        reference: str = "",
        parent: str = "",
    ) -> None:
        self.execute(
            "INSERT INTO objects (account, kind, id, reference, parent, created_at, data)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            account,
            kind,
            data["id"],
            reference,
            parent,
            time.time(),
            json.dumps(data),
        )

    def update(self, kind: str, data: Json) -> None:
        sql = "UPDATE objects SET data = ? WHERE kind = ? AND id = ?"
        changed = self.execute(sql, json.dumps(data), kind, data["id"]).rowcount
        if changed != 1:
            raise LookupError(f"no {kind} {data['id']}")

    def delete(self, kind: str, object_id: str) -> None:
        self.execute("DELETE FROM objects WHERE kind = ? AND id = ?", kind, object_id)

    def get(self, account: str, kind: str, object_id: str) -> Json | None:
        sql = "SELECT data FROM objects WHERE account = ? AND kind = ? AND id = ?"
        return _first(self.rows(sql, account, kind, object_id))

    def find(self, kind: str, object_id: str) -> tuple[str, Json] | None:
        """Look an object up by id alone: a payer's browser carries no account."""
        rows = self.rows("SELECT * FROM objects WHERE kind = ? AND id = ?", kind, object_id)
        return (str(rows[0]["account"]), json.loads(rows[0]["data"])) if rows else None

    def find_by_reference(self, kind: str, reference: str) -> list[tuple[str, Json]]:
        sql = "SELECT * FROM objects WHERE kind = ? AND reference = ? ORDER BY seq"
        rows = self.rows(sql, kind, reference)
        return [(str(row["account"]), json.loads(row["data"])) for row in rows]

    def by_reference(self, account: str, kind: str, reference: str) -> list[Json]:
        sql = (
            "SELECT data FROM objects WHERE account = ? AND kind = ? AND reference = ? ORDER BY seq"
        )
        return _all(self.rows(sql, account, kind, reference))

    def by_parent(self, account: str, kind: str, parent: str) -> list[Json]:
        sql = "SELECT data FROM objects WHERE account = ? AND kind = ? AND parent = ? ORDER BY seq"
        return _all(self.rows(sql, account, kind, parent))

    def newest(self, account: str, kind: str, limit: int = 1_000_000) -> list[Json]:
        sql = "SELECT data FROM objects WHERE account = ? AND kind = ? ORDER BY seq DESC LIMIT ?"
        return _all(self.rows(sql, account, kind, limit))

    def kinds(self, account: str) -> list[str]:
        sql = "SELECT DISTINCT kind FROM objects WHERE account = ?"
        return [str(row["kind"]) for row in self.rows(sql, account)]

    def recall(self, account: str, key: str) -> sqlite3.Row | None:
        """What was answered the first time this idempotency key came."""
        rows = self.rows("SELECT * FROM idempotency WHERE account = ? AND key = ?", account, key)
        return rows[0] if rows else None


def _account(row: sqlite3.Row) -> Account:
    data = json.loads(row["data"])
    return Account(row["id"], row["provider"], row["name"], row["created_at"], data)


def _first(rows: list[sqlite3.Row]) -> Json | None:
    return json.loads(rows[0]["data"]) if rows else None


def _all(rows: list[sqlite3.Row]) -> list[Json]:
    return [json.loads(row["data"]) for row in rows]
