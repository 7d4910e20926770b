"""Orders and refunds as UnionPay tells them. A notice is a form, signed anew each time it goes."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from sandbox.deliveries import Delivery, Notice, Reply
from sandbox.faults import Fault
from sandbox.store import Account, Json, Store
from sandbox.unionpay import checking, signing
from sandbox.unionpay.signing import Fields
from sandbox.world import World

MINUTE_S = 60.0
NOT_WANTED = "http://www.specialUrl.com"
FORM = "application/x-www-form-urlencoded;charset=UTF-8"
WORDS = {
    "00": "成功[0000000]",
    "03": "交易通讯超时，请发起查询交易[2003000]",
    "05": "交易已受理，请稍后查询交易结果[6154037]",
    "64": "卡上的余额不足[1000051]",
    "65": "输入的密码、有效期或CVN2有误，交易失败[1000055]",
}
PURCHASE, REFUND = "01", "04"
ENDS = {"says_closed": "34", "says_failed": "64"}


class UnionWire:
    """Five times in all; a status of 200 or 302 is a yes, whatever the body says."""

    retry_after_s: tuple[float, ...] = (0.0, MINUTE_S, 2 * MINUTE_S, 4 * MINUTE_S)

    def __init__(self, store: Store) -> None:
        self._store = store

    def render(self, delivery: Delivery) -> tuple[Mapping[str, str], bytes]:
        fields: Fields = json.loads(delivery.notice.payload)
        signed = signing.signed(self._store, fields, is_spoilt=delivery.is_spoilt)
        return {"Content-Type": FORM}, urlencode(signed).encode()

    def accepts(self, reply: Reply) -> bool:
        return reply.status in (200, 302)

    def spoil(self, notice: Notice, fault: Fault) -> str:
        fields: Fields = json.loads(notice.payload)
        spoil(fields, fault)
        return json.dumps(fields)

    def is_wanted(self, delivery: Delivery) -> bool:
        return True


def payment_told(account: Account, order: Json) -> Fields:
    """As a notice and the payer's own return tell it."""
    return _told(account, order) | {
        "bizType": "000201",
        "txnType": PURCHASE,
        "txnSubType": "01",
        "currencyCode": "156",
        "accNo": "621626******0018",
        "respCode": "00",
        "respMsg": "成功[0000000]",
        **_settled(order, order["paid_at"]),
    }


def refund_told(account: Account, made: Json) -> Fields:
    return _told(account, made) | {
        "bizType": "000201",
        "txnType": REFUND,
        "txnSubType": "00",
        "currencyCode": "156",
        "origQryId": made["fields"]["origQryId"],
        "respCode": made["code"],
        "respMsg": words(made["code"]),
        **_settled(made, made["done_at"]),
    }


def answered(account: Account, found: Json) -> Fields:
    """As a query tells it: the query went well, and the order says what it is."""
    is_refund = "of" in found
    told = refund_told(account, found) if is_refund else _told(account, found)
    if not is_refund and found["paid_at"]:
        told = payment_told(account, found)
    return told | {
        "bizType": "000000",
        "txnType": REFUND if is_refund else PURCHASE,
        "txnSubType": "00" if is_refund else "01",
        "respCode": "00",
        "respMsg": WORDS["00"],
        "origRespCode": found["code"],
        "origRespMsg": words(found["code"]),
    }


def words(code: str) -> str:
    return WORDS.get(code, "交易失败")


def send_payment(this: World, account: Account, order: Json) -> None:
    _send(this, account, order, "payment", payment_told(account, order))


def send_refund(this: World, account: Account, made: Json) -> None:
    _send(this, account, made, "refund", refund_told(account, made))


def spoil(fields: Fields, fault: Fault) -> None:
    """One fen less than was paid, another currency, another merchant, another end."""
    if fault.kind == "wrong_amount" and "txnAmt" in fields:
        fields["txnAmt"] = str(fault.parameters.get("amount", int(fields["txnAmt"]) - 1))
    if fault.kind == "wrong_currency" and "currencyCode" in fields:
        fields["currencyCode"] = str(fault.parameters.get("currency", "840"))
    if fault.kind == "wrong_account":
        fields["merId"] = fields["merId"][:-1] + str((int(fields["merId"][-1]) + 1) % 10)
    if fault.kind in ENDS and "origRespCode" in fields:
        fields["origRespCode"] = ENDS[fault.kind]


def _told(account: Account, thing: Json) -> Fields:
    return {
        "version": "5.1.0",
        "encoding": "UTF-8",
        "signMethod": "01",
        "accessType": "0",
        "merId": account.id,
        "orderId": thing["fields"]["orderId"],
        "txnTime": thing["fields"]["txnTime"],
        "txnAmt": str(thing["amount"]),
        "queryId": thing["queryId"],
    }


def _settled(thing: Json, moment: float | None) -> Fields:
    if moment is None:
        return {}
    return {
        "traceNo": thing["traceNo"],
        "traceTime": thing["traceTime"],
        "settleAmt": str(thing["amount"]),
        "settleCurrencyCode": "156",
        "settleDate": f"{checking.beijing(moment):%m%d}",
    }


def _send(this: World, account: Account, thing: Json, event: str, fields: Fields) -> None:
    url = thing["fields"].get("backUrl", "")
    if url in ("", NOT_WANTED):
        return
    payload = json.dumps(fields)
    this.deliveries.enqueue(
        Notice(account.id, "unionpay", url, event, thing["fields"]["orderId"], payload)
    )
