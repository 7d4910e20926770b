"""A provider's dashboard in small: accounts, the last objects, the last notices."""

import datetime as dt
import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from sandbox import world
from sandbox.alipay import trades
from sandbox.alipay.checking import yuan
from sandbox.identity.weixin import pages as weixin
from sandbox.paypal import orders as paypal
from sandbox.store import Json
from sandbox.stripe import money
from sandbox.unionpay import orders as union
from sandbox.wechatpay import orders as wechat
from sandbox.world import World

ROWS = 20
PROVIDERS = {
    "stripe": "Stripe",
    "alipay": "支付宝 Alipay",
    "wechatpay": "微信支付 WeChat Pay",
    "paypal": "PayPal",
    "unionpay": "银联 UnionPay",
    "google": "Google",
    "weixin": "微信 WeChat",
}

STATES = {
    "open": ("wait", "待支付 Open"),
    "complete": ("good", "已完成 Complete"),
    "expired": ("", "已过期 Expired"),
    "succeeded": ("good", "成功 Succeeded"),
    "pending": ("wait", "处理中 Pending"),
    "failed": ("bad", "失败 Failed"),
    "WAIT_BUYER_PAY": ("wait", "待付款 Waiting"),
    "TRADE_SUCCESS": ("good", "已付款 Paid"),
    "TRADE_CLOSED": ("", "已关闭 Closed"),
    "NOTPAY": ("wait", "待付款 Waiting"),
    "SUCCESS": ("good", "已付款 Paid"),
    "CLOSED": ("", "已关闭 Closed"),
    "REFUND": ("good", "转入退款 Refunded"),
    "REFUND_SUCCESS": ("good", "已退款 Refunded"),
    "CREATED": ("wait", "待付款 Waiting"),
    "PAYER_ACTION_REQUIRED": ("wait", "待付款 Waiting"),
    "APPROVED": ("wait", "已同意，待收款 Approved"),
    "PENDING": ("wait", "处理中 Pending"),
    "COMPLETED": ("good", "已付款 Paid"),
    "DECLINED": ("bad", "失败 Declined"),
    "PARTIALLY_REFUNDED": ("good", "部分退款 Partly refunded"),
    "REFUNDED": ("good", "已退款 Refunded"),
    "delivered": ("good", "已送达 Delivered"),
    "waiting": ("wait", "待发送 Waiting"),
    "held": ("wait", "扣住 Held"),
    "lost": ("bad", "丢失 Lost"),
    "given_up": ("bad", "已放弃 Given up"),
    "dropped": ("", "已取消 Dropped"),
}


async def show(request: Request) -> Response:
    this = world.of(request)
    templates: Jinja2Templates = request.app.state.templates
    context = {
        "accounts": [account for name in PROVIDERS for account in this.store.accounts(name)],
        "providers": PROVIDERS,
        "codes": trades.to_scan(this, ROWS),
        "wechat_codes": wechat.to_scan(this, ROWS),
        "scans": weixin.to_scan(this, ROWS),
        "objects": _objects(this),
        "deliveries": _deliveries(this),
        "faults": this.faults.waiting(),
        "scale": this.clock.scale,
        "states": STATES,
        "base": world.base_url(request),
    }
    return templates.TemplateResponse(request, "home/index.html", context)


def clock_time(moment: float) -> str:
    return dt.datetime.fromtimestamp(moment).astimezone().strftime("%m-%d %H:%M:%S")


def _objects(this: World) -> list[Json]:
    rows = this.store.rows(
        "SELECT * FROM objects"
        " WHERE kind IN ('checkout.session', 'refund', 'trade', 'wechatpay.order', 'paypal.order',"
        " 'unionpay.order', 'unionpay.refund')"
        " ORDER BY seq DESC LIMIT ?",
        ROWS,
    )
    return [
        {
            "id": row["id"],
            "kind": row["kind"],
            "reference": row["reference"],
            "at": clock_time(row["created_at"]),
            **_amount_and_state(row["kind"], json.loads(row["data"])),
        }
        for row in rows
    ]


def _amount_and_state(kind: str, data: Json) -> Json:
    if kind == paypal.KIND:
        state = data["capture"]["state"] if data["capture"] else data["state"]
        return {"amount": f"{data['value']} {data['currency']}", "state": state, "url": None}
    if kind in (union.KIND, union.REFUND):
        return {"amount": f"{yuan(data['amount'])} CNY", "state": _union_state(data), "url": None}
    if kind == wechat.KIND:
        return {"amount": f"{yuan(data['total'])} CNY", "state": data["state"], "url": None}
    if kind == "trade":
        return {
            "amount": f"{yuan(data['total_fen'])} CNY",
            "state": data["status"],
            "url": None,
        }
    if "fen" in data:
        return {
            "amount": f"{yuan(data['fen'])} CNY",
            "state": "REFUND_SUCCESS",
            "url": None,
        }
    amount = int(data["amount"] if kind == "refund" else data["amount_total"])
    shown = money.shown(amount, data["currency"])
    return {"amount": shown, "state": data["status"], "url": data.get("url")}


def _union_state(data: Json) -> str:
    if "of" in data:
        states = {union.SUCCESS: "REFUND_SUCCESS", union.TAKEN: "pending"}
        return states.get(data["code"], "failed")
    return "SUCCESS" if data["paid_at"] else "NOTPAY"


def _deliveries(this: World) -> list[Json]:
    rows = this.store.rows("SELECT * FROM deliveries ORDER BY id DESC LIMIT ?", ROWS)
    return [{**dict(row), "at": clock_time(row["created_at"])} for row in rows]
