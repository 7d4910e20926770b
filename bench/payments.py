"""How fast are payments captured, from a provider's notice over HTTP to ledger and event, durable?

The product itself runs: its web server, its worker, its embedded database with every commit on
disk. A load generator delivers signed Alipay notices over 64 kept-alive connections, each for
another payment, and the clock stops when the last payment has succeeded with its postings and its
event. In turns with that, pgbench runs TPC-B (16 clients, prepared) on the same server: the
machine's own measure.

    .venv/bin/python bench/payments.py [--quick]
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import resource
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import ground
import psycopg
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENTS = 64
MERCHANTS = 100
APP, SELLER, ALIPAY = "2021000000000001", "2088000000000001", "con_bench"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class Run:
    """One burst of notices: how many a second went all the way, and how many a second were
    answered.
    """

    captured: float
    answered: float
    p99_ms: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller, under a minute")
    quick = parser.parse_args().quick
    rounds, size, seconds = (2, 6_000, 5) if quick else (5, 15_000, 10)
    print(__doc__.split("\n\n")[1], "\n")
    with ground.server() as server:
        url = ground.migrated(server, "payments")
        tpcb = ground.TpcB(server, "tpcb")
        with psycopg.connect(url, autocommit=True) as database, _product(url) as port:
            _prepare(database, rounds * size)
            runs, baseline = [], []
            for number in range(rounds):
                baseline.append(tpcb.run(seconds))
                runs.append(_burst(database, port, number * size, size))
                print(
                    f"round {number + 1}: TPC-B {baseline[-1]:,.0f}/s · answered "
                    f"{runs[-1].answered:,.0f}/s (p99 {runs[-1].p99_ms:.0f} ms) · "
                    f"captured {runs[-1].captured:,.0f}/s",
                    flush=True,
                )
            _prove(database, rounds * size)
    captured = statistics.median(run.captured for run in runs)
    median_baseline = statistics.median(baseline)
    figures = {
        "payments_per_s": round(captured),
        "answered_per_s": round(statistics.median(run.answered for run in runs)),
        "answer_p99_ms": round(statistics.median(run.p99_ms for run in runs), 1),
        "tpcb_per_s": round(median_baseline),
        "ratio_payments_to_tpcb": round(captured / median_baseline, 3),
    }
    print(
        "\nOne payment here is a verified HTTP request, a stored notice, four rows in the ledger,"
    )
    print("two rows changed and an event; one TPC-B transaction is three updates and an insert.")
    print(json.dumps(figures))


@contextmanager
def _product(url: str) -> Iterator[int]:
    """Web server and worker, as `sleek up` runs them."""
    from sleek.config.processes import web

    port = ground.free_port()
    environment = ground.environment(url) | {"SLEEK_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    commands = [
        web.command("127.0.0.1", port, workers=1),
        [sys.executable, "-m", "sleek.config.worker"],
    ]
    running = [subprocess.Popen(command, env=environment) for command in commands]
    try:
        ground.wait_for_http(f"http://127.0.0.1:{port}/readyz")
        yield port
        for process in running:
            _print_processor_time(process)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def _print_processor_time(process: subprocess.Popen[bytes]) -> None:
    """Of a process and its children, so that it shows where the time goes."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    ticks = 0
    for pid in [str(process.pid), *children]:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    seconds = ticks / os.sysconf("SC_CLK_TCK")
    print(f"{process.args[2]}: {seconds:.1f} s of processor time")  # type: ignore[index]


