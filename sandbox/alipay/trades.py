"""What happens at Alipay: orders are prepared, become trades, are paid, closed, refunded.

A prepared order is only an address to pay at. The trade itself, which queries can see, is
born when the payer logs in at the cashier or scans the code, as at the real provider.
"""

import datetime as dt
import json

from sandbox import world
from sandbox.alipay import errors, notices
from sandbox.alipay.books import funds
from sandbox.alipay.checking import BEIJING, yuan
from sandbox.journal import Entry
from sandbox.store import Account, Json
from sandbox.world import World

TIMER = "alipay.trade_timeout"
BUYER_ID = "2088722004000005"
BUYER_LOGON_ID = "pay***@sandbox.com"
WAIT, SUCCESS, CLOSED = "WAIT_BUYER_PAY", "TRADE_SUCCESS", "TRADE_CLOSED"


def prepare(this: World, account: Account, fields: Json, common: Json) -> Json:
    """Keep an order to be paid at an address of ours; nothing to query yet."""
    order = {
        "id": world.token(24).lower(),
        "method": common["method"],
        "notify_url": common.get("notify_url", ""),
        "return_url": common.get("return_url", ""),
        "is_canceled": False,
        "trade_no": None,
        "created_at": this.clock.now(),
        **fields,
    }
    this.store.insert(account.id, "order", order, reference=order["out_trade_no"])
    _journal(this, account, "order.prepared", order, provider_reference="")
    return order


def meet(this: World, account: Account, order: Json, *, number: str = "") -> Json:
    """The payer logged in or scanned: find this order's trade or create it, with that number if it
    has one.
    """
    now = this.clock.now()
    if order["is_canceled"]:
        raise errors.already_closed()
    trade = of_number(this, account, order["out_trade_no"])
    if trade is None:
        if order["expires_at"] is not None and order["expires_at"] <= now:
            raise errors.already_closed()
        trade = _create(this, account, order, number)
    check_repeat(trade, order)
    if order["trade_no"] is None:
        order["trade_no"] = trade["id"]
        this.store.update("order", order)
    return trade


def check_repeat(trade: Json, order: Json) -> None:
    """An order number that is taken may be used again only for the very same trade."""
    if any(trade[name] != order[name] for name in ("total_fen", "subject", "product_code")):
        raise errors.inconsistent()
    if trade["status"] == CLOSED:
        raise errors.already_closed()
    if trade["status"] == SUCCESS:
        raise errors.already_paid()


def pay(this: World, account: Account, trade: Json) -> None:
    if trade["status"] != WAIT:
        raise errors.already_paid() if trade["paid_at"] else errors.already_closed()
    trade |= {"status": SUCCESS, "paid_at": this.clock.now()}
    this.store.update("trade", trade)
    notices.send(this, account, trade)
    _journal(this, account, "money.captured", trade, provider_reference=trade["id"])


def close(this: World, account: Account, trade: Json) -> None:
    trade |= {"status": CLOSED, "closed_at": this.clock.now()}
    this.store.update("trade", trade)
    notices.send(this, account, trade)
    _journal(this, account, "trade.closed", trade, provider_reference=trade["id"])


def time_out(this: World, app_id: str, trade_no: str) -> None:
    trade = this.store.get(app_id, "trade", trade_no)
    account = this.store.account(app_id)
    if trade is not None and account is not None and trade["status"] == WAIT:
        close(this, account, trade)


def refund(this: World, account: Account, trade: Json, wanted: Json) -> tuple[Json, bool]:
    """The refund with this request number, and whether money moved just now."""
    known = this.store.get(account.id, "refund", f"{trade['id']}:{wanted['out_request_no']}")
    if known is not None:
        if known["fen"] != wanted["fen"]:
            raise errors.business("DISCORDANT_REPEAT_REQUEST", "请求信息不一致")
        return known, False
    if trade["paid_at"] is None:
        raise errors.bad_status()
    if wanted["fen"] > trade["total_fen"] - trade["refunded_fen"]:
        raise errors.business("REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
    if trade["status"] != SUCCESS:
        raise errors.already_closed()
    if not funds.covers(this, account, wanted["fen"]):
        raise errors.business("SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足")
    return _give_back(this, account, trade, wanted), True


def to_scan(this: World, limit: int) -> list[Json]:
    """Orders whose code waits to be scanned and paid, the newest first, each with its payee."""
    rows = this.store.rows(
        "SELECT account, data FROM objects WHERE kind = 'order'"
        " AND json_extract(data, '$.method') = 'alipay.trade.precreate' ORDER BY seq DESC LIMIT ?",
        limit,
    )
    found = [(this.store.account(str(row["account"])), json.loads(row["data"])) for row in rows]
    return [
        {**order, "payee": account.name, "total": yuan(order["total_fen"])}
        for account, order in found
        if account and _is_payable(this, account, order)
    ]


def _is_payable(this: World, account: Account, order: Json) -> bool:
    if order["is_canceled"]:
        return False
    trade = of_number(this, account, order["out_trade_no"])
    if trade is not None:
        return bool(trade["status"] == WAIT)
    return order["expires_at"] is None or order["expires_at"] > this.clock.now()


def of_number(this: World, account: Account, out_trade_no: str) -> Json | None:
    found = this.store.by_reference(account.id, "trade", out_trade_no)
    return found[-1] if found else None


def _give_back(this: World, account: Account, trade: Json, wanted: Json) -> Json:
    now = this.clock.now()
    refund = {"id": f"{trade['id']}:{wanted['out_request_no']}", "at": now, **wanted}
    this.store.insert(
        account.id,
        "refund",
        refund,
        reference=trade["out_trade_no"],
        parent=trade["id"],
    )
    trade["refunded_fen"] += refund["fen"]
    if trade["refunded_fen"] == trade["total_fen"]:
        trade |= {"status": CLOSED, "closed_at": now}
    this.store.update("trade", trade)
    notices.send(this, account, trade, refund)
    this.journal.note(
        Entry(
            "alipay",
            account.id,
            "money.refunded",
            reference=trade["out_trade_no"],
            provider_reference=trade["id"],
            amount=yuan(refund["fen"]),
            currency="CNY",
            data={"out_request_no": refund["out_request_no"]},
        )
    )
    return refund


def _create(this: World, account: Account, order: Json, number: str) -> Json:
    now = this.clock.now()
    day = dt.datetime.fromtimestamp(now, BEIJING).strftime("%Y%m%d")
    kept = (
        "out_trade_no",
        "subject",
        "total_fen",
        "product_code",
        "body",
        "passback_params",
    )
    trade = {
        "id": number or f"{day}220014000005{world.digits(8)}",
        **{name: order[name] for name in kept},
        "notify_url": order["notify_url"],
        "status": WAIT,
        "buyer_id": BUYER_ID,
        "buyer_logon_id": BUYER_LOGON_ID,
        "created_at": now,
        "paid_at": None,
        "closed_at": None,
        "refunded_fen": 0,
    }
    this.store.insert(account.id, "trade", trade, reference=order["out_trade_no"])
    expires_at = order["expires_at"] or now + order["lifetime_s"]
    this.timers.at(expires_at, TIMER, account.id, trade["id"])
    _journal(this, account, "trade.created", trade, provider_reference=trade["id"])
    return trade


def _journal(
    this: World, account: Account, kind: str, subject: Json, *, provider_reference: str
) -> None:
    this.journal.note(
        Entry(
            "alipay",
            account.id,
            kind,
            reference=subject["out_trade_no"],
            provider_reference=provider_reference,
            amount=yuan(subject["total_fen"]),
            currency="CNY",
        )
    )
