"""WeChat Pay's notices: an encrypted resource in an envelope, signed anew for each attempt."""

import json
import time
from collections.abc import Mapping
from uuid import uuid4

from sandbox import world
from sandbox.clock import Clock
from sandbox.deliveries import Delivery, Notice, Reply
from sandbox.faults import Fault
from sandbox.store import Account, Json, Store
from sandbox.wechatpay import accounts, signing, telling
from sandbox.wechatpay.checking import rfc3339
from sandbox.world import World

MINUTE_S, HOUR_S = 60.0, 3600.0
ENDS = {"says_closed": "CLOSED", "says_failed": "PAYERROR"}
SUMMARY = {"TRANSACTION.SUCCESS": "支付成功", "REFUND.SUCCESS": "退款成功"}


class WechatWire:
    """JSON. Status 200 or 204 is a yes, whatever the body says."""

    retry_after_s: tuple[float, ...] = (
        *(15.0, 15.0, 30.0, 3 * MINUTE_S, 10 * MINUTE_S, 20 * MINUTE_S),
        *(30 * MINUTE_S, 30 * MINUTE_S, 30 * MINUTE_S, 60 * MINUTE_S),
        *(3 * HOUR_S, 3 * HOUR_S, 3 * HOUR_S, 6 * HOUR_S, 6 * HOUR_S),
    )

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def render(self, delivery: Delivery) -> tuple[Mapping[str, str], bytes]:
        account = self._account(delivery.notice.account)
        told: Json = json.loads(delivery.notice.payload)
        kind = "transaction" if delivery.notice.event.startswith("TRANSACTION") else "refund"
        resource = signing.encrypt(
            signing.compact(told["resource"]), account.data["api_v3_key"], aside=kind
        )
        envelope = {
            "id": told["id"],
            "create_time": told["create_time"],
            "resource_type": "encrypt-resource",
            "event_type": delivery.notice.event,
            "summary": SUMMARY[delivery.notice.event],
            "resource": {"original_type": kind, **resource},
        }
        body = signing.compact(envelope)
        return self._signed(account, body, is_spoilt=delivery.is_spoilt), body

    def accepts(self, reply: Reply) -> bool:
        return reply.status in (200, 204)

    def spoil(self, notice: Notice, fault: Fault) -> str:
        told: Json = json.loads(notice.payload)
        spoil(told["resource"], fault)
        return json.dumps(told, ensure_ascii=False)

    def is_wanted(self, delivery: Delivery) -> bool:
        return True

    def _signed(self, account: Account, body: bytes, *, is_spoilt: bool) -> Mapping[str, str]:
        is_by_key = account.data["notices_signed_by"] == "public_key"
        wanted = account.data["public_key_id"] if is_by_key else ""
        return headers(account, body, wanted, now=time.time(), is_spoilt=is_spoilt) | {
            "Content-Type": "application/json",
            "User-Agent": "Mozilla/4.0",
        }

    def _account(self, mch_id: str) -> Account:
        account = self._store.account(mch_id)
        if account is None:
            raise LookupError(f"no merchant {mch_id}")
        return account


def headers(
    account: Account, body: bytes, wanted: str, *, now: float, is_spoilt: bool = False
) -> dict[str, str]:
    """What signs a reply or a notice."""
    serial, private_key = accounts.signer(account, wanted)
    timestamp, nonce = str(int(now)), world.token(32)
    text = f"{timestamp}\n{nonce}\n".encode() + body + b"\n" + b" " * is_spoilt
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": signing.sign(text, private_key),
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        "Wechatpay-Serial": serial,
        "Request-ID": uuid4().hex.upper(),
    }


def send_payment(this: World, account: Account, order: Json) -> None:
    _send(this, account, order, "TRANSACTION.SUCCESS", telling.order_told(account, order))


def send_refund(this: World, account: Account, order: Json, made: Json) -> None:
    resource = {
        "mchid": account.id,
        "out_trade_no": order["out_trade_no"],
        "transaction_id": order["transaction_id"],
        "out_refund_no": made["out_refund_no"],
        "refund_id": made["id"],
        "refund_status": "SUCCESS",
        "success_time": rfc3339(made["at"]),
        "user_received_account": "支付用户零钱",
        "amount": {
            "total": made["total"],
            "refund": made["refund"],
            "payer_total": made["total"],
            "payer_refund": made["refund"],
        },
    }
    _send(this, account, order, "REFUND.SUCCESS", resource, url=made["notify_url"])


def spoil(node: Json, fault: Fault) -> None:
    """One fen less than was paid, another currency, another merchant, another end."""
    amount = node.get("amount")
    if fault.kind == "wrong_amount" and amount:
        for name in {"total", "payer_total", "refund", "payer_refund"} & set(amount):
            amount[name] = fault.parameters.get("amount", amount[name] - 1)
    if fault.kind == "wrong_currency" and amount:
        amount["currency"] = str(fault.parameters.get("currency", "USD"))
    if fault.kind == "wrong_account":
        node["mchid"] = node["mchid"][:-1] + str((int(node["mchid"][-1]) + 1) % 10)
    if fault.kind in ENDS and "trade_state" in node:
        node["trade_state"] = ENDS[fault.kind]


def _send(
    this: World, account: Account, order: Json, event: str, resource: Json, *, url: str = ""
) -> None:
    address = url or (order["notify_url"] if event.startswith("TRANSACTION") else "")
    if not address:
        return
    told = {
        "id": str(uuid4()),
        "create_time": rfc3339(this.clock.now()),
        "resource": resource,
    }
    this.deliveries.enqueue(
        Notice(
            account.id,
            "wechatpay",
            address,
            event,
            order["out_trade_no"],
            json.dumps(told, ensure_ascii=False),
        )
    )
