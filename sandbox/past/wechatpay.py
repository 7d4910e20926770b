"""An order of WeChat Pay's that somebody scanned and paid."""

import json

from sandbox.past.payment import Identity, Payment, Refund
from sandbox.store import Account, Json
from sandbox.wechatpay import checking, orders
from sandbox.world import World


def find(this: World, account: Account, payment: Payment) -> set[Identity]:
    """Those that bear its key or its number."""
    met = this.store.by_reference(account.id, orders.KIND, payment.key)
    same = this.store.rows(
        "SELECT data FROM objects WHERE account = ? AND kind = ?"
        " AND json_extract(data, '$.transaction_id') = ?",
        account.id,
        orders.KIND,
        payment.reference,
    )
    return {_identity(order) for order in [*met, *(json.loads(row["data"]) for row in same)]}


def make(this: World, account: Account, payment: Payment) -> None:
    if payment.currency != "CNY":
        raise ValueError("WeChat Pay takes CNY")
    fields = {
        "out_trade_no": checking.number({"key": payment.key}, "key", checking.ORDER_NUMBER),
        "description": payment.subject[: checking.DESCRIPTION_CHARS],
        "total": checking.fen({"total": payment.amount}, "total"),
        "notify_url": "",
        "trade_type": "NATIVE",
        "expires_at": payment.at + checking.DEFAULT_LIFETIME_S,
        "scene": "",
        "openid": payment.payer,
    }
    order = orders.make(this, account, fields)
    orders.pay(this, account, order, number=payment.reference)


def give_back(this: World, account: Account, payment: Payment, refund: Refund) -> bool:
    number = checking.number({"key": refund.key}, "key", checking.REFUND_NUMBER)
    order = orders.of_number(this, account, payment.key)
    assert order is not None  # it was made, or met
    is_news = orders.refund_of_number(this, account, number) is None
    wanted = {
        "out_trade_no": payment.key,
        "out_refund_no": number,
        "refund": refund.amount,
        "total": payment.amount,
        "reason": "",
        "notify_url": "",
    }
    orders.refund(this, account, order, wanted)
    return is_news


def _identity(order: Json) -> Identity:
    return order["out_trade_no"], order["transaction_id"], order["total"], "CNY"
