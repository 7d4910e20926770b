"""How long does the server take for a payer's page, and for sending the payer on?

The product's web server runs, one process, on its embedded database. One client on a kept-alive
connection asks, in turns, for a link's page (with fields, terms, a quantity and an estimate), for
the smallest page that Django serves here (`/healthz`, through the same middleware), and sends the
form of a fresh link: the answer to that is the provider's address, which Alipay's channel signs
without asking anybody. Times are whole requests as the client sees them, on loopback.

    .venv/bin/python bench/checkout.py [--quick]
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import re
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import ground

ALIPAY = "con_bench"
BROWSER = {
    "Accept-Encoding": "gzip",
    "Accept-Language": "en-GB,en;q=0.9",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0.0.0",
}
WARM_UP = 20
BUDGET_MS = 15.0


class Payer:
    """A browser that keeps its connection, and nothing else."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.number = 0

    def time(
        self, method: str, path: str, body: str = "", **headers: str
    ) -> tuple[float, http.client.HTTPResponse, bytes]:
        """Milliseconds of one request, and its answer."""
        began = time.perf_counter()
        self.connection.request(method, path, body or None, BROWSER | headers)
        answer = self.connection.getresponse()
        content = answer.read()
        return (time.perf_counter() - began) * 1000, answer, content

    def pay(self, token: str) -> float:
        """Read the form, send it as another payer from another address; the time of the sending."""
        self.number += 1
        address = f"198.51.{self.number // 250}.{self.number % 250 + 1}"
        come_from = {"X-Forwarded-For": address, "Accept-Encoding": "identity"}
        _, page, content = self.time("GET", f"/p/{token}/", **come_from)
        cookies = "; ".join(
            header.partition(";")[0] for header in page.headers.get_all("Set-Cookie", [])
        )
        [key] = re.findall(rb'name="csrfmiddlewaretoken" value="([^"]+)"', content)
        form = {"csrfmiddlewaretoken": key.decode(), "offer": f"{ALIPAY}.alipay.redirect"}
        took, answer, content = self.time(
            "POST",
            f"/p/{token}/",
            urlencode(form),
            Cookie=cookies,
            **come_from,
            **{"Content-Type": "application/x-www-form-urlencoded"},
        )
        if answer.status != 303 or "alipay" not in answer.headers["Location"]:
            raise SystemExit(f"not sent on: {answer.status} {content[:300]!r}")
        return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer requests, under a minute")
    count = 80 if parser.parse_args().quick else 1000
    print((__doc__ or "").split("\n\n")[1], "\n")
    with ground.server() as server:
        url = ground.migrated(server, "checkout")
        page, links = _prepare(count + WARM_UP)
        with _web(url) as port:
            times = _run(port, page, links)
    page_ms, trivial_ms, pay_ms = (statistics.median(each) for each in times)
    p95_ms = sorted(times[0])[int(len(times[0]) * 0.95)]
    print(f"the page: p50 {page_ms:.1f} ms, p95 {p95_ms:.1f} ms, budget {BUDGET_MS} ms")
    print(f"the smallest page: p50 {trivial_ms:.1f} ms · sending the form: p50 {pay_ms:.1f} ms")
    figures = {
        "page_p50_ms": round(page_ms, 2),
        "page_p95_ms": round(p95_ms, 2),
        "pay_p50_ms": round(pay_ms, 2),
        "trivial_p50_ms": round(trivial_ms, 2),
        "ratio_page_to_trivial": round(page_ms / trivial_ms, 2),
        "ratio_pay_to_trivial": round(pay_ms / trivial_ms, 2),
        "is_within_budget": page_ms <= BUDGET_MS,
    }
    print(json.dumps(figures))


def _run(port: int, page: str, links: list[str]) -> tuple[list[float], list[float], list[float]]:
    payer = Payer(port)
    times: tuple[list[float], list[float], list[float]] = ([], [], [])
    for link in links:
        took, answer, _content = payer.time("GET", f"/p/{page}/")
        if answer.status != 200:
            raise SystemExit(f"no page: {answer.status}")
        for kept, value in zip(
            times, (took, payer.time("GET", "/healthz")[0], payer.pay(link)), strict=True
        ):
            kept.append(value)
    return times[0][WARM_UP:], times[1][WARM_UP:], times[2][WARM_UP:]


@contextmanager
def _web(url: str) -> Iterator[int]:
    from sleek.config.processes import web

    port = ground.free_port()
    environment = ground.environment(url) | {
        "SLEEK_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SLEEK_TRUSTED_PROXIES": "1",
    }
    running = subprocess.Popen(web.command("127.0.0.1", port, workers=1), env=environment)
    try:
        ground.wait_for_http(f"http://127.0.0.1:{port}/healthz")
        yield port
    finally:
        running.terminate()
        running.wait()


def _prepare(count: int) -> tuple[str, list[str]]:
    """A merchant with Alipay; one link with all that a page can have, and many to be paid once."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    from sleek.channels.models import Connection
    from sleek.core.money import Money
    from sleek.links import actions as links
    from sleek.links.actions import Limits, Look
    from sleek.links.rules import AmountKind, Ask, Field, FieldKey
    from sleek.merchants import actions as merchants
    from sleek.merchants.actions import Profile
    from sleek.merchants.models import User

    der, key = serialization.Encoding.DER, rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(der, serialization.PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(
        der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    owner = User.objects.create_user("bench@example.com")
    shop = merchants.create_merchant(owner, Profile("Bench", "CN", "CNY", "Asia/Shanghai", "en"))
    alipay = Connection(
        public_id=ALIPAY, merchant=shop, channel="alipay", name="bench", methods=["alipay"]
    )
    alipay.seal(
        {
            "app_id": "2021000000000001",
            "seller_id": "2088000000000001",
            "alipay_public_key": base64.b64encode(public).decode(),
            "app_private_key": base64.b64encode(private).decode(),
        }
    )
    alipay.save()
    merchants.write_terms(shop, "Kiln time is four weeks. " * 40, by=owner)
    fields = [Field(key, key == FieldKey.NAME) for key in list(FieldKey)[:6]]
    page = links.create(
        shop,
        Ask(AmountKind.QUANTITY, "CNY", amount=2000, quantity_max=50),
        "Vase no. 3",
        by=owner,
        limits=Limits(is_reusable=True, pieces=1000),
        look=Look(description="Celadon. " * 50, fields=fields, asks_terms=True),
    )
    ask = Ask.fixed(Money(5000, "CNY"))
    return page.token, [links.create(shop, ask, "Sample fee", by=owner).token for _ in range(count)]


if __name__ == "__main__":
    main()
