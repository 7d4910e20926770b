"""How long does the overview take with ten thousand, a million and ten million payments?

The page itself is asked for, by day, week and month, as a member under row-level security, with
all its queries: figures, charts, what is outstanding, what needs somebody, the latest payments,
balances. In turns with it runs the naive way to the same thirty days: adding up the payments.
Most payments belong to one merchant and lie in two years; rows are made by SQL, and the roll-ups
by `sleek reports rebuild`.

    .venv/bin/python bench/overview.py [--quick]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ground
import psycopg

SIZES = {"10k": 10_000, "1m": 1_000_000, "10m": 10_000_000}
QUICK = {"10k": 10_000, "100k": 100_000}
VIEWS = 40  # of the page, for each size
BATCH = 500_000  # payments made by one statement
PAGES = [
    f"/overview?by={unit}&currency={currency}"
    for unit in ("day", "week", "month")
    for currency in ("USD", "EUR")
]


@dataclass(frozen=True)
class Seen:
    """Milliseconds of one size: the whole page, its queries, and the naive aggregate."""

    page: list[float]
    queries: list[float]
    naive: list[float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10 and 100 thousand, a minute or two")
    sizes = QUICK if parser.parse_args().quick else SIZES
    print((__doc__ or "").split("\n\n")[1], "\n")
    with ground.server() as server:
        url = ground.migrated(server, "overview")
        with psycopg.connect(url, autocommit=True) as database:
            seen = _grow(database, sizes)
    first, *_, last = sizes
    figures: dict[str, float] = {}
    for name, each in seen.items():
        figures |= _figures(name, each)
    figures |= {
        f"ratio_queries_{last}_to_{first}": _ratio(seen[last].queries, seen[first].queries),
        f"ratio_queries_to_naive_{last}": _ratio(seen[last].queries, seen[last].naive),
    }
    print("\nThe roll-ups make the page cost what its days cost, not what its payments do.")
    print(json.dumps(figures))


def _grow(database: psycopg.Connection, sizes: dict[str, int]) -> dict[str, Seen]:
    """One database that gets larger."""
    _prepare(database)
    seen: dict[str, Seen] = {}
    made = 0
    for name, size in sizes.items():
        started = time.perf_counter()
        for start in range(made, size, BATCH):
            _make(database, start, min(start + BATCH, size))
        made = size
        made_at = time.perf_counter()
        _roll_up(database)
        rolled_up = time.perf_counter()
        (disk,) = _row(database, "SELECT pg_database_size(current_database())")
        print(
            f"{name}: made in {made_at - started:,.0f} s, rolled up in "
            f"{rolled_up - made_at:,.0f} s, {disk / 1e9:.1f} GB on disk",
            flush=True,
        )
        seen[name] = _look(database)
        print(f"{name}: {json.dumps(_figures(name, seen[name]))}", flush=True)
    return seen


def _prepare(database: psycopg.Connection) -> None:
    """Merchants, the owner of the first, a link, a connection, and tables that load quickly.

    Nothing the page reads needs the indexes for searching ids by their beginning.
    """
    from sleek.channels.models import Connection
    from sleek.merchants.models import Brand, Membership, Merchant, Role, User

    for number in range(100):
        Merchant.objects.create(name=f"Merchant {number}", default_currency="USD")
    shop = Merchant.objects.earliest("pk")
    owner = User.objects.create_user("owner@example.com", language="en")
    Membership.objects.create(user=owner, merchant=shop, role=Role.OWNER)
    Brand.objects.create(merchant=shop, is_default=True)
    connection = Connection(merchant=shop, channel="stripe", name="bench", methods=["card"])
    connection.seal({})
    connection.save()
    database.execute(_LINKS)
    database.execute(_ACCOUNTS)
    for (index,) in database.execute(_LIKE_INDEXES).fetchall():
        database.execute(f'DROP INDEX "{index}"')


# What waits to be paid; and accounts, by which the page knows the currencies.
_LINKS = """
    INSERT INTO links_paymentlink (public_id, token, merchant_id, brand_id, amount_kind, amount,
        currency, reason, description, thank_you, redirect_url, fields, asks_terms, tags,
        is_reusable, status, created_by_id, created_at)
    SELECT 'lnk_' || n, 't' || n, b.merchant_id, b.id, 'fixed', 1000 + n, 'USD', 'Sample fee', '',
        '', '', '[]', false, '{}', false, 'active', (SELECT min(id) FROM merchants_user), now()
    FROM merchants_brand b, generate_series(1, 2000) n
"""
_ACCOUNTS = """
    INSERT INTO ledger_account (merchant_id, code, currency, is_guarded, sequence, balance)
    SELECT (SELECT min(id) FROM merchants_merchant), 'available', currency, true, 0, 0
    FROM unnest(ARRAY['USD', 'EUR', 'CNY']) currency
