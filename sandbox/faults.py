"""Faults on order: each is used up after `times` matching operations or notices."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.store import Json, Store

CALL_OPERATIONS = frozenset({"create", "query", "close", "refund", "refund_query", "statement"})
OPERATIONS = CALL_OPERATIONS | {"notify", "*"}
PAYPAL_OPERATIONS = OPERATIONS | {"capture", "token"}
PROVIDERS = ("stripe", "alipay", "wechatpay", "paypal", "unionpay", "google", "weixin")

# What can happen to a call, and what can happen to a notice.
CALL_KINDS = frozenset(
    {
        "delay",
        "error_500",
        "timeout_before",
        "timeout_after",
        "wrong_amount",
        "wrong_currency",
        "wrong_signature",
        "refuse",
        "says_closed",
        "says_failed",
    }
)
NOTICE_KINDS = frozenset(
    {
        "delay",
        "duplicate",
        "reorder",
        "lose",
        "wrong_amount",
        "wrong_currency",
        "wrong_signature",
        "wrong_account",
    }
)
# What can happen to somebody's log-in: the operations and kinds of the identity providers.
LOG_IN_OPERATIONS = frozenset({"token", "userinfo", "certs", "*"})
LOG_IN_KINDS = frozenset({"delay", "error_500", "timeout_before", "timeout_after", "refuse"})
GOOGLE_KINDS = LOG_IN_KINDS | {
    "unverified_email",
    "wrong_audience",
    "wrong_issuer",
    "wrong_nonce",
    "wrong_signature",
    "expired_token",
}
WEIXIN_KINDS = LOG_IN_KINDS | {"no_unionid"}
MAX_TIMES = 1_000_000
HANG_S = 30.0
CALL_DELAY_S = 1.0


class BadFault(ValueError):
    """The order makes no sense; the message says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    id: int
    provider: str
    operation: str
    kind: str
    times: int
    parameters: Json
    match: str

    def number(self, name: str, default: float) -> float:
        return float(self.parameters.get(name, default))


