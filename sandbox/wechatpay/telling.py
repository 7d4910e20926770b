"""Orders and refunds as WeChat Pay's queries and notices tell them."""

from sandbox.store import Account, Json
from sandbox.wechatpay.checking import rfc3339

WAIT, SUCCESS, CLOSED, GIVEN_BACK = "NOTPAY", "SUCCESS", "CLOSED", "REFUND"
WORDS = {WAIT: "订单未支付", SUCCESS: "支付成功", CLOSED: "订单已关闭", GIVEN_BACK: "转入退款"}


def order_told(account: Account, order: Json) -> Json:
    told = {
        "appid": account.data["app_id"],
        "mchid": account.id,
        "out_trade_no": order["out_trade_no"],
        "trade_state": order["state"],
        "trade_state_desc": WORDS[order["state"]],
    }
    if order["paid_at"] is None:
        return told
    return told | {
        "transaction_id": order["transaction_id"],
        "trade_type": order["trade_type"],
        "bank_type": "OTHERS",
        "attach": "",
        "success_time": rfc3339(order["paid_at"]),
        "payer": {"openid": order["openid"]},
        "amount": {
            "total": order["total"],
            "payer_total": order["total"],
            "currency": "CNY",
            "payer_currency": "CNY",
        },
    }


def refund_told(made: Json) -> Json:
    return {
        "refund_id": made["id"],
        "out_refund_no": made["out_refund_no"],
        "transaction_id": made["transaction_id"],
        "out_trade_no": made["out_trade_no"],
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": rfc3339(made["at"]),
        "success_time": rfc3339(made["at"]),
        "status": made["state"],
        "funds_account": "AVAILABLE",
        "amount": {
            "total": made["total"],
            "refund": made["refund"],
            "payer_total": made["total"],
            "payer_refund": made["refund"],
            "settlement_refund": made["refund"],
            "settlement_total": made["total"],
            "discount_refund": 0,
            "currency": "CNY",
        },
    }
