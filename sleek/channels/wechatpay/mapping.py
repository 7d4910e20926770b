"""WeChat Pay's words in ours. Pure.

Amounts are integers of fen. REFUND is a trade that was paid and of which something went back; a
trade state that is not listed stays PENDING. `SYSTEMERROR`-like codes say nothing of what happened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from sleek.channels.base import (
    ChannelError,
    Failure,
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
CURRENCY = "CNY"
MAX_DESCRIPTION = 127  # characters
MAX_REASON_BYTES = 80
MAX_WORDS = 200
MAX_MOMENT = 40

OUTCOMES = {
    "SUCCESS": Outcome.SUCCEEDED,
    "REFUND": Outcome.SUCCEEDED,
    "CLOSED": Outcome.CANCELED,
    "REVOKED": Outcome.CANCELED,
    "PAYERROR": Outcome.FAILED,
}
REFUND_OUTCOMES = {
    "SUCCESS": Outcome.SUCCEEDED,
    "CLOSED": Outcome.FAILED,
    # ABNORMAL: the payer's card or account is gone and WeChat holds the money until the merchant
    # says where it shall go. Nothing has come back, so it stays pending and is looked at.
}
NO_ORDER = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST"})
NO_BILL = "NO_STATEMENT_EXIST"  # nothing happened on that day
BILL_IN_MAKING = "STATEMENT_CREATING"
NO_REFUND = frozenset({"RESOURCE_NOT_EXISTS", "REFUND_NOT_EXISTS"})
# They speak of our access, and say nothing of what an earlier request has moved.
LOCKED_OUT = frozenset({"SIGN_ERROR", "NO_AUTH", "MCH_NOT_EXISTS"})
SHORT = "NOT_ENOUGH"  # the merchant's balance does not cover the refund
# They say nothing of what happened, or that asking again may help.
UNCLEAR = frozenset(
    {"SYSTEM_ERROR", "SYSTEMERROR", "BANK_ERROR", "FREQUENCY_LIMITED", "USERPAYING"}
)

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def fen(amount: Money) -> dict[str, object]:
    if amount.currency != CURRENCY:
        raise Refused("WeChat Pay takes yuan only.", reason="currency")
    return {"total": amount.minor, "currency": CURRENCY}


def money(minor: object, currency: object) -> Money:
    """Raises `InvalidAmount` for anything but a whole number of minor units."""
    if type(minor) is not int:
        raise InvalidAmount("WeChat Pay gave no amount")
    return Money(minor, str(currency or CURRENCY))


def beijing(moment: datetime) -> str:
    """RFC 3339 with the offset that WeChat's own examples have."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")


def moment(text: object) -> datetime | None:
    written = str(text)[:MAX_MOMENT]
    return datetime.fromisoformat(written) if _MOMENT.fullmatch(written) else None


def description(text: str, key: str) -> str:
    return " ".join(text.split())[:MAX_DESCRIPTION] or key


def reason(text: str) -> str:
    """At most 80 bytes of UTF-8, cut between characters."""
    return text.encode()[:MAX_REASON_BYTES].decode(errors="ignore")


def error(status: int, node: Node) -> ChannelError:
    """What a reply without success means. `Refused` only for what repeating does not change."""
    code = str(node.get("code", ""))[:80]
    if status >= 500 or status == 429 or not code or code in UNCLEAR:
        return Unavailable(f"WeChat Pay could not answer ({code or status}).")
    words = str(node.get("message", ""))[:MAX_WORDS]
    message = f"WeChat Pay refused this ({code}). {words}".strip()
    kind = Short if code == SHORT else Refused
    return kind(message, reason=code, failure=failure_of("wechatpay", code))


def report(trade: Node) -> Report:
    """A trade as a query or a notice tells it. Raises `InvalidAmount`."""
    key, state = str(trade.get("out_trade_no", "")), str(trade.get("trade_state", ""))
    reference = str(trade.get("transaction_id") or "")
    outcome = OUTCOMES.get(state, Outcome.PENDING)
    if outcome != Outcome.SUCCEEDED:
        failure = Failure.DECLINED if outcome == Outcome.FAILED else None
        code = state if failure else ""
        return Report(key, outcome, reference=reference, failure=failure, failure_code=code)
    amount = _node(trade, "amount")
    return Report(
        key,
        outcome,
        amount=money(amount.get("total"), amount.get("currency")),
        reference=reference,
        payer=_payer(trade),
        event_at=moment(trade.get("success_time")),
    )


def refund_report(refund: Node, key: str) -> RefundReport:
    """A refund as its query tells it. Raises `InvalidAmount`."""
    state = str(refund.get("status", ""))
    outcome = REFUND_OUTCOMES.get(state, Outcome.PENDING)
    if outcome != Outcome.SUCCEEDED:
        code = "" if state == "PROCESSING" else state
        return RefundReport(key, outcome, failure_code=code)
    amount = _node(refund, "amount")
    return RefundReport(
        key,
        outcome,
        amount=money(amount.get("refund"), amount.get("currency")),
        reference=str(refund.get("refund_id") or ""),
        trace=str(refund.get("refund_id") or ""),
        event_at=moment(refund.get("success_time")),
    )


def notice(envelope: Node, resource: Node) -> Notice:
    """A verified notice with its decrypted resource. One about a refund, or whose amount cannot be
    read, only tells us to ask.
    """
    kind, key = str(envelope.get("event_type", "")), str(resource.get("out_trade_no", ""))
    found = Notice(id=str(envelope["id"]), kind=kind, key=key)
    if not kind.startswith("TRANSACTION."):
        return found
    try:
        return Notice(id=found.id, kind=kind, key=key, report=report(resource))
    except InvalidAmount:
        return found


def _payer(trade: Node) -> str:
    """The end of the payer's openid at this merchant: enough to tell two payers apart."""
    openid = str(_node(trade, "payer").get("openid") or "")
    return f"WeChat •{openid[-4:]}" if openid else ""


def _node(parent: Node, name: str) -> Node:
    found = parent.get(name)
    return found if isinstance(found, Mapping) else {}
