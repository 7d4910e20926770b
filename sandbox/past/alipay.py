"""A trade of Alipay's that its buyer paid."""

from sandbox.alipay import checking, trades
from sandbox.alipay.checking import yuan
from sandbox.past.payment import Identity, Payment, Refund
from sandbox.store import Account, Json
from sandbox.world import World

METHOD = "alipay.trade.page.pay"


def find(this: World, account: Account, payment: Payment) -> set[Identity]:
    """Those that bear its key or its number."""
    met = this.store.by_reference(account.id, "trade", payment.key)
    if same := this.store.find("trade", payment.reference):
        met.append(same[1])
    return {_identity(trade) for trade in met}


def make(this: World, account: Account, payment: Payment) -> None:
    if payment.currency != "CNY":
        raise ValueError("Alipay takes CNY")
    content = {
        "out_trade_no": payment.key,
        "subject": payment.subject,
        "total_amount": yuan(payment.amount),
        "product_code": checking.PAGE_PRODUCT,
    }
    fields = checking.order(content, METHOD, payment.at)
    order = trades.prepare(this, account, fields, {"method": METHOD})
    trade = trades.meet(this, account, order, number=payment.reference)
    trade["buyer_logon_id"] = payment.payer or trades.BUYER_LOGON_ID
    trades.pay(this, account, trade)


def give_back(this: World, account: Account, payment: Payment, refund: Refund) -> bool:
    trade = trades.of_number(this, account, payment.key)
    assert trade is not None  # it was made, or met
    wanted = {"out_request_no": refund.key, "fen": refund.amount, "reason": ""}
    return trades.refund(this, account, trade, wanted)[1]


def _identity(trade: Json) -> Identity:
    return trade["out_trade_no"], trade["id"], trade["total_fen"], "CNY"