"""
_LIKE_INDEXES = """
    SELECT indexname FROM pg_indexes
    WHERE tablename IN ('payments_payment', 'payments_attempt') AND indexname LIKE '%_like'
"""


def _make(database: psycopg.Connection, start: int, end: int) -> None:
    """Payments with one attempt each, 9 of 10 the first merchant's, 92 of 100 paid."""
    database.execute(_PAYMENTS, [start, end - 1])


_PAYMENTS = """
    WITH fresh AS MATERIALIZED (
        SELECT n, now() - (n * 2654435761 %% 63072000) * interval '1 second' AS at,
            CASE WHEN n %% 100 < 92 THEN 'succeeded' ELSE 'failed' END AS status
        FROM generate_series(%s::bigint, %s::bigint) n
    ), made AS (
        INSERT INTO payments_payment (public_id, merchant_id, amount, currency, description,
            has_hold, status, amount_paid, amount_refunded, language, succeeded_at, created_at,
            updated_at)
        SELECT 'p' || n, (SELECT min(id) FROM merchants_merchant)
                + CASE WHEN n %% 10 = 9 THEN n %% 100 ELSE 0 END,
            1000 + n %% 9000, (ARRAY['USD', 'USD', 'EUR', 'CNY'])[1 + n %% 4], 'Fee',
            false, status,
            CASE status WHEN 'succeeded' THEN 1000 + n %% 9000 ELSE 0 END, 0, 'en',
            CASE status WHEN 'succeeded' THEN at END, at, at
        FROM fresh RETURNING *
    )
    INSERT INTO payments_attempt (public_id, payment_id, connection_id, channel, method, flow,
        amount, currency, status, reference, next_url, next_qr, failure, failure_code, payer,
        amount_received, currency_received, surplus, fee_currency, expires_at, check_count,
        next_data, payer_id, decision, resolution, amount_applied,
        chosen_at, created_at, updated_at)
    SELECT 'a' || p.id, p.id, (SELECT min(id) FROM channels_connection),
        (ARRAY['stripe', 'alipay', 'wechatpay'])[1 + p.id %% 3],
        (ARRAY['card', 'alipay', 'wechatpay'])[1 + p.id %% 3], 'qr', p.amount, p.currency,
        p.status, '', '', '', '', '', '', CASE p.status WHEN 'succeeded' THEN p.amount END,
        p.currency, '', '', p.created_at, 0, '{}', '', '{}', '', 0,
        p.created_at, p.created_at, p.created_at
    FROM made p
"""


def _roll_up(database: psycopg.Connection) -> None:
    from sleek.reports import actions as reports

    reports.rebuild()
    database.execute("VACUUM ANALYZE")


def _look(database: psycopg.Connection) -> Seen:
    """The page and the naive aggregate in turns, after one view of each page for warmth."""
    from django.test import Client

    from sleek.merchants.models import Merchant, User

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get())
    merchant = Merchant.objects.earliest("pk")
    seen = Seen([], [], [])
    for number in range(len(PAGES) + VIEWS):
        page, queries = _view(client, PAGES[number % len(PAGES)])
        naive = _timed(lambda: database.execute(_NAIVE, [merchant.pk]).fetchall())
        if number >= len(PAGES):
            seen.page.append(page)
            seen.queries.append(queries)
            seen.naive.append(naive)
    return seen


def _view(client: Any, address: str) -> tuple[float, float]:
    """Milliseconds of the page, and of those the ones spent in queries."""
    from django.db import connection

    spent = 0.0

    def note(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal spent
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            spent += time.perf_counter() - started

    started = time.perf_counter()
    with connection.execute_wrapper(note):
        answer = client.get(address)
    if answer.status_code != 200 or b"data-plot" not in answer.content:
        raise SystemExit(f"{address} answers {answer.status_code}")
    return (time.perf_counter() - started) * 1000, spent * 1000


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


_NAIVE = """
    SELECT date_trunc('day', succeeded_at AT TIME ZONE 'Asia/Shanghai'), currency, sum(amount),
        count(*)
    FROM payments_payment
    WHERE merchant_id = %s AND status = 'succeeded' AND succeeded_at > now() - interval '30 days'
    GROUP BY 1, 2
"""


def _row(database: psycopg.Connection, query: str) -> tuple[Any, ...]:
    found = database.execute(query).fetchone()
    assert found is not None
    return found


def _figures(name: str, seen: Seen) -> dict[str, float]:
    return {
        f"queries_p50_ms_{name}": round(statistics.median(seen.queries), 1),
        f"queries_p95_ms_{name}": round(_p95(seen.queries), 1),
        f"page_p50_ms_{name}": round(statistics.median(seen.page), 1),
        f"page_p95_ms_{name}": round(_p95(seen.page), 1),
        f"naive_p50_ms_{name}": round(statistics.median(seen.naive), 1),
    }


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _ratio(one: list[float], other: list[float]) -> float:
    return round(statistics.median(one) / statistics.median(other), 3)


if __name__ == "__main__":
    main()
