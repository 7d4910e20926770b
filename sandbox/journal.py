"""Everything the simulated providers did, in order, for an independent checker to read.

Amounts are in the provider's own raw unit: an integer of minor units at Stripe, a decimal
string of yuan at Alipay.
"""

import json
import time
from dataclasses import dataclass, field

from sandbox.store import Json, Store

PAGE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `reference` is the merchant's, the other the provider's."""

    provider: str
    account: str
    kind: str
    reference: str = ""
    provider_reference: str = ""
    amount: int | str = ""
    currency: str = ""
    data: Json = field(default_factory=dict)


class Journal:
    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, entry: Entry) -> None:
        self._store.execute(
            "INSERT INTO journal (at, provider, account, kind, reference, provider_reference,"
            " amount, currency, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            time.time(),
            entry.provider,
            entry.account,
            entry.kind,
            entry.reference,
            entry.provider_reference,
            json.dumps(entry.amount),
            entry.currency,
            json.dumps(entry.data),
        )

    def since(self, seq: int, reference: str = "") -> list[Json]:
        """What happened after that one; of one reference of the merchant's only, if it is given."""
        only, wanted = (" AND reference = ?", [reference]) if reference else ("", [])
        sql = f"SELECT * FROM journal WHERE seq > ?{only} ORDER BY seq LIMIT ?"
        return [
            {
                "seq": row["seq"],
                "at": row["at"],
                "provider": row["provider"],
                "account": row["account"],
                "kind": row["kind"],
                "reference": row["reference"],
                "provider_reference": row["provider_reference"],
                "amount": json.loads(row["amount"]),
                "currency": row["currency"],
                "data": json.loads(row["data"]),
            }
            for row in self._store.rows(sql, seq, *wanted, PAGE_SIZE)
        ]
