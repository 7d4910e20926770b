"""The methods of the gateway that answer in JSON."""

from collections.abc import Callable

from sandbox.alipay import checking, errors, trades
from sandbox.alipay.books import bills
from sandbox.alipay.checking import beijing, yuan
from sandbox.store import Account, Json
from sandbox.world import World

REQUEST_NUMBER_CHARS = 64


def precreate(this: World, account: Account, content: Json, common: Json) -> Json:
    fields = checking.order(content, common["method"], this.clock.now())
    trade = trades.of_number(this, account, fields["out_trade_no"])
    if trade is not None:
        trades.check_repeat(trade, fields)
    order = trades.prepare(this, account, fields, common)
    code = f"{common['base_url']}/alipay/qr/{order['id']}"
    return {"out_trade_no": order["out_trade_no"], "qr_code": code}


def query(this: World, account: Account, content: Json, common: Json) -> Json:
    trade = _trade(this, account, content)
    is_paid = trade["paid_at"] is not None
    total, paid = yuan(trade["total_fen"]), yuan(trade["total_fen"] if is_paid else 0)
    reply = {
        "buyer_logon_id": trade["buyer_logon_id"],
        "buyer_pay_amount": paid,
        "buyer_user_id": trade["buyer_id"],
        "buyer_user_type": "PRIVATE",
        "invoice_amount": paid,
        "out_trade_no": trade["out_trade_no"],
        "point_amount": "0.00",
        "receipt_amount": paid,
        "total_amount": total,
        "trade_no": trade["id"],
        "trade_status": trade["status"],
    }
    if is_paid:
        reply["send_pay_date"] = beijing(trade["paid_at"])
    if is_paid and "fund_bill_list" in (content.get("query_options") or []):
        reply["fund_bill_list"] = [{"amount": total, "fund_channel": "ALIPAYACCOUNT"}]
    return reply


def close(this: World, account: Account, content: Json, common: Json) -> Json:
    trade = _trade(this, account, content)
    if trade["status"] != trades.WAIT:
        raise errors.bad_status()
    trades.close(this, account, trade)
    return {"out_trade_no": trade["out_trade_no"], "trade_no": trade["id"]}


def cancel(this: World, account: Account, content: Json, common: Json) -> Json:
    """Undo whatever there is: a paid trade is refunded, an unpaid one closed."""
    number = str(content.get("out_trade_no") or "")
    for order in this.store.by_reference(account.id, "order", number):
        this.store.update("order", order | {"is_canceled": True})
    try:
        trade = _trade(this, account, content)
    except errors.AlipayError as error:
        if error.sub_code != "ACQ.TRADE_NOT_EXIST":
            raise
        return {"out_trade_no": number, "retry_flag": "N"}
    reply = {
        "out_trade_no": trade["out_trade_no"],
        "trade_no": trade["id"],
        "retry_flag": "N",
    }
    if trade["status"] == trades.WAIT:
        trades.close(this, account, trade)
        return reply | {"action": "close"}
    left = trade["total_fen"] - trade["refunded_fen"]
    if trade["paid_at"] is not None and left:
        wanted = {"out_request_no": f"{trade['id']}_cancel", "fen": left, "reason": ""}
        trades.refund(this, account, trade, wanted)
        return reply | {"action": "refund"}
    return reply


def refund(this: World, account: Account, content: Json, common: Json) -> Json:
    trade = _trade(this, account, content)
    fen = checking.fen(content, "refund_amount")
    number = content.get("out_request_no")
    if not number and fen != trade["total_fen"]:
        raise errors.bad_parameter("部分退款须传 out_request_no")
    if number and (not isinstance(number, str) or len(number) > REQUEST_NUMBER_CHARS):
        raise errors.bad_parameter("out_request_no 不超过 64 个字符")
    wanted = {
        # A full refund without a number is known by the order's own.
        "out_request_no": number or trade["out_trade_no"],
        "fen": fen,
        "reason": str(content.get("refund_reason", "")),
    }
    made, is_new = trades.refund(this, account, trade, wanted)
    amount = yuan(made["fen"])
    return {
        "buyer_logon_id": trade["buyer_logon_id"],
        "buyer_user_id": trade["buyer_id"],
        "fund_change": "Y" if is_new else "N",
        "gmt_refund_pay": beijing(made["at"]),
        "out_trade_no": trade["out_trade_no"],
        # All refunds of this trade so far, not this one alone.
        "refund_fee": yuan(trade["refunded_fen"]),
        "send_back_fee": amount if is_new else "0.00",
        "refund_detail_item_list": [{"amount": amount, "fund_channel": "ALIPAYACCOUNT"}],
        "trade_no": trade["id"],
    }


def refund_query(this: World, account: Account, content: Json, common: Json) -> Json:
    trade = _trade(this, account, content)
    number = checking.required(content, "out_request_no")
    reply = {"out_trade_no": trade["out_trade_no"], "trade_no": trade["id"]}
    made = this.store.get(account.id, "refund", f"{trade['id']}:{number}")
    if made is None:
        # Success without a status: Alipay knows of no such refund.
        return reply | {"out_request_no": number}
    reply |= {
        "out_request_no": number,
        "refund_amount": yuan(made["fen"]),
        "refund_reason": made["reason"],
        "refund_status": "REFUND_SUCCESS",
        "total_amount": yuan(trade["total_fen"]),
    }
    if "gmt_refund_pay" in (content.get("query_options") or []):
        reply["gmt_refund_pay"] = beijing(made["at"])
    return reply


def _trade(this: World, account: Account, content: Json) -> Json:
    trade_no, number = content.get("trade_no"), content.get("out_trade_no")
    if not trade_no and not number:
        raise errors.bad_parameter("out_trade_no 和 trade_no 不能同时为空")
    if trade_no:
        trade = this.store.get(account.id, "trade", str(trade_no))
    else:
        trade = trades.of_number(this, account, str(number))
    if trade is None or (number and trade["out_trade_no"] != str(number)):
        raise errors.no_trade()
    return trade


Method = Callable[[World, Account, Json, Json], Json]

# Each method with the operation that faults know it by.
METHODS: dict[str, tuple[Method, str]] = {
    "alipay.trade.precreate": (precreate, "create"),
    "alipay.trade.query": (query, "query"),
    "alipay.trade.close": (close, "close"),
    "alipay.trade.cancel": (cancel, "close"),
    "alipay.trade.refund": (refund, "refund"),
    "alipay.trade.fastpay.refund.query": (refund_query, "refund_query"),
    "alipay.data.dataservice.bill.downloadurl.query": (bills.query, "statement"),
}
PAGE_METHODS = frozenset({"alipay.trade.page.pay", "alipay.trade.wap.pay"})
# Real methods that are not simulated here; anything else is no method of Alipay's.
UNSUPPORTED = frozenset(
    {
        "alipay.trade.pay",
        "alipay.trade.create",
        "alipay.trade.app.pay",
        "alipay.trade.order.settle",
        "alipay.fund.trans.uni.transfer",
        "alipay.system.oauth.token",
    }
)
