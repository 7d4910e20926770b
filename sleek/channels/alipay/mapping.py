"""Alipay's words in ours. Pure.

Amounts are decimal strings in yuan, times are Beijing's. TRADE_CLOSED means either that nobody paid
or that all was given back: only a payment has its moment. Anything not listed stays PENDING.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from sleek.channels.base import (
    ChannelError,
    Notice,
    Outcome,
    RefundReport,
    Refused,
    Report,
    Short,
    Unavailable,
)
from sleek.channels.failures import failure_of
from sleek.core.money import InvalidAmount, Money

Node = Mapping[str, object]

BEIJING = timezone(timedelta(hours=8))
MOMENT = "%Y-%m-%d %H:%M:%S"
MOMENT_FORM = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
CURRENCY = "CNY"
YUAN = re.compile(r"\d{1,11}(\.\d{1,2})?", re.ASCII)
MAX_SUBJECT = 256
MAX_PAYER = 80
MAX_WORDS = 200

PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})
CLOSED = "TRADE_CLOSED"

# The gateway's codes for a request that it will not carry out whenever it is repeated.
REFUSALS = frozenset({"20001", "40001", "40002", "40003", "40004", "40006"})
BUSINESS_FAILED = "40004"
NO_TRADE = "ACQ.TRADE_NOT_EXIST"
# Nothing happened on that day; the older name and the newer.
NO_BILL = frozenset({"BILL_NOT_EXIST", "isp.bill_not_exist"})
SHORT = "ACQ.SELLER_BALANCE_NOT_ENOUGH"  # the merchant's balance does not cover the refund
# They arrive as refusals and yet say nothing of what happened, or happened before.
UNCLEAR = frozenset(
    {
        "ACQ.SYSTEM_ERROR",
        "ACQ.DISCORDANT_REPEAT_REQUEST",
        "aop.ACQ.SYSTEM_ERROR",
        "isp.unknow-error",
        "aop.unknow-error",
        "isv.app-call-limited",
        "isv.method-call-limited",
    }
)


def yuan(amount: Money) -> str:
    if amount.currency != CURRENCY:
        raise Refused("Alipay takes yuan only.", reason="currency")
    return f"{amount.decimal:f}"


def money(text: object, currency: object = None) -> Money:
    """Raises `InvalidAmount` for anything but a plain amount with at most two decimals."""
    if not isinstance(text, str) or not YUAN.fullmatch(text):
        raise InvalidAmount("Alipay gave no amount in yuan")
    return Money.parse(text, str(currency or CURRENCY))


def beijing(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime(MOMENT)


def moment(text: object) -> datetime | None:
    """A Beijing time; refunds carry milliseconds, which are dropped."""
    written = str(text)[:19]
    if not MOMENT_FORM.fullmatch(written):
        return None
    try:
        return datetime.fromisoformat(written).replace(tzinfo=BEIJING)
    except ValueError:
        return None


def subject(description: str, key: str) -> str:
    """Alipay refuses a title with / = or &, and shows the payer no other text."""
    return re.sub(r"[/=&\s]+", " ", description).strip()[:MAX_SUBJECT] or key


def error(node: Node) -> ChannelError:
    """What a reply without success means.

    `Refused` only for codes that are known to change nothing when repeated.
    """
    code, sub_code = str(node.get("code", "")), str(node.get("sub_code", ""))
    reason = sub_code or code
    if code not in REFUSALS or sub_code in UNCLEAR:
        return Unavailable(f"Alipay could not answer ({reason}).")
    # Of other refusals the text may quote the whole request, so only the code is passed on.
    words = str(node.get("sub_msg", ""))[:MAX_WORDS] if code == BUSINESS_FAILED else ""
    message = f"Alipay refused this ({reason}). {words}".strip()
    kind = Short if sub_code == SHORT else Refused
    return kind(message, reason=reason, failure=failure_of("alipay", sub_code))


def report(trade: Node) -> Report:
    """A trade as a query tells it. Raises `InvalidAmount`."""
    return _report(trade, paid_at=moment(trade.get("send_pay_date")))


def refund_report(refund: Node, key: str) -> RefundReport:
    """A refund as its query tells it: one unknown or not done has no status.

    Raises `InvalidAmount`.
    """
    if refund.get("refund_status") != "REFUND_SUCCESS":
        return RefundReport(key, Outcome.PENDING)
    return RefundReport(
        key,
        Outcome.SUCCEEDED,
        amount=money(refund.get("refund_amount"), refund.get("trans_currency")),
        reference=str(refund.get("trade_no", "")),
        trace=str(refund.get("trade_no", "")),
        event_at=moment(refund.get("gmt_refund_pay")),
    )


def notice(fields: Mapping[str, str]) -> Notice:
    """A verified notice about a trade. Raises `KeyError` for one about anything else.

    One about a refund repeats the trade's state, and its `refund_fee` is the sum of all refunds so
    far: it may not be read as a second payment nor as the amount of this refund, so it only tells
    us to ask.
    """
    status, key = fields["trade_status"], fields["out_trade_no"]
    known = Notice(id=fields["notify_id"], kind=status, key=key)
    if any(name in fields for name in ("gmt_refund", "refund_fee", "out_biz_no")):
        return known
    paid_at = moment(fields.get("gmt_payment"))
    if status == CLOSED and paid_at:
        return known
    try:
        return replace(known, report=_report(fields, paid_at=paid_at))
    except InvalidAmount:
        return known


def _report(trade: Node, *, paid_at: datetime | None) -> Report:
    key, reference = str(trade.get("out_trade_no", "")), str(trade.get("trade_no", ""))
    status = trade.get("trade_status")
    if status in PAID or (status == CLOSED and paid_at):
        return Report(
            key,
            Outcome.SUCCEEDED,
            amount=money(trade.get("total_amount"), trade.get("trans_currency")),
            reference=reference,
            payer=str(trade.get("buyer_logon_id") or "")[:MAX_PAYER],
            event_at=paid_at,
        )
    outcome = Outcome.CANCELED if status == CLOSED else Outcome.PENDING
    return Report(key, outcome, reference=reference)
