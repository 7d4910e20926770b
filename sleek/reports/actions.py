"""Keeping the roll-ups: added to by every event once, and rebuilt from the payments when asked.

The consumer's cursor moves in the transaction that adds, so an event counts exactly once. A rebuild
holds that cursor: it writes what the payments say, less what the cursor has not passed yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from sleek.core import clock
from sleek.events import actions as events
from sleek.events.models import Event
from sleek.reports.queries.figures import news

MAX_DIFFERENCES = 100  # that a rebuild names
FOLLOWED = news.FOLLOWED


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where a roll-up was off, and by how much its amount and its number of payments."""

    where: str
    amount: int
    count: int

    def __str__(self) -> str:
        return f"{self.where}: off by {self.amount} minor units and {self.count} payments"


def follow(batch: Sequence[Event]) -> None:
    """As a consumer of events: add what they tell. The cursor's row is the lock."""
    handed = {"events": [event.pk for event in batch]}
    with connection.cursor() as cursor:
        cursor.execute(_ADD, handed)
        cursor.execute(_FORGET_LINKS, handed | {"now": clock.now()})
        cursor.execute(_KNOW_LINKS, handed)


@transaction.atomic
def rebuild() -> list[Difference]:
    """Recompute every roll-up from the payments, and say where they were off.

    Reads all payments, so it may take longer than a statement otherwise may. Figures stay readable
    meanwhile; only what is news waits to be added.
    """
    events.hold(news.CONSUMER)
    terms: dict[str, Any] = {
        "merchant": None,
        "kinds": [*FOLLOWED],
        "now": clock.now(),
        "limit": MAX_DIFFERENCES,
    }
    differences: list[Difference] = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_COMPUTE, terms)
        for comparison in (_COMPARE, _COMPARE_LINKS):
            cursor.execute(comparison, terms)
            differences += [Difference(*row) for row in cursor.fetchall()]
        for statement in _REPLACE:
            cursor.execute(statement, terms)
    return differences


_KEY = "merchant_id, span, currency, starts_at, channel, method"
_COLUMNS = f"{_KEY}, {', '.join(news.SUMS)}"
_ADDED = ", ".join(f"{name} = reports_rollup.{name} + excluded.{name}" for name in news.SUMS)
# Both spans of every delta, added up.
_ADDED_UP = f"""
    SELECT merchant_id, span, currency, date_bin(width, at, {news.ORIGIN}) AS starts_at,
           channel, method, {", ".join(f"sum({name})::bigint AS {name}" for name in news.SUMS)}
    FROM deltas CROSS JOIN {news.SPANS}
    GROUP BY 1, 2, 3, 4, 5, 6
"""

_ADD = f"""
    WITH deltas AS (SELECT * FROM reports_deltas(%(events)s::bigint[]))
    INSERT INTO reports_rollup ({_COLUMNS}) {_ADDED_UP} ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT ({_KEY}) DO UPDATE SET {_ADDED}
"""
# What waits to be paid is looked up rather than added, for the links that anything happened to.
_FORGET_LINKS = """
    DELETE FROM reports_outstanding
    WHERE link_id = ANY (reports_touched(%(events)s::bigint[])) OR expires_at <= %(now)s
"""
_KNOW_LINKS = f"""
    INSERT INTO reports_outstanding (link_id, merchant_id, currency, amount, expires_at)
    {news.OWED} AND l.id = ANY (reports_touched(%(events)s::bigint[]))
"""

# One statement, so that the payments and what is unread are seen at the same moment.
_COMPUTE = f"""
    CREATE TEMPORARY TABLE recomputed ON COMMIT DROP AS
    WITH deltas AS (
        {news.SOURCE}
        UNION ALL
        SELECT merchant_id, currency, channel, method, at,
               {", ".join(f"-{name}" for name in news.SUMS)}
        FROM reports_deltas({news.UNREAD})
    )
    {_ADDED_UP}
"""
_OFF = " OR ".join(f"coalesce(r.{n}, 0) <> coalesce(t.{n}, 0)" for n in news.SUMS)
_COMPARE = f"""
    SELECT format('%%s %%s, %%s from %%s, %%s %%s', m.public_id, currency, span,
                  to_char(starts_at, 'YYYY-MM-DD HH24:MI'), channel, method),
           coalesce(t.amount, 0) - coalesce(r.amount, 0),
           coalesce(t.payment_count, 0) - coalesce(r.payment_count, 0)
    FROM recomputed r FULL JOIN reports_rollup t USING ({_KEY})
    JOIN merchants_merchant m ON m.id = merchant_id
    WHERE {_OFF}
    ORDER BY {_KEY} LIMIT %(limit)s
"""
_COMPARE_LINKS = f"""
    WITH owed AS ({news.OWED})
    SELECT format('outstanding %%s', l.public_id),
           coalesce(t.amount, 0) - coalesce(o.amount, 0),
           (t.link_id IS NOT NULL)::int - (o.link_id IS NOT NULL)::int
    FROM owed o FULL JOIN reports_outstanding t USING (link_id)
    JOIN links_paymentlink l ON l.id = link_id
    WHERE (t.link_id IS NULL OR o.link_id IS NULL)
      AND (l.expires_at IS NULL OR l.expires_at > %(now)s)
      AND link_id <> ALL (reports_touched({news.UNREAD}))
    ORDER BY link_id LIMIT %(limit)s
"""
_REPLACE = (
    "DELETE FROM reports_rollup",
    f"INSERT INTO reports_rollup ({_COLUMNS}) SELECT {_COLUMNS} FROM recomputed",
    "DROP TABLE recomputed",
    "DELETE FROM reports_outstanding",
    f"INSERT INTO reports_outstanding (link_id, merchant_id, currency, amount, expires_at) "
    f"{news.OWED} AND (l.expires_at IS NULL OR l.expires_at > %(now)s)",
)
