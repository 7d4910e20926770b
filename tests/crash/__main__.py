"""Start everything, let people pay, kill what runs, and look at the books."""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg

from tests.crash.checker import flaws
from tests.crash.payers import TOKEN, Left, Payer
from tests.installation import Installation

AT_ONCE = 8
VICTIMS = ("web", "worker", "postgres")
PAUSES_S = (0.5, 4.0)  # from being whole again to the next kill, at random
QUIET_WITHIN_S = 180.0
THREE_DAYS_S = 72 * 3600


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=150)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    order = parser.parse_args()
    print(f"seed {order.seed}: {order.payments} payments", flush=True)
    home = Path(tempfile.mkdtemp(prefix="sleek-crash-"))
    home.chmod(0o755)
    installation = Installation(home)
    installation.settings = {"SLEEK_TRUSTED_PROXIES": "1", "SLEEK_NOTICE_PATIENCE_S": "0.25"}
    installation.start()
    try:
        found = _play(installation, order.payments, order.seed)
    finally:
        installation.stop()
    for flaw in found:
        print(f"FLAW {flaw}")
    if not found:
        shutil.rmtree(home, ignore_errors=True)
        print("Nothing lost, nothing doubled, nothing left undecided.")
    else:
        print(f"What is left to look at: {home}")
    return 1 if found else 0


def _play(installation: Installation, count: int, seed: int) -> list[str]:
    demo = json.loads((installation.home / "demo.json").read_text())
    sandbox = httpx.Client(base_url=demo["sandbox"], timeout=60)
    with sandbox, psycopg.connect(demo["database_url"], autocommit=True) as database:
        link = _link(demo)
        first = _newest(database)
        started = time.monotonic()
        ended = _pay_while_things_die(installation, demo, link, count, seed)
        print(f"{dict(ended)} in {time.monotonic() - started:.0f} s", flush=True)
    with sandbox_of(demo) as sandbox:
        return _reckon(demo, sandbox, first)


def sandbox_of(demo: dict[str, str]) -> httpx.Client:
    return httpx.Client(base_url=demo["sandbox"], timeout=120)


def _link(demo: dict[str, dict[str, str]]) -> str:
    """A reusable link of Lin's, for as many as come."""
    with httpx.Client(base_url=str(demo["web"]), follow_redirects=True, timeout=30) as office:
        form = {"login": demo["merchant"]["email"], "password": demo["merchant"]["password"]}
        office.post("/account/log-in", data=form | _token(office.get("/account/log-in")))
        page = office.get("/links/new")
        wish = {"amount": "50", "currency": "CNY", "reason": "Crash", "use": "reusable"}
        made = office.post("/links/new", data=wish | _token(page))
        address: str
        [address] = set(re.findall(rf"{demo['web']}/p/\w+/", made.text))
        return address


def _token(page: httpx.Response) -> dict[str, str]:
    found = TOKEN.search(page.text)
    assert found, page.text
    return {"csrfmiddlewaretoken": found[1]}


def _newest(database: psycopg.Connection) -> int:
    row = database.execute("SELECT coalesce(max(id), 0) FROM payments_payment").fetchone()
    assert row
    return int(row[0])


def _pay_while_things_die(
    installation: Installation, demo: dict[str, str], link: str, count: int, seed: int
) -> Counter[str]:
    over = threading.Event()
    killer = threading.Thread(target=_kill, args=(installation, random.Random(seed), over))
    killer.start()
    with sandbox_of(demo) as sandbox, ThreadPoolExecutor(AT_ONCE) as pool:

        def one(number: int) -> str:
            chance = random.Random(f"{seed} {number}")
            try:
                return Payer(number, chance, link, sandbox, demo["database_url"]).go()
            except Left:
                return "gave up"
            except (httpx.HTTPError, psycopg.Error):
                return "cut off"

        ended = Counter(pool.map(one, range(1, count + 1)))
    over.set()
    killer.join()
    return ended


def _kill(installation: Installation, chance: random.Random, over: threading.Event) -> None:
    """Only what this installation runs, by its process id."""
    killed: Counter[str] = Counter()
    while not over.wait(chance.uniform(*PAUSES_S)):
        running = installation.processes()
        if not running.keys() >= set(VICTIMS) or not installation.is_ready():
            continue  # what is down already says nothing more when it is killed again
        name = chance.choice(VICTIMS)
        os.kill(running[name], signal.SIGKILL)
        killed[name] += 1
    print(f"killed: {dict(killed)}", flush=True)


def _reckon(demo: dict[str, str], sandbox: httpx.Client, first: int) -> list[str]:
    """Providers repeat what was not taken; the janitor asks; then nothing may be left."""
    give_up_at = time.monotonic() + QUIET_WITHIN_S
    found = ["it was never looked at"]
    while found and time.monotonic() < give_up_at:
        try:
            sandbox.post("/control/flush", json={"ahead_s": THREE_DAYS_S / 12})
            with psycopg.connect(demo["database_url"], autocommit=True) as database:
                found = flaws(database, sandbox, first)
        except (psycopg.Error, httpx.HTTPError) as error:
            found = [f"no look at the books: {error}"]
        if found:
            time.sleep(2)
    return found


if __name__ == "__main__":
    sys.exit(main())
