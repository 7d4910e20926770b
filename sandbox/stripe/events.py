"""Stripe's events: recorded once, sent to each endpoint that asked for their type."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from sandbox import world
from sandbox.clock import Clock
from sandbox.deliveries import Delivery, Notice, Reply
from sandbox.faults import Fault
from sandbox.store import Json, Store
from sandbox.stripe import objects
from sandbox.world import World

MINUTE_S, HOUR_S = 60.0, 3600.0
AMOUNT_FIELDS = (
    "amount",
    "amount_total",
    "amount_subtotal",
    "amount_received",
    "amount_captured",
)
MONEY_OBJECTS = frozenset({"checkout.session", "payment_intent", "charge", "refund"})
# What a session or intent says in whose answer the money is denied.
ENDS: Mapping[tuple[str, str], Json] = {
    ("says_closed", "checkout.session"): {"status": "expired", "payment_status": "unpaid"},
    ("says_failed", "checkout.session"): {"payment_status": "unpaid"},
    ("says_failed", "payment_intent"): {"status": "canceled"},
}

KNOWN_TYPES = frozenset(
    {
        "*",
        "charge.captured",
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.dispute.funds_reinstated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.expired",
        "charge.failed",
        "charge.pending",
        "charge.refund.updated",
        "charge.refunded",
        "charge.succeeded",
        "charge.updated",
        "checkout.session.async_payment_failed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.completed",
        "checkout.session.expired",
        "payment_intent.amount_capturable_updated",
        "payment_intent.canceled",
        "payment_intent.created",
        "payment_intent.partially_funded",
        "payment_intent.payment_failed",
        "payment_intent.processing",
        "payment_intent.requires_action",
        "payment_intent.succeeded",
        "payout.created",
        "payout.failed",
        "payout.paid",
        "refund.created",
        "refund.failed",
        "refund.updated",
    }
)


class StripeWire:
    """Signed anew for every attempt; any 2xx is a yes; redirects are not followed."""

    # Stripe says "up to three days with exponential back-off"; these are the steps its
    # dashboard was seen to take, 66 hours in all.
    retry_after_s: tuple[float, ...] = (
        5 * MINUTE_S,
        30 * MINUTE_S,
        2 * HOUR_S,
        5 * HOUR_S,
        10 * HOUR_S,
        *[12 * HOUR_S] * 4,
    )

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def render(self, delivery: Delivery) -> tuple[Mapping[str, str], bytes]:
        body = delivery.notice.payload.encode()
        secret = delivery.notice.secret.partition(" ")[2]
        if delivery.is_spoilt:
            secret = "whsec_of_somebody_else"
        moment = str(int(self._clock.now()))
        signature = sign(moment, body, secret)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Accept": "*/*; q=0.5, application/xml",
            "Stripe-Signature": f"t={moment},v1={signature}",
        }
        return headers, body

    def accepts(self, reply: Reply) -> bool:
        return 200 <= reply.status < 300

    def spoil(self, notice: Notice, fault: Fault) -> str:
        event = json.loads(notice.payload)
        spoil(event["data"]["object"], fault)
        return json.dumps(event, indent=2, ensure_ascii=False)

    def is_wanted(self, delivery: Delivery) -> bool:
        """A deleted endpoint gets no further retries."""
        endpoint = delivery.notice.secret.partition(" ")[0]
        return self._store.get(delivery.notice.account, "webhook_endpoint", endpoint) is not None


def record(world_: World, account: str, type: str, subject: Json) -> None:
    endpoints = [
        endpoint
        for endpoint in world_.store.newest(account, "webhook_endpoint")
        if _asks_for(endpoint, type)
    ]
    event = {
        "id": f"evt_1{world.token(23)}",
        "object": "event",
        "api_version": objects.API_VERSION,
        "created": int(world_.clock.now()),
        "data": {"object": objects.shown(subject)},
        "livemode": False,
        "pending_webhooks": len(endpoints),
        "request": {"id": None, "idempotency_key": None},
        "type": type,
    }
    reference = subject["sandbox_reference"]
    world_.store.insert(account, "event", event, reference=reference, parent=subject["id"])
    payload = json.dumps(event, indent=2, ensure_ascii=False)
    for endpoint in reversed(endpoints):
        secret = f"{endpoint['id']} {endpoint['sandbox_secret']}"
        world_.deliveries.enqueue(
            Notice(account, "stripe", endpoint["url"], type, reference, payload, secret)
        )


def sign(moment: str, body: bytes, secret: str) -> str:
    message = moment.encode() + b"." + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def spoil(tree: Any, fault: Fault) -> None:
    """Make the money in a reply or notice wrong, or what became of it, and nothing else."""
    if isinstance(tree, list):
        for item in tree:
            spoil(item, fault)
    if not isinstance(tree, dict):
        return
    if tree.get("object") in MONEY_OBJECTS:
        _spoil_money(tree, fault)
    ended = ENDS.get((fault.kind, str(tree.get("object"))), {})
    tree |= {name: value for name, value in ended.items() if name in tree}
    for value in tree.values():
        spoil(value, fault)


def _spoil_money(tree: Json, fault: Fault) -> None:
    if fault.kind == "wrong_currency":
        other = "eur" if tree["currency"] == "usd" else "usd"
        tree["currency"] = fault.parameters.get("currency", other)
    if fault.kind == "wrong_amount":
        for name in AMOUNT_FIELDS:
            if tree.get(name):
                tree[name] = fault.parameters.get("amount", tree[name] - 1)


def _asks_for(endpoint: Json, type: str) -> bool:
    return "*" in endpoint["enabled_events"] or type in endpoint["enabled_events"]
