"""Notices on their way to merchants, with each provider's schedule of retries.

One lane per address sends in order, so a merchant that hangs delays nobody else. A notice
is rendered anew for each attempt: its time and signature are those of the sending.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.journal import Entry, Journal
from sandbox.store import Store
from sandbox.timers import Timers

logger = logging.getLogger("sandbox.deliveries")

SEND_TIMEOUT_S = 10.0
IDLE_WAIT_S = 1.0
REPLY_KEPT_CHARS = 500
LANES_AT_MOST = 16
DUPLICATE_COPIES = 2
DELAY_S = 60.0


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for one address, before anything has gone wrong with it."""

    account: str
    provider: str
    url: str
    event: str
    reference: str
    payload: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    id: int
    notice: Notice
    is_spoilt: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What the merchant answered; status 0 when it did not."""

    status: int
    text: str


class Wire(Protocol):
    """How a provider sends: its retries, its signature, and what it takes for a yes."""

    retry_after_s: tuple[float, ...]

    def render(self, delivery: Delivery) -> tuple[Mapping[str, str], bytes]: ...
    def accepts(self, reply: Reply) -> bool: ...
    def spoil(self, notice: Notice, fault: Fault) -> str: ...
    def is_wanted(self, delivery: Delivery) -> bool: ...


class Deliveries:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        faults: Faults,
        journal: Journal,
        timers: Timers,
    ) -> None:
        self._store = store
        self._clock = clock
        self._faults = faults
        self._journal = journal
        self._timers = timers
        self._wires: dict[str, Wire] = {}
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._client: httpx.AsyncClient | None = None

    def speak(self, provider: str, wire: Wire) -> None:
        self._wires[provider] = wire

    def enqueue(self, notice: Notice) -> None:
        """Put a notice on its way, after the faults ordered for it have had their turn."""
        faults = self._faults.for_notice(notice.provider, notice.event, notice.reference)
        wire = self._wires[notice.provider]
        payload = notice.payload
        for kind in ("wrong_amount", "wrong_currency", "wrong_account"):
            if kind in faults:
                payload = wire.spoil(_with_payload(notice, payload), faults[kind])
        copies, state, due = 1, "waiting", self._clock.tick()
        if "duplicate" in faults:
            copies = int(faults["duplicate"].number("copies", DUPLICATE_COPIES))
        if "delay" in faults:
            due += faults["delay"].number("seconds", DELAY_S)
        if "reorder" in faults:
            state = "held"
        if "lose" in faults:
            state = "lost"
        final = _with_payload(notice, payload)
        for _ in range(copies):
            self._insert(final, state, due, is_spoilt="wrong_signature" in faults)
        self.wake()

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Fire timers and send what is due, for as long as the program lives."""
        async with httpx.AsyncClient(timeout=SEND_TIMEOUT_S, trust_env=False) as client:
            self._client = client
            while True:
                self._wake.clear()
                self._timers.fire_due()
                self._start_lanes()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self._seconds_to_next())

    async def flush(self) -> int:
        """Send everything that is due or held; returns how many attempts were made."""
        before = self._attempts()
        while True:
            self._timers.fire_due()
            self._start_lanes()
            if self._lanes:
                await asyncio.gather(*self._lanes.values())
            elif not self._release_held():
                return self._attempts() - before

    def waiting_count(self) -> int:
        sql = "SELECT COUNT(*) AS n FROM deliveries WHERE state IN ('waiting', 'held')"
        return int(self._store.rows(sql)[0]["n"])

    def _start_lanes(self) -> None:
        rows = self._store.rows(
            "SELECT DISTINCT url FROM deliveries WHERE state = 'waiting' AND due <= ?",
            self._clock.tick(),
        )
        for row in rows:
            if row["url"] not in self._lanes and len(self._lanes) < LANES_AT_MOST:
                self._lanes[row["url"]] = asyncio.create_task(self._lane(row["url"]))

    async def _lane(self, url: str) -> None:
        try:
            while delivery := self._next_due(url):
                await self._attempt(delivery)
        finally:
            del self._lanes[url]
            self.wake()

    def _next_due(self, url: str) -> Delivery | None:
        rows = self._store.rows(
            "SELECT * FROM deliveries WHERE state = 'waiting' AND url = ? AND due <= ?"
            " ORDER BY due, id LIMIT 1",
            url,
            self._clock.tick(),
        )
        return _delivery(rows[0]) if rows else None

    async def _attempt(self, delivery: Delivery) -> None:
        wire = self._wires[delivery.notice.provider]
        if not wire.is_wanted(delivery):
            self._settle(delivery, "dropped", Reply(0, "the endpoint was deleted"))
            return
        headers, body = wire.render(delivery)
        reply = await self._post(delivery.notice.url, headers, body)
        if wire.accepts(reply):
            self._settle(delivery, "delivered", reply)
        elif delivery.attempts >= len(wire.retry_after_s):
            self._settle(delivery, "given_up", reply)
        else:
            self._retry(delivery, wire.retry_after_s[delivery.attempts], reply)
        self._release_held(delivery.notice.url)

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if self._client is None:
            return Reply(0, "the sandbox is starting")
        try:
            answer = await self._client.post(url, content=body, headers=dict(headers))
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            return Reply(0, f"{type(error).__name__}: {error}")
        return Reply(answer.status_code, answer.text[:REPLY_KEPT_CHARS])

    def _settle(self, delivery: Delivery, state: str, reply: Reply) -> None:
        self._store.execute(
            "UPDATE deliveries SET state = ?, attempts = ?, last_status = ?, last_reply = ?"
            " WHERE id = ?",
            state,
            delivery.attempts + 1,
            reply.status,
            reply.text,
            delivery.id,
        )
        self._note(delivery, state, reply)

    def _retry(self, delivery: Delivery, after_s: float, reply: Reply) -> None:
        self._store.execute(
            "UPDATE deliveries SET due = ? WHERE id = ?",
            self._due(after_s),
            delivery.id,
        )
        self._settle(delivery, "waiting", reply)

    def _due(self, after_s: float) -> float:
        return self._clock.tick() + after_s

    def _release_held(self, url: str | None = None) -> bool:
        """Let a notice go that was to come after its successor."""
        clause, values = ("", ()) if url is None else (" AND url = ?", (url,))
        sql = f"UPDATE deliveries SET state = 'waiting' WHERE state = 'held'{clause}"
        return self._store.execute(sql, *values).rowcount > 0

    def _insert(self, notice: Notice, state: str, due: float, *, is_spoilt: bool) -> None:
        cursor = self._store.execute(
            "INSERT INTO deliveries (account, provider, url, kind, reference, payload, secret,"
            " is_spoilt, state, due, attempts, last_reply, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', ?)",
            notice.account,
            notice.provider,
            notice.url,
            notice.event,
            notice.reference,
            notice.payload,
            notice.secret,
            is_spoilt,
            state,
            due,
            self._clock.now(),
        )
        if state == "lost":
            delivery = Delivery(cursor.lastrowid or 0, notice, is_spoilt, 0)
            self._note(delivery, "lost", Reply(0, ""))

    def _note(self, delivery: Delivery, state: str, reply: Reply) -> None:
        notice = delivery.notice
        data: dict[str, Any] = {
            "delivery": delivery.id,
            "event": notice.event,
            "url": notice.url,
            "attempt": delivery.attempts + 1,
            "state": state,
            "status": reply.status,
            "reply": reply.text,
        }
        self._journal.note(
            Entry(
                notice.provider,
                notice.account,
                "notice.sent",
                reference=notice.reference,
                data=data,
            )
        )

    def _seconds_to_next(self) -> float:
        wait = self._timers.seconds_to_next(IDLE_WAIT_S)
        busy = list(self._lanes)
        marks = ",".join("?" * len(busy))
        rows = self._store.rows(
            "SELECT MIN(due) AS due FROM deliveries"
            f" WHERE state = 'waiting' AND url NOT IN ({marks})",
            *busy,
        )
        if rows[0]["due"] is not None and len(self._lanes) < LANES_AT_MOST:
            wait = min(wait, self._clock.wall_seconds_until(rows[0]["due"]))
        return wait

    def _attempts(self) -> int:
        rows = self._store.rows("SELECT COALESCE(SUM(attempts), 0) AS n FROM deliveries")
        return int(rows[0]["n"])


def _with_payload(notice: Notice, payload: str) -> Notice:
    return Notice(
        notice.account,
        notice.provider,
        notice.url,
        notice.event,
        notice.reference,
        payload,
        notice.secret,
    )


def _delivery(row: Any) -> Delivery:
    notice = Notice(
        row["account"],
        row["provider"],
        row["url"],
        row["kind"],
        row["reference"],
        row["payload"],
        row["secret"],
    )
    return Delivery(row["id"], notice, bool(row["is_spoilt"]), row["attempts"])
