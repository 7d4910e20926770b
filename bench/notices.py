"""How many notices a second does each channel take, and what does a paused database cost them?

The product itself runs: its web server, its worker, its embedded database with every commit on
disk. The simulated providers make real notices, signed by their own rules, which a load generator
delivers over 32 kept-alive connections; the answer means that the notice is on disk. In turns with
that, pgbench runs TPC-B (16 clients, prepared) on the same server: the machine's own measure. Then
the database's processes are stopped for two seconds while notices keep coming, 32 at a time with
20 ms between; each must be answered, if only by "come again". The last line says under which load
its figures were taken; what else keeps the machine busy shows in `load_…`, of its cores.

    .venv/bin/python bench/notices.py [--quick]
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

import ground
import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

sys.path.insert(0, str(Path(__file__).parents[1]))

CLIENTS = 32
PAUSE_S = 2.0
BETWEEN_S = 0.02
ASKED_P99_MS = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller, under two minutes")
    quick = parser.parse_args().quick
    payments, rounds, seconds = (20, 1, 5) if quick else (150, 3, 10)
    print(__doc__.split("\n\n")[1], "\n")
    load: dict[str, float] = {
        "clients": CLIENTS,
        "seconds_of_tpcb": seconds * rounds,
        "cores": os.cpu_count() or 1,
        "load_before": _load(),
    }
    with ground.server() as server:
        url = ground.migrated(server, "notices")
        tpcb = ground.TpcB(server, "tpcb")
        with _sandbox() as sandbox, _product(url) as port:
            letters = _letters(sandbox, port, payments)
            figures = _measure(letters, port, tpcb, rounds, seconds)
            pid = int((server.data / "postmaster.pid").read_text().split()[0])
            load["notices"] = sum(map(len, letters.values()))
            load["load_meanwhile"] = _load()
            figures |= _paused(letters, port, pid)
    print(
        "\nOne notice here is a verified HTTP request and a row on disk, its queue's row beside it."
    )
    print(json.dumps(load | figures))


def _load() -> float:
    """Processes that wanted a core, on average over the last minute."""
    return round(os.getloadavg()[0], 2)


def _measure(
    letters: dict[str, list[bytes]], port: int, tpcb: ground.TpcB, rounds: int, seconds: int
) -> dict[str, float]:
    rates: dict[str, list[float]] = {name: [] for name in letters}
    baseline = []
    for number in range(rounds):
        baseline.append(tpcb.run(seconds))
        for name, all_of_them in letters.items():
            share = all_of_them[number::rounds]  # each is new to us once
            start = time.perf_counter()
            _deliver(port, share)
            rates[name].append(len(share) / (time.perf_counter() - start))
        shown = " · ".join(f"{name} {each[-1]:,.0f}/s" for name, each in rates.items())
        print(f"round {number + 1}: TPC-B {baseline[-1]:,.0f}/s · {shown}", flush=True)
    figures = {f"{name}_per_s": round(statistics.median(each)) for name, each in rates.items()}
    slowest = min(figures.values())
    machine = statistics.median(baseline)
    return {
        **figures,
        "tpcb_per_s": round(machine),
        "ratio_slowest_channel_to_tpcb": round(slowest / machine, 3),
    }


def _paused(letters: dict[str, list[bytes]], port: int, postmaster: int) -> dict[str, float]:
    """The answers to what came while the database stood still."""
    endless = cycle([letter for all_of_them in letters.values() for letter in all_of_them])
    stopped = threading.Event()

    def pause() -> None:
        time.sleep(1)
        for pid in _with_children(postmaster):
            os.kill(pid, signal.SIGSTOP)
        stopped.set()
        time.sleep(PAUSE_S)
        for pid in _with_children(postmaster):
            os.kill(pid, signal.SIGCONT)
        stopped.clear()

    pausing = threading.Thread(target=pause)
    pausing.start()
    times, statuses = [], []
    while pausing.is_alive():
        was_stopped = stopped.is_set()
        answers = _deliver(port, list(islice(endless, CLIENTS)), may_wait=True)
        if was_stopped or stopped.is_set():
            times += [seconds for seconds, _ in answers]
            statuses += [status for _, status in answers]
        time.sleep(BETWEEN_S)
    pausing.join()
    p99 = sorted(times)[int(len(times) * 0.99)] * 1000
    told = sum(status == 503 for status in statuses)
    verdict = "held" if p99 < ASKED_P99_MS else "NOT held"
    print(
        f"paused for {PAUSE_S:.0f} s: {len(times)} answers, p99 {p99:.0f} ms"
        f" ({verdict}: under {ASKED_P99_MS} ms), {told} come again"
    )
    return {
        "paused_s": PAUSE_S,
        "paused_answers": len(times),
        "paused_told_to_come_again": told,
        "paused_answer_p99_ms": round(p99, 1),
        "paused_p99_asked_ms": ASKED_P99_MS,
        "paused_p99_is_held": p99 < ASKED_P99_MS,
        "ratio_paused_p99_to_asked": round(p99 / ASKED_P99_MS, 3),
    }


def _with_children(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def _letters(sandbox: httpx.Client, port: int, count: int) -> dict[str, list[bytes]]:
    """Payments are begun and paid at each provider; what it sends about them, as requests."""
    from django.conf import settings

    from tests.channels.faults.shop import OPENINGS, opened
    from tests.sandbox.conftest import Sandbox

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    world = Sandbox(str(sandbox.base_url).rstrip("/"), sandbox, Path(tempfile.gettempdir()))
    found: dict[str, list[bytes]] = {}
    for name in OPENINGS:
        with opened(name, world, key.decode()) as shop:
            settings.PUBLIC_URL = shop.letters.url.removesuffix("/callbacks/all/")
            for _ in range(count):
                shop.pay(shop.begin(shop.payment()))
            place = f"/callbacks/{name}/{shop.connection.public_id}/"
            found[name] = [_request(place, *letter) for letter in shop.post()]
        print(f"{name}: {len(found[name])} notices of {count} payments", flush=True)
    return found


def _request(place: str, headers: dict[str, str], body: bytes) -> bytes:
    kept = {k: v for k, v in headers.items() if k not in ("host", "connection", "accept-encoding")}
    lines = [f"{name}: {value}" for name, value in (kept | {"host": "127.0.0.1"}).items()]
    return ("\r\n".join([f"POST {place} HTTP/1.1", *lines]) + "\r\n\r\n").encode() + body


def _deliver(
    port: int, requests: list[bytes], *, may_wait: bool = False
) -> list[tuple[float, int]]:
    """Each on one of the connections as soon as that is free: how long its answer took, and what it
    said.
    """
    waiting = iter(requests)
    selector = selectors.DefaultSelector()
    for _ in range(min(CLIENTS, len(requests))):
        client = socket.create_connection(("127.0.0.1", port))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(next(waiting))
        selector.register(client, selectors.EVENT_READ, time.perf_counter())
    answers: list[tuple[float, int]] = []
    while len(answers) < len(requests):
        for key, _ in selector.select():
            client = key.fileobj  # type: ignore[assignment]
            status = int(client.recv(4096).split(b" ", 2)[1])
            if status >= 300 and not (may_wait and status == 503):
                raise SystemExit(f"refused with {status}")
            now = time.perf_counter()
            answers.append((now - key.data, status))
            following = next(waiting, None)
            if following is None:
                selector.unregister(client)
                client.close()
            else:
                client.sendall(following)
                selector.modify(client, selectors.EVENT_READ, now)
    return answers


@contextmanager
def _sandbox() -> Iterator[httpx.Client]:
    from tests.sandbox.conftest import start_sandbox, stop

    with tempfile.TemporaryDirectory(prefix="sleek-bench-sandbox-") as home:
        process, url = start_sandbox(Path(home))
        try:
            with httpx.Client(base_url=url, timeout=60) as client:
                yield client
        finally:
            stop(process)


@contextmanager
def _product(url: str) -> Iterator[int]:
    """Web server and worker, as `sleek up` runs them."""
    from sleek.config.processes import web

    port = ground.free_port()
    environment = ground.environment(url) | {
        "SLEEK_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SLEEK_LOG_LEVEL": "CRITICAL",  # what is told to come again is counted here
    }
    commands = [
        web.command("127.0.0.1", port, workers=1),
        [sys.executable, "-m", "sleek.config.worker"],
    ]
    running = [subprocess.Popen(command, env=environment) for command in commands]
    try:
        ground.wait_for_http(f"http://127.0.0.1:{port}/readyz")
        yield port
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


if __name__ == "__main__":
    main()
