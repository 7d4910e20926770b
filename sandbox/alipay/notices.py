"""Alipay's asynchronous notices and the signed address a payer's browser goes back to."""

import json
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlencode, urlsplit, urlunsplit

from sandbox import world
from sandbox.alipay import signing
from sandbox.alipay.checking import beijing, yuan
from sandbox.clock import Clock
from sandbox.deliveries import Delivery, Notice, Reply
from sandbox.faults import Fault
from sandbox.store import Account, Json, Store
from sandbox.world import World

MINUTE_S, HOUR_S = 60.0, 3600.0


class AlipayWire:
    """A form, signed anew for each attempt. Only the bare word `success` is a yes."""

    retry_after_s: tuple[float, ...] = (
        4 * MINUTE_S,
        10 * MINUTE_S,
        10 * MINUTE_S,
        1 * HOUR_S,
        2 * HOUR_S,
        6 * HOUR_S,
        15 * HOUR_S,
    )

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def render(self, delivery: Delivery) -> tuple[Mapping[str, str], bytes]:
        params: dict[str, str] = json.loads(delivery.notice.payload)
        params["notify_time"] = beijing(self._clock.now())
        text = signing.notice_text(params)
        if delivery.is_spoilt:
            text += "&spoilt=true"
        params["sign"] = signing.sign(text, self._key(delivery.notice.account))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; text/html; charset=utf-8",
            "User-Agent": "Mozilla/4.0",
        }
        return headers, urlencode(params).encode()

    def accepts(self, reply: Reply) -> bool:
        return reply.status == 200 and reply.text == "success"

    def spoil(self, notice: Notice, fault: Fault) -> str:
        params: dict[str, str] = json.loads(notice.payload)
        if fault.kind == "wrong_amount":
            spoil_amounts(params, fault)
        if fault.kind == "wrong_currency":
            params["trans_currency"] = str(fault.parameters.get("currency", "USD"))
        if fault.kind == "wrong_account":
            field = str(fault.parameters.get("field", "seller_id"))
            params[field] = params[field][:-1] + str((int(params[field][-1]) + 1) % 10)
        return json.dumps(params, ensure_ascii=False)

    def is_wanted(self, delivery: Delivery) -> bool:
        return True

    def _key(self, app_id: str) -> str:
        account = self._store.account(app_id)
        if account is None:
            raise LookupError(f"no app {app_id}")
        return str(account.data["alipay_private_key"])


def send(this: World, account: Account, trade: Json, refund: Json | None = None) -> None:
    """Tell the merchant where a trade stands, if it left an address to tell."""
    if not trade["notify_url"]:
        return
    params = _params(account, trade, refund)
    this.deliveries.enqueue(
        Notice(
            account.id,
            "alipay",
            trade["notify_url"],
            params["trade_status"],
            trade["out_trade_no"],
            json.dumps(
                {key: value for key, value in params.items() if value},
                ensure_ascii=False,
            ),
        )
    )


def return_address(account: Account, trade: Json, order: Json, now: float) -> str:
    """Where the browser goes after paying. It proves nothing that the notice does not."""
    params = {
        "charset": "utf-8",
        "out_trade_no": trade["out_trade_no"],
        "method": f"{order['method']}.return",
        "total_amount": yuan(trade["total_fen"]),
        "trade_no": trade["id"],
        "auth_app_id": account.id,
        "version": "1.0",
        "app_id": account.id,
        "sign_type": "RSA2",
        "seller_id": account.data["seller_id"],
        "timestamp": beijing(now),
    }
    text = signing.notice_text(params)
    params["sign"] = signing.sign(text, account.data["alipay_private_key"])
    parts = urlsplit(order["return_url"])
    query = "&".join(part for part in (parts.query, urlencode(params)) if part)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))


def spoil_amounts(params: Json, fault: Fault) -> None:
    """One fen less than was paid, which only an exact comparison finds."""
    for name in ("total_amount", "refund_amount", "receipt_amount", "buyer_pay_amount"):
        if name in params and params[name] != "0.00":
            amount = int(Decimal(params[name]) * 100) - 1
            params[name] = str(fault.parameters.get("amount", yuan(amount)))


def _params(account: Account, trade: Json, refund: Json | None) -> dict[str, str]:
    is_paid = trade["paid_at"] is not None
    total = yuan(trade["total_fen"])
    params = {
        "notify_type": "trade_status_sync",
        "notify_id": f"{world.digits(10)}{world.token(24).lower()}",
        "app_id": account.id,
        "auth_app_id": account.id,
        "charset": "utf-8",
        "version": "1.0",
        "sign_type": "RSA2",
        "trade_no": trade["id"],
        "out_trade_no": trade["out_trade_no"],
        "trade_status": trade["status"],
        "total_amount": total,
        "seller_id": account.data["seller_id"],
        "buyer_id": trade["buyer_id"],
        "subject": trade["subject"],
        "body": trade["body"],
        "passback_params": trade["passback_params"],
        "gmt_create": beijing(trade["created_at"]),
    }
    if is_paid:
        bills = [{"amount": total, "fundChannel": "ALIPAYACCOUNT"}]
        params |= {
            "receipt_amount": total,
            "buyer_pay_amount": total,
            "invoice_amount": total,
            "point_amount": "0.00",
            "gmt_payment": beijing(trade["paid_at"]),
            "fund_bill_list": json.dumps(bills, separators=(",", ":")),
        }
    if trade["closed_at"] is not None:
        params["gmt_close"] = beijing(trade["closed_at"])
    if refund is not None:
        params |= {
            # The sum of all refunds so far, not this one alone.
            "refund_fee": yuan(trade["refunded_fen"]),
            "gmt_refund": f"{beijing(refund['at'])}.{int(refund['at'] * 1000) % 1000:03d}",
            "out_biz_no": refund["out_request_no"],
        }
    return params