def _prepare(database: psycopg.Connection, count: int) -> None:
    """Merchants, one connection for Alipay, and `count` payments at its cashier."""
    from sleek.channels.models import Connection

    der = serialization.Encoding.DER
    public = KEY.public_key().public_bytes(der, serialization.PublicFormat.SubjectPublicKeyInfo)
    private = KEY.private_bytes(
        der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    alipay = Connection(public_id=ALIPAY, channel="alipay", name="bench", methods=["alipay"])
    alipay.seal(
        {
            "app_id": APP,
            "seller_id": SELLER,
            "alipay_public_key": base64.b64encode(public).decode(),
            "app_private_key": base64.b64encode(private).decode(),
        }
    )
    alipay.save()
    database.execute(_MERCHANTS, [MERCHANTS])
    database.execute(_PAYMENTS, [MERCHANTS, count])
    database.execute("VACUUM ANALYZE payments_payment, payments_attempt")


_MERCHANTS = """
    INSERT INTO merchants_merchant (public_id, name, legal_name, credit_code, tax_number, address,
        phone, country, default_currency, time_zone, language, bank_holder, bank_name,
        bank_account, bank_code, font, created_at)
    SELECT 'mer_' || n, 'Merchant ' || n, '', '', '', '',
        '', 'CN', 'CNY', 'UTC', 'en', '', '', '', '', 'sans', now()
    FROM generate_series(1, %s) n
"""
_PAYMENTS = """
    WITH made AS (
        INSERT INTO payments_payment (public_id, merchant_id, amount, currency, description,
            status, has_hold, amount_paid, amount_refunded, language, created_at, updated_at)
        SELECT 'pay_bench_' || n, (SELECT min(id) FROM merchants_merchant) + n %% %s,
            1000 + n %% 9000, 'CNY', 'Sample fee', 'processing', false, 0, 0, 'en', now(), now()
        FROM generate_series(0, %s - 1) n RETURNING id, public_id, amount
    )
    INSERT INTO payments_attempt (public_id, payment_id, connection_id, channel, method, flow,
        amount, currency, status, reference, next_url, next_qr, failure, failure_code, payer,
        currency_received, surplus, fee_currency, expires_at, check_at, check_count,
        next_data, payer_id, decision, resolution, amount_applied,
        chosen_at, created_at, updated_at)
    SELECT replace(public_id, 'pay', 'att'), id, (SELECT id FROM channels_connection), 'alipay',
        'alipay', 'redirect', amount, 'CNY', 'requires_action', '', 'https://openapi.alipay.com/',
        '', '', '', '', '', '', '', now() + interval '1 hour', now() + interval '1 hour', 0,
        '{}', '', '{}', '', 0, now(), now(), now()
    FROM made
"""


def _notice(number: int) -> bytes:
    """A paid trade as Alipay tells it, signed with RSA2."""
    amount = f"{(1000 + number % 9000) / 100:.2f}"
    fields = {
        "app_id": APP,
        "auth_app_id": APP,
        "buyer_id": "2088102116773037",
        "buyer_pay_amount": amount,
        "charset": "utf-8",
        "fund_bill_list": f'[{{"amount":"{amount}","fundChannel":"ALIPAYACCOUNT"}}]',
        "gmt_create": "2026-03-02 16:59:40",
        "gmt_payment": "2026-03-02 16:59:59",
        "invoice_amount": amount,
        "notify_id": f"{number:034d}",
        "notify_time": "2026-03-02 17:00:00",
        "notify_type": "trade_status_sync",
        "out_trade_no": f"att_bench_{number}",
        "point_amount": "0.00",
        "receipt_amount": amount,
        "seller_id": SELLER,
        "subject": "Sample fee",
        "total_amount": amount,
        "trade_no": f"2026{number:024d}",
        "trade_status": "TRADE_SUCCESS",
        "version": "1.0",
    }
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    signature = KEY.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    signed = fields | {"sign": base64.b64encode(signature).decode(), "sign_type": "RSA2"}
    body = urlencode(signed).encode()
    head = (
        f"POST /callbacks/alipay/{ALIPAY}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _burst(database: psycopg.Connection, port: int, first: int, size: int) -> Run:
    requests = [_notice(number) for number in range(first, first + size)]
    start = time.perf_counter()
    times = _deliver(port, requests)
    answered = time.perf_counter()
    _wait_until_captured(database, first + size)
    captured = time.perf_counter()
    p99 = sorted(times)[int(len(times) * 0.99)] * 1000
    return Run(size / (captured - start), size / (answered - start), p99)


def _deliver(port: int, requests: list[bytes]) -> list[float]:
    """Send each request on one of the connections as soon as that is free.

    The time of each answer.
    """
    waiting = iter(requests)
    selector = selectors.DefaultSelector()
    for _ in range(min(CLIENTS, len(requests))):
        client = socket.create_connection(("127.0.0.1", port))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(next(waiting))
        selector.register(client, selectors.EVENT_READ, time.perf_counter())
    times: list[float] = []
    while len(times) < len(requests):
        for key, _ in selector.select():
            client = key.fileobj  # type: ignore[assignment]
            answer = client.recv(4096)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"refused: {answer[:200]!r}")
            now = time.perf_counter()
            times.append(now - key.data)
            following = next(waiting, None)
            if following is None:
                selector.unregister(client)
                client.close()
            else:
                client.sendall(following)
                selector.modify(client, selectors.EVENT_READ, now)
    return times


def _wait_until_captured(database: psycopg.Connection, count: int) -> None:
    query = "SELECT count(*) FROM events_event WHERE kind = 'payment.succeeded'"
    while database.execute(query).fetchone() != (count,):
        time.sleep(0.02)


def _prove(database: psycopg.Connection, count: int) -> None:
    """All of it is there: each payment succeeded, each in the ledger once, the books whole."""
    from sleek.ledger.queries import verify

    succeeded = database.execute(
        "SELECT count(*), sum(amount) FROM payments_payment WHERE status = 'succeeded'"
    ).fetchone()
    posted = database.execute(
        "SELECT count(*), sum(balance) FROM ledger_account WHERE code = 'in_transit'"
    ).fetchone()
    if succeeded is None or posted is None or succeeded[0] != count or succeeded[1] != posted[1]:
        raise SystemExit(f"not whole: {succeeded} {posted}")
    if flaws := verify():
        raise SystemExit(f"the books are off: {flaws[0]}")


if __name__ == "__main__":
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    )
    main()
