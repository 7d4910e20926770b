"""PayPal's webhook events, signed with the platform's newest certificate."""

import json
import zlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from sandbox import world
from sandbox.deliveries import Delivery, Notice, Reply
from sandbox.faults import Fault
from sandbox.paypal import accounts, signing, telling
from sandbox.paypal.checking import WITHOUT_DECIMALS, rfc3339, written
from sandbox.store import Account, Json, Store
from sandbox.world import World

MINUTE_S, HOUR_S = 60.0, 3600.0
MONEY = frozenset({"currency_code", "value"})


class PaypalWire:
    """JSON. Any 2xx is a yes. A repeat is the same transmission, under its first id and time."""

    # PayPal says "25 times over the course of three days" and not when; this is 71 hours.
    retry_after_s: tuple[float, ...] = (
        *(2 * MINUTE_S, 5 * MINUTE_S, 10 * MINUTE_S, 20 * MINUTE_S, 40 * MINUTE_S),
        *[3.5 * HOUR_S] * 20,
    )

    def __init__(self, store: Store) -> None:
        self._store = store

    def render(self, delivery: Delivery) -> tuple[Mapping[str, str], bytes]:
        told: Json = json.loads(delivery.notice.payload)
        body = json.dumps(told["event"], ensure_ascii=False, separators=(",", ":")).encode()
        signer = json.loads(self._store.meta(accounts.PLATFORM) or "{}")["signers"][-1]
        text = signed_text(told["transmission_id"], told["time"], told["webhook_id"], body)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "PayPal/AUHD-214.0-58843113",
            "PayPal-Auth-Algo": "SHA256withRSA",
            "PayPal-Auth-Version": "v2",
            "PayPal-Cert-Url": f"{told['base']}/v1/notifications/certs/{signer['id']}",
            "PayPal-Transmission-Id": told["transmission_id"],
            "PayPal-Transmission-Time": told["time"],
            "PayPal-Transmission-Sig": signing.sign(
                text + b" " * delivery.is_spoilt, signer["key"]
            ),
        }
        return headers, body

    def accepts(self, reply: Reply) -> bool:
        return 200 <= reply.status < 300

    def spoil(self, notice: Notice, fault: Fault) -> str:
        told: Json = json.loads(notice.payload)
        if fault.kind == "wrong_account":  # signed for another webhook
            told["webhook_id"] = told["webhook_id"][::-1] + "X"
        else:
            spoil(told["event"]["resource"], fault)
        return json.dumps(told, ensure_ascii=False)

    def is_wanted(self, delivery: Delivery) -> bool:
        webhook = json.loads(delivery.notice.secret)["webhook"]
        return self._store.get(delivery.notice.account, accounts.WEBHOOK, webhook) is not None


def signed_text(transmission_id: str, time: str, webhook_id: str, body: bytes) -> bytes:
    return f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}".encode()


def send_order(this: World, account: Account, order: Json, kind: str) -> None:
    resource = telling.order_told(account, order, order["base"])
    _send(this, account, order, kind, ("checkout-order", resource))


def send_capture(this: World, account: Account, order: Json, kind: str) -> None:
    resource = telling.capture_told(order, order["base"])
    _send(this, account, order, kind, ("capture", resource))


def send_refund(this: World, account: Account, order: Json, made: Json) -> None:
    resource = telling.refund_told(made, order["base"])
    _send(this, account, order, "PAYMENT.CAPTURE.REFUNDED", ("refund", resource))


def spoil(tree: Any, fault: Fault) -> None:
    """Make the money in a reply or notice wrong, or what became of it, and nothing else."""
    if isinstance(tree, list):
        for item in tree:
            spoil(item, fault)
    if not isinstance(tree, dict):
        return
    if set(tree) == MONEY:
        _spoil_money(tree, fault)
    _spoil_end(tree, fault)
    for value in tree.values():
        spoil(value, fault)


def _spoil_end(tree: Json, fault: Fault) -> None:
    if fault.kind == "says_closed" and "purchase_units" in tree:
        tree["status"] = "VOIDED"
        for unit in tree["purchase_units"]:
            unit.pop("payments", None)
    if fault.kind == "says_failed":
        for capture in tree.get("captures", ()):
            capture["status"] = "DECLINED"


def _spoil_money(money: Json, fault: Fault) -> None:
    currency = money["currency_code"]
    if fault.kind == "wrong_amount":
        step = Decimal(1) if currency in WITHOUT_DECIMALS else Decimal("0.01")
        less = written(Decimal(money["value"]) - step, currency)
        money["value"] = str(fault.parameters.get("amount", less))
    if fault.kind == "wrong_currency":
        other = "EUR" if currency == "USD" else "USD"
        money["currency_code"] = str(fault.parameters.get("currency", other))


def _send(this: World, account: Account, order: Json, kind: str, about: tuple[str, Json]) -> None:
    resource_type, resource = about
    for webhook in this.store.newest(account.id, accounts.WEBHOOK):
        if not {"*", kind} & set(webhook["event_types"]):
            continue
        now = rfc3339(this.clock.now())
        event = {
            "id": f"WH-{world.token(17).upper()}-{world.token(17).upper()}",
            "event_version": "1.0",
            "create_time": now,
            "resource_type": resource_type,
            "resource_version": "2.0",
            "event_type": kind,
            "summary": f"{kind} for {order['value']} {order['currency']}",
            "resource": resource,
            "links": [],
        }
        told = {
            "transmission_id": str(uuid4()),
            "time": now,
            "webhook_id": webhook["id"],
            "base": order["base"],
            "event": event,
        }
        this.deliveries.enqueue(
            Notice(
                account.id,
                "paypal",
                webhook["url"],
                kind,
                order["custom_id"],
                json.dumps(told, ensure_ascii=False),
                json.dumps({"webhook": webhook["id"]}),
            )
        )
