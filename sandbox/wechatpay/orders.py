"""What happens at WeChat Pay: orders are made, paid, closed, refunded."""

import datetime as dt

from sandbox import world
from sandbox.journal import Entry
from sandbox.store import Account, Json
from sandbox.wechatpay import errors, notices
from sandbox.wechatpay.books import funds
from sandbox.wechatpay.checking import BEIJING
from sandbox.wechatpay.telling import CLOSED, GIVEN_BACK, SUCCESS, WAIT
from sandbox.world import World

TIMER = "wechatpay.order_timeout"
KIND, REFUND = "wechatpay.order", "wechatpay.refund"
REPEATED = ("description", "total", "notify_url", "trade_type", "openid")


def make(this: World, account: Account, fields: Json) -> Json:
    """A new order, or the very same one again: its number may not be used for another."""
    known = of_number(this, account, fields["out_trade_no"])
    if known is not None:
        asked_for = fields | {"openid": fields["openid"] or known["openid"]}
        if any(known[name] != asked_for[name] for name in REPEATED):
            raise errors.number_used()
        if known["state"] != WAIT:
            raise errors.already_closed() if known["state"] == CLOSED else errors.already_paid()
        return known
    order = {
        "id": f"wx{_day(this.clock.now())}{world.digits(26)}",
        "transaction_id": "",
        "state": WAIT,
        "created_at": this.clock.now(),
        "paid_at": None,
        "refunded": 0,
        **fields,
    }
    this.store.insert(account.id, KIND, order, reference=order["out_trade_no"])
    this.timers.at(order["expires_at"], TIMER, account.id, order["id"])
    _journal(this, account, "order.prepared", order)
    return order


def pay(this: World, account: Account, order: Json, *, number: str = "") -> None:
    """The transaction gets that number, or a fresh one."""
    if order["state"] != WAIT:
        raise errors.already_paid() if order["paid_at"] else errors.already_closed()
    now = this.clock.now()
    order |= {
        "state": SUCCESS,
        "paid_at": now,
        "transaction_id": number or f"42000000{world.digits(2)}{_day(now)}{world.digits(10)}",
        "openid": order["openid"] or f"oUpF8uM{world.token(21)}",
    }
    this.store.update(KIND, order)
    notices.send_payment(this, account, order)
    _journal(this, account, "money.captured", order)


def close(this: World, account: Account, order: Json) -> None:
    if order["state"] != WAIT:
        raise errors.already_closed() if order["state"] == CLOSED else errors.already_paid()
    order["state"] = CLOSED
    this.store.update(KIND, order)
    _journal(this, account, "trade.closed", order)


def time_out(this: World, account_id: str, order_id: str) -> None:
    account, order = this.store.account(account_id), this.store.get(account_id, KIND, order_id)
    if account is not None and order is not None and order["state"] == WAIT:
        close(this, account, order)


def refund(this: World, account: Account, order: Json, wanted: Json) -> Json:
    """Give part of it back. The same number again is the same refund, and no other."""
    known = refund_of_number(this, account, wanted["out_refund_no"])
    if known is not None:
        same = ("out_trade_no", "refund", "total")
        if any(known[name] != wanted[name] for name in same):
            raise errors.bad_request("订单号或退款金额与之前的请求不一致")
        return known
    if order["paid_at"] is None:
        raise errors.bad_request("订单未支付，不可退款")
    if wanted["total"] != order["total"]:
        raise errors.bad_request("订单金额与原订单不一致")
    if order["refunded"] + wanted["refund"] > order["total"]:
        raise errors.bad_request("退款金额大于可退金额")
    if not funds.covers(this, account, wanted["refund"]):
        raise errors.no_money()
    now = this.clock.now()
    made = {
        "id": f"503{world.digits(25)}",
        "state": "SUCCESS",
        "at": now,
        "transaction_id": order["transaction_id"],
        **wanted,
    }
    order |= {"state": GIVEN_BACK, "refunded": order["refunded"] + made["refund"]}
    this.store.insert(account.id, REFUND, made, reference=made["out_refund_no"])
    this.store.update(KIND, order)
    notices.send_refund(this, account, order, made)
    entry = {"out_refund_no": made["out_refund_no"]}
    _journal(this, account, "money.refunded", order, amount=made["refund"], data=entry)
    return made


def of_number(this: World, account: Account, out_trade_no: str) -> Json | None:
    found = this.store.by_reference(account.id, KIND, out_trade_no)
    return found[-1] if found else None


def refund_of_number(this: World, account: Account, out_refund_no: str) -> Json | None:
    found = this.store.by_reference(account.id, REFUND, out_refund_no)
    return found[-1] if found else None


def to_scan(this: World, limit: int) -> list[Json]:
    """The newest native orders that wait for a phone."""
    rows = this.store.rows(
        "SELECT account, id FROM objects WHERE kind = ? ORDER BY seq DESC LIMIT ?", KIND, limit
    )
    found = []
    for row in rows:
        account = this.store.account(row["account"])
        order = this.store.get(row["account"], KIND, row["id"])
        if account and order and order["state"] == WAIT:
            found.append({**order, "payee": account.name, "yuan": yuan(order["total"])})
    return found


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _day(now: float) -> str:
    return dt.datetime.fromtimestamp(now, BEIJING).strftime("%Y%m%d")


def _journal(
    this: World,
    account: Account,
    kind: str,
    order: Json,
    *,
    amount: int | None = None,
    data: Json | None = None,
) -> None:
    this.journal.note(
        Entry(
            "wechatpay",
            account.id,
            kind,
            reference=order["out_trade_no"],
            provider_reference=order["transaction_id"],
            amount=order["total"] if amount is None else amount,
            currency="CNY",
            data=data or {},
        )
    )