class Hangup(Response):
    """No answer: the caller waits, then the connection breaks."""

    def __init__(self, seconds: float) -> None:
        super().__init__(status_code=504)
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(self._seconds)
        # ASGI cannot drop a connection. Promising a byte and never sending it makes the
        # server break off, which every client reports as a broken connection.
        headers = [(b"content-length", b"1"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 504, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        raise ConnectionAbortedError


async def before(fault: Fault | None) -> Response | None:
    """Faults that strike before anything has happened."""
    if fault is None:
        return None
    if fault.kind == "delay":
        await asyncio.sleep(fault.number("seconds", CALL_DELAY_S))
    if fault.kind == "timeout_before":
        return Hangup(fault.number("seconds", HANG_S))
    if fault.kind == "error_500" and not fault.parameters.get("effect"):
        return PlainTextResponse("Internal Server Error", 500)
    return None


def after(fault: Fault | None) -> Response | None:
    """Faults that strike when it has happened: the answer is lost."""
    if fault is None:
        return None
    if fault.kind == "timeout_after":
        return Hangup(fault.number("seconds", HANG_S))
    if fault.kind == "error_500":
        return PlainTextResponse("Internal Server Error", 500)
    return None


def strikes(fault: Fault | None, kind: str) -> bool:
    return fault is not None and fault.kind == kind


class Faults:
    def __init__(self, store: Store) -> None:
        self._store = store

    def order(self, order: Json) -> Fault:
        fault = _checked(order)
        cursor = self._store.execute(
            "INSERT INTO faults (provider, operation, kind, times, parameters, reference)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            fault.provider,
            fault.operation,
            fault.kind,
            fault.times,
            json.dumps(fault.parameters),
            fault.match,
        )
        return self._all("WHERE id = ?", cursor.lastrowid)[0]

    def waiting(self) -> list[Fault]:
        return self._all("ORDER BY id")

    def clear(self) -> None:
        self._store.execute("DELETE FROM faults")

    def for_call(self, provider: str, operation: str, reference: str) -> Fault | None:
        """The oldest fault ordered for this call, used up by one."""
        for fault in self._all("WHERE provider = ? ORDER BY id", provider):
            is_call = fault.kind in CALL_KINDS | GOOGLE_KINDS | WEIXIN_KINDS
            is_meant = fault.operation in (operation, "*") and is_call
            if is_meant and fault.match in ("", reference):
                self._use(fault)
                return fault
        return None

    def for_notice(self, provider: str, event: str, reference: str) -> dict[str, Fault]:
        """Everything ordered for this notice, at most one of each kind."""
        found: dict[str, Fault] = {}
        for fault in self._all("WHERE provider = ? ORDER BY id", provider):
            is_meant = fault.operation in ("notify", "*") and fault.kind in NOTICE_KINDS
            fits = fault.parameters.get("event", event) == event and fault.match in ("", reference)
            if is_meant and fits and fault.kind not in found:
                self._use(fault)
                found[fault.kind] = fault
        return found

    def _use(self, fault: Fault) -> None:
        if fault.times > 1:
            self._store.execute("UPDATE faults SET times = times - 1 WHERE id = ?", fault.id)
        else:
            self._store.execute("DELETE FROM faults WHERE id = ?", fault.id)

    def _all(self, clause: str, *values: object) -> list[Fault]:
        rows = self._store.rows(f"SELECT * FROM faults {clause}", *values)
        return [
            Fault(
                row["id"],
                row["provider"],
                row["operation"],
                row["kind"],
                row["times"],
                json.loads(row["parameters"]),
                row["reference"],
            )
            for row in rows
        ]


def _checked(order: Json) -> Fault:
    unknown = set(order) - {
        "provider",
        "operation",
        "kind",
        "times",
        "parameters",
        "match",
    }
    if unknown:
        raise BadFault(f"unknown fields: {', '.join(sorted(unknown))}")
    provider, operation = order.get("provider"), order.get("operation", "*")
    kind, times = order.get("kind"), order.get("times", 1)
    parameters: Any = order.get("parameters", {})
    if provider not in PROVIDERS:
        raise BadFault(f"provider is one of {', '.join(PROVIDERS)}")
    operations = _operations(provider)
    if operation not in operations:
        raise BadFault(f"operation is one of {', '.join(sorted(operations))}")
    kinds = _kinds(provider, operation)
    if kind not in kinds:
        raise BadFault(f"kind for {operation} at {provider} is one of {', '.join(sorted(kinds))}")
    if not isinstance(times, int) or not 1 <= times <= MAX_TIMES:
        raise BadFault(f"times is 1 to {MAX_TIMES}")
    if not isinstance(parameters, dict):
        raise BadFault("parameters is an object")
    match = str(order.get("match") or "")
    return Fault(0, provider, operation, kind, times, parameters, match)


def _operations(provider: str) -> frozenset[str]:
    if provider in ("google", "weixin"):
        return LOG_IN_OPERATIONS
    return PAYPAL_OPERATIONS if provider == "paypal" else OPERATIONS


def _kinds(provider: str, operation: str) -> frozenset[str]:
    if provider == "google":
        return GOOGLE_KINDS
    if provider == "weixin":
        return WEIXIN_KINDS
    # Stripe and PayPal sign no replies, and Stripe's notices name no account.
    signs_nothing = provider in ("stripe", "paypal")
    calls = CALL_KINDS - {"wrong_signature"} if signs_nothing else CALL_KINDS
    if provider == "alipay":
        calls -= {"says_failed"}  # it has no such state of a trade
    notices = NOTICE_KINDS - {"wrong_account"} if provider == "stripe" else NOTICE_KINDS
    if operation == "*":
        return calls | notices
    return notices if operation == "notify" else calls
