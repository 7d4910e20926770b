"""How fast does the ledger post, and does it stay so as it grows?

Sixteen clients, each a process with a connection of its own, call `ledger_post` and commit, every
commit on disk: one payment a commit and fifty a commit, all for one merchant and spread over a
thousand. In turns with that, pgbench runs TPC-B (16 clients, prepared) on the same server: the
machine's own measure.

Then the ledger is filled, and copies are kept on the way (10 thousand, 1 million and 5 million
payments), so that one client can post to each of them, ask balances and read statements in turns.
How the cost grows is what the largest costs over what the smallest costs; the wait for the disk,
which knows no size, is left out there.

    .venv/bin/python bench/ledger.py [--quick]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import ground
import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from sleek.config.embedded_postgres import SUPERUSER, Server

CLIENTS = 16
BATCH = 50
MERCHANTS = 1000
# One of the thousand has a fifth of all payments: hers is the long account that is read.
BIG = 1
FILLERS = 2
FILL_BATCH = 1000
WARM_UP = 5
FORK = multiprocessing.get_context("fork")
Pick = Callable[[random.Random], int]


@dataclass(frozen=True)
class Plan:
    rounds: int
    tpcb_s: int
    calls: int  # by each client, of one payment
    batches: int  # by each client, of fifty
    sizes: tuple[int, ...]
    probes: int  # of each sort, for each size and round


@dataclass(frozen=True)
class Course:
    """What each client does: so many calls of so many payments, for merchants so picked."""

    calls: int
    size: int
    pick: Pick


QUICK = Plan(2, 2, 60, 6, (2_000, 20_000, 60_000), 30)
FULL = Plan(7, 10, 500, 50, (10_000, 1_000_000, 5_000_000), 200)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller, under a minute")
    plan = QUICK if parser.parse_args().quick else FULL
    print((__doc__ or "").split("\n\n    ")[0], "\n", flush=True)
    with ground.server() as server:
        url = ground.migrated(server, "ledger")
        _make_merchants(url)
        figures = _race(plan, url, ground.TpcB(server, "tpcb"))
        url = ground.migrated(server, "growing")
        _make_merchants(url)
        figures |= _grow(plan, server)
    print(json.dumps(figures))


def _make_merchants(url: str) -> None:
    """Under the keys 1 to 1000. The ledger looks at nothing but the key."""
    with psycopg.connect(url) as database:
        database.execute(
            """INSERT INTO merchants_merchant (id, public_id, name, legal_name, credit_code,
                   tax_number, address, phone, country, default_currency, time_zone, language,
                   bank_holder, bank_name, bank_account, bank_code, font, created_at)
               SELECT n, 'mer_' || n, n, '', '', '', '', '', 'CN', 'USD', 'UTC', 'en',
                   '', '', '', '', 'sans', now()
               FROM generate_series(1, %s) AS n""",
            [MERCHANTS],
        )


def _one(chance: random.Random) -> int:
    return BIG


def _any(chance: random.Random) -> int:
    return chance.randint(1, MERCHANTS)


def _payments(chance: random.Random, size: int, pick: Pick) -> list[Any]:
    from sleek.core import clock, ids
    from sleek.core.money import Money
    from sleek.ledger.actions import Entry
    from sleek.ledger.recipes import payment_succeeded

    moment = clock.now()
    return [
        Entry(
            pick(chance),
            "payment_succeeded",
            ids.new("att"),
            payment_succeeded("alipay", Money(chance.randint(100, 99_999), "CNY")),
            moment,
        )
        for _ in range(size)
    ]


# --- beside TPC-B ---------------------------------------------------------------------------------


def _race(plan: Plan, url: str, tpcb: ground.TpcB) -> dict[str, float]:
    courses = {
        "single_one_merchant": Course(plan.calls, 1, _one),
        "single_1000_merchants": Course(plan.calls, 1, _any),
        "batch50_one_merchant": Course(plan.batches, BATCH, _one),
        "batch50_1000_merchants": Course(plan.batches, BATCH, _any),
    }
    rates: dict[str, list[float]] = {name: [] for name in courses}
    measure: list[float] = []
    for number in range(plan.rounds):
        measure.append(tpcb.run(plan.tpcb_s))
        for name, course in courses.items():
            rates[name].append(_post_from_all(url, course))
        told = " · ".join(f"{name} {found[-1]:,.0f}/s" for name, found in rates.items())
        print(f"round {number + 1}: TPC-B {measure[-1]:,.0f}/s · {told}", flush=True)
    figures = {"tpcb_per_s": round(statistics.median(measure))}
    figures |= {f"{name}_per_s": round(statistics.median(rates[name])) for name in rates}
    return figures | {
        f"ratio_{name}_to_tpcb": _median_ratio(rates[name], measure) for name in rates
    }


def _median_ratio(ours: list[float], theirs: list[float]) -> float:
    """Of what ran in the same round, so that a slow minute of the machine slows both."""
    return round(statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), 2)


def _post_from_all(url: str, course: Course) -> float:
    """Payments a second, from the first client's start to the last one's end."""
    ready, done = FORK.Barrier(CLIENTS), FORK.SimpleQueue()
    seeds = [random.randrange(2**60) for _ in range(CLIENTS)]
    clients = [
        FORK.Process(target=_client, args=(url, course, seed, ready, done)) for seed in seeds
    ]
    for client in clients:
        client.start()
    times = [done.get() for _ in clients]
    for client in clients:
        client.join()
    took: float = max(end for _, end in times) - min(start for start, _ in times)
    return CLIENTS * course.calls * course.size / took


def _client(url: str, course: Course, seed: int, ready: Any, done: Any) -> None:
    from sleek.ledger.actions import POST, parameters

    chance = random.Random(seed)
    work = [
        [str(value).encode() for value in parameters(_payments(chance, course.size, course.pick))]
        for _ in range(WARM_UP + course.calls)
    ]
    numbers = iter(range(1, 100))
    statement = re.sub("%s", lambda _: f"${next(numbers)}", POST).encode()
    with psycopg.connect(url, autocommit=True) as database:
        # Below psycopg's cursors: a client as thin as pgbench, since both share the server's cores.
        libpq = database.pgconn
        libpq.prepare(b"post", statement)
        for each in work[:WARM_UP]:
            _check(libpq.exec_prepared(b"post", each))
        ready.wait()
        start = time.monotonic()
        for each in work[WARM_UP:]:
            _check(libpq.exec_prepared(b"post", each))
        done.put((start, time.monotonic()))


def _check(result: PGresult) -> None:
    if result.status != ExecStatus.TUPLES_OK:
        raise SystemExit(result.error_message.decode())


# --- growth ---------------------------------------------------------------------------------------


def _grow(plan: Plan, server: Server) -> dict[str, float]:
    names = []
    filled = MERCHANTS
    _post_to_everybody(server.url("growing"))
    for size in plan.sizes:
        start = time.monotonic()
        _fill(server.url("growing"), size - filled)
        names.append(f"ledger_{size}")
        _copy(server, names[-1])
        took = time.monotonic() - start
        print(f"{size:,} payments ({(size - filled) / took:,.0f}/s filled and copied)", flush=True)
        filled = size
    costs = _probe_in_turns(plan, names)
    figures: dict[str, float] = {}
    for probe, by_name in costs.items():
        first, last = by_name[names[0]], by_name[names[-1]]
        cost = [round(statistics.median(by_name[name])) for name in names]
        growth = _median_ratio(last, first)
        print(f"{probe}: {' · '.join(f'{us:,} µs' for us in cost)} · grows × {growth}", flush=True)
        figures |= {f"{probe}_us": cost[-1], f"ratio_{probe}_growth": growth}
    start = time.monotonic()
    flaws = _verify()
    print(f"verify over all of it: {flaws or 'whole'}", flush=True)
    return figures | {"verify_s": round(time.monotonic() - start, 1)}


def _post_to_everybody(url: str) -> None:
    """One payment each, so that no probe opens an account or is the first since the checkpoint to
    write to a merchant's pages, which then go to the log whole: it is size that is compared.
    """
    from sleek.ledger.actions import POST, parameters

    merchants = iter(range(1, MERCHANTS + 1))
    with psycopg.connect(url, autocommit=True) as database:
        payments = _payments(random.Random(), MERCHANTS, lambda chance: next(merchants))
        database.execute(POST, parameters(payments))


def _fill(url: str, payments: int) -> None:
    share = payments // FILLERS
    seeds = [random.randrange(2**60) for _ in range(FILLERS)]
    fillers = [FORK.Process(target=_filler, args=(url, share, seed)) for seed in seeds]
    for filler in fillers:
        filler.start()
    for filler in fillers:
        filler.join()
        if filler.exitcode:
            raise SystemExit("the filling failed")


def _filler(url: str, payments: int, seed: int) -> None:
    """In large batches, not waiting for the disk: a fifth for the big merchant, else for twenty."""
    from sleek.ledger.actions import POST, parameters

    chance = random.Random(seed)
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("SET synchronous_commit = off")
        for number in range(0, payments, FILL_BATCH):
            size = min(FILL_BATCH, payments - number)
            first = chance.randrange(2, MERCHANTS - 18)
            near = _one if number // FILL_BATCH % 5 == 0 else partial(_near, first)
            database.execute(POST, parameters(_payments(chance, size, near)), prepare=True)


def _near(first: int, chance: random.Random) -> int:
    return first + chance.randrange(20)


def _copy(server: Server, name: str) -> None:
    """What has been filled so far, at rest, for the probes."""
    with psycopg.connect(server.url("growing")) as database:
        database.autocommit = True
        database.execute("VACUUM ANALYZE ledger_account")
        database.execute("VACUUM ANALYZE ledger_journalentry")
        database.execute("VACUUM ANALYZE ledger_posting")
    with psycopg.connect(server.url("postgres", user=SUPERUSER), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" OWNER sleek TEMPLATE growing STRATEGY FILE_COPY')
        admin.execute("CHECKPOINT")
    _post_to_everybody(server.url(name))


def _probe_in_turns(plan: Plan, names: list[str]) -> dict[str, dict[str, list[float]]]:
    """The median cost in µs of each probe, on each copy, for each round; call by call in turns."""
    copies = {name: _Copy(name) for name in names}
    costs: dict[str, dict[str, list[float]]] = {
        probe: {name: [] for name in names} for probe in copies[names[0]].probes
    }
    for _ in range(plan.rounds):
        for probe, by_name in costs.items():
            taken: dict[str, list[float]] = {name: [] for name in names}
            for _ in range(plan.probes):
                for name, copy in copies.items():
                    taken[name].append(copy.time(probe))
            for name in names:
                by_name[name].append(statistics.median(taken[name]) * 1e6)
    return costs


class _Copy:
    """A database that takes the place of this process's own while it is asked."""

    def __init__(self, name: str) -> None:
        from django.db import connections

        connections.settings[name] = connections.settings["default"] | {"NAME": name}
        self._connection = connections[name]
        self._step_in()
        with self._connection.cursor() as cursor:
            # The disk takes the same time whatever the size, and would hide what grows.
            cursor.execute("SET synchronous_commit = off")
        self.probes = _probes()
        for probe in self.probes:
            for _ in range(10):
                self.time(probe)

    def time(self, probe: str) -> float:
        self._step_in()
        start = time.perf_counter()
        self.probes[probe]()
        return time.perf_counter() - start

    def _step_in(self) -> None:
        from django.db import connections

        connections["default"] = self._connection


def _probes() -> dict[str, Callable[[], object]]:
    from django.db.models import Max, Min

    from sleek.ledger import actions as ledger
    from sleek.ledger import queries
    from sleek.ledger.models import Account, Posting

    chance = random.Random()
    account = Account.objects.get(merchant_id=BIG, code="in_transit", currency="CNY")
    times = Posting.objects.filter(account=account).aggregate(Min("posted_at"), Max("posted_at"))
    first, last = times["posted_at__min"], times["posted_at__max"]
    key = (BIG, "in_transit", "CNY")
    return {
        "post": lambda: ledger.post(_payments(chance, 1, _any)),
        "post_big": lambda: ledger.post(_payments(chance, 1, _one)),
        "balance": lambda: queries.balance(*key),
        "balance_at": lambda: queries.balance_at(*key, first + (last - first) * chance.random()),
        "statement": lambda: queries.statement(account),
        "statement_deep": lambda: queries.statement(
            account, before=chance.randint(queries.PAGE, account.sequence)
        ),
    }


def _verify() -> list[str]:
    from sleek.ledger import queries

    return [str(flaw) for flaw in queries.verify()]


if __name__ == "__main__":
    main()
