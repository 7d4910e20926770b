"""PayPal's words in ours. Pure.

An order is a wish that its payer approves; money moves by its capture, which is ours to make. Once
there is a capture, it alone says what became of the money, and an order has one at most. A status
that is not listed stays PENDING.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sleek.channels.base import (
    ChannelError,
    Failure,
    Movement,
    Notice,
    Outcome,
    RefundReport,
    Refused,
    Report,
    Short,
    StatementLine,
    Unavailable,
)
from sleek.channels.failures import failure_of
from sleek.channels.paypal import currencies
from sleek.core.money import InvalidAmount, Money

Node = Mapping[str, object]

CAPTURE = "CAPTURE"
# An order with this intent cannot be captured. We make none, but turn those of ours that shall not
# be paid any more into one: PayPal has no other way to end an order that has no money yet.
ENDED = "AUTHORIZE"
APPROVED = "APPROVED"
MAX_DESCRIPTION = 127  # characters
MAX_NOTE = 255
MAX_WORDS = 200
MAX_CODE = 80
MAX_MOMENT = 40

CAPTURES = {
    "COMPLETED": Outcome.SUCCEEDED,
    "PARTIALLY_REFUNDED": Outcome.SUCCEEDED,
    "REFUNDED": Outcome.SUCCEEDED,
    "DECLINED": Outcome.FAILED,
    "FAILED": Outcome.FAILED,
    "PENDING": Outcome.PROCESSING,  # an eCheck that must clear, or a review: it can take days
}
REFUNDS = {
    "COMPLETED": Outcome.SUCCEEDED,
    "FAILED": Outcome.FAILED,
    "CANCELLED": Outcome.FAILED,
}
NO_ORDER = frozenset({"RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID"})
LOOK_AGAIN = frozenset({"ORDER_ALREADY_CAPTURED", "ORDER_ALREADY_COMPLETED"})
# They speak of our access, and say nothing of what an earlier request has moved.
LOCKED_OUT = frozenset(
    {"AUTHENTICATION_FAILURE", "INVALID_ACCOUNT_STATUS", "NOT_AUTHORIZED", "PERMISSION_DENIED"}
    | {"invalid_client", "invalid_token", "unauthorized_client"}
)
SHORT = frozenset({"REFUND_FAILED_INSUFFICIENT_FUNDS", "REFUND_FUNDS_NOT_AVAILABLE"})
# They say nothing of what happened, or that asking again may help.
UNCLEAR = frozenset({"PREVIOUS_REQUEST_IN_PROGRESS", "RATE_LIMIT_REACHED", "RESOURCE_CONFLICT"})
# What a refused capture leaves behind. After what is not listed the payer may go on at PayPal, with
# another card or after what PayPal asks of them, so the order waits.
REFUSED_CAPTURES = {
    "ORDER_NOT_APPROVED": Outcome.PENDING,
    "ACTION_DOES_NOT_MATCH_INTENT": Outcome.CANCELED,
    "ORDER_EXPIRED": Outcome.CANCELED,
    "COMPLIANCE_VIOLATION": Outcome.FAILED,
    "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED": Outcome.FAILED,
    "PAYEE_ACCOUNT_LOCKED_OR_CLOSED": Outcome.FAILED,
    "PAYEE_ACCOUNT_RESTRICTED": Outcome.FAILED,
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED": Outcome.FAILED,
    "PAYER_ACCOUNT_RESTRICTED": Outcome.FAILED,
    "PAYER_COUNTRY_NOT_SUPPORTED": Outcome.FAILED,
}

LOCALES = {
    "ar": "ar-EG", "de": "de-DE", "en": "en-US", "es": "es-ES", "fr": "fr-FR", "id": "id-ID",
    "ja": "ja-JP", "pt": "pt-BR", "ru": "ru-RU", "zh-hans": "zh-CN", "zh-hant": "zh-TW",
}  # fmt: skip

# Transaction event codes of PayPal's reports begin with their kind; T11 holds reversals of all
# sorts, of which this one is a refund that the merchant made.
PAYMENT_CODES, FEE_CODES, REFUND_CODE = "T00", "T01", "T1107"
COUNTED = frozenset({"S", "V"})  # done, or done and later reversed by a line of its own

_CAPTURE_EVENT = "PAYMENT.CAPTURE."
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)", re.ASCII)


def moment(text: object) -> datetime | None:
    written = str(text)[:MAX_MOMENT]
    return datetime.fromisoformat(written) if _MOMENT.fullmatch(written) else None


def description(text: str, key: str) -> str:
    return " ".join(text.split())[:MAX_DESCRIPTION] or key


def locale(language: str) -> str | None:
    """PayPal's name of a language; None where it has none, and then it asks the browser."""
    name = language.lower()
    return LOCALES.get(name) or LOCALES.get(name.partition("-")[0])


def error(status: int, node: Node) -> ChannelError:
    """What a reply without success means. `Refused` only for what repeating does not change."""
    name = str(node.get("name") or node.get("error") or "")
    detail = _first(node, "details")
    code = str(detail.get("issue") or name)[:MAX_CODE]
    if status >= 500 or status in (408, 409, 429) or not code or {name, code} & UNCLEAR:
        return Unavailable(f"PayPal could not answer ({code or status}).")
    words = str(detail.get("description") or node.get("message") or "")[:MAX_WORDS]
    kind = Short if code in SHORT else Refused
    failure = failure_of("paypal", code, name)
    return kind(f"PayPal refused this ({code}). {words}".strip(), reason=code, failure=failure)


def key_of(order: Node) -> str:
    return str(_unit(order).get("custom_id") or "")


def asked(order: Node) -> Money:
    """Raises `InvalidAmount`."""
    return currencies.money(_unit(order).get("amount"))


def capture(order: Node) -> Node:
    """The order's capture; empty when there is none."""
    return _first(_child(_unit(order), "payments"), "captures")


def approval(order: Node) -> str:
    """The address at which the payer approves an order that was just made."""
    links = order.get("links")
    named = {
        str(link.get("rel")): str(link.get("href", ""))
        for link in (links if isinstance(links, list) else [])
        if isinstance(link, Mapping)
    }
    return named.get("payer-action") or named.get("approve", "")


def report(order: Node) -> Report:
    """An order as PayPal tells it. Raises `InvalidAmount`."""
    taken = capture(order)
    if taken:
        told = captured(taken)
        payer = _payer(order)
        reference = str(order.get("id", ""))
        return replace(told, key=key_of(order), reference=reference, payer=payer)
    is_over = order.get("status") == "VOIDED" or order.get("intent") == ENDED
    outcome = Outcome.CANCELED if is_over else Outcome.PENDING
    return Report(key_of(order), outcome, reference=str(order.get("id", "")))


def captured(taken: Node) -> Report:
    """A capture as its order or a notice tells it. Raises `InvalidAmount`."""
    key, status = str(taken.get("custom_id") or ""), str(taken.get("status", ""))
    related = _child(_child(taken, "supplementary_data"), "related_ids")
    reference = str(related.get("order_id") or "")
    outcome = CAPTURES.get(status, Outcome.PENDING)
    if outcome != Outcome.SUCCEEDED:
        reason = str(_child(taken, "status_details").get("reason") or status)[:MAX_CODE]
        failure = failure_of("paypal", reason, status) if outcome == Outcome.FAILED else None
        code = reason if failure else ""
        return Report(key, outcome, reference=reference, failure=failure, failure_code=code)
    fee = _child(taken, "seller_receivable_breakdown").get("paypal_fee")
    return Report(
        key,
        outcome,
        amount=currencies.money(taken.get("amount")),
        reference=reference,
        fee=currencies.money(fee) if fee else None,
        event_at=moment(taken.get("update_time") or taken.get("create_time")),
    )


def refused_capture(key: str, refusal: Refused) -> Report:
    """What a capture that PayPal refused says of its order."""
    outcome = REFUSED_CAPTURES.get(refusal.reason, Outcome.PENDING)
    if outcome == Outcome.CANCELED or refusal.reason == "ORDER_NOT_APPROVED":
        return Report(key, outcome)
    failure = refusal.failure or Failure.UNKNOWN
    return Report(key, outcome, failure=failure, failure_code=refusal.reason)


def refund_of(order: Node, key: str) -> Node:
    """The order's refund that was made under our key; empty when there is none."""
    made = _child(_unit(order), "payments").get("refunds")
    for refund in made if isinstance(made, list) else []:
        if isinstance(refund, Mapping) and refund.get("custom_id") == key:
            return refund
    return {}


def refund_report(refund: Node) -> RefundReport:
    """Raises `InvalidAmount`."""
    key, status = str(refund.get("custom_id") or ""), str(refund.get("status", ""))
    outcome = REFUNDS.get(status, Outcome.PENDING)
    reference = str(refund.get("id") or "")
    if outcome == Outcome.FAILED:
        reason = str(_child(refund, "status_details").get("reason") or status)[:MAX_CODE]
        return RefundReport(key, outcome, reference=reference, failure_code=reason)
    return RefundReport(
        key,
        outcome,
        amount=currencies.money(refund.get("amount")),
        reference=reference,
        event_at=moment(refund.get("create_time")),
    )


def notice(event: Node) -> Notice:
    """A verified notice. What tells a capture's state and amount becomes a report; of an approval
    or anything else about a payment of ours only our key is told.
    """
    kind, resource = str(event.get("event_type", "")), _child(event, "resource")
    found = Notice(id=str(event["id"]), kind=kind)
    try:
        if kind == f"{_CAPTURE_EVENT}REFUNDED" and resource.get("custom_id"):
            return replace(found, refund_report=refund_report(resource))
        if kind == f"{_CAPTURE_EVENT}REVERSED":
            return replace(found, key=str(resource.get("custom_id") or ""))
        if kind.startswith(_CAPTURE_EVENT) and resource.get("custom_id"):
            return replace(found, report=captured(resource), key=str(resource["custom_id"]))
    except InvalidAmount:
        return replace(found, key=str(resource.get("custom_id") or ""))
    return replace(found, key=key_of(resource)) if kind.startswith("CHECKOUT.ORDER.") else found


def statement_line(node: Node) -> StatementLine | None:
    """One line of PayPal's report, if it is of money that moved. Raises `InvalidAmount`."""
    told = _child(node, "transaction_info")
    kind = str(told.get("transaction_event_code", ""))
    event_at = moment(told.get("transaction_initiation_date"))
    if told.get("transaction_status") not in COUNTED or event_at is None:
        return None
    amount = currencies.money(told.get("transaction_amount"))
    fee = currencies.money(told["fee_amount"]) if told.get("fee_amount") else None
    return StatementLine(
        movement=_movement(kind, amount),
        amount=amount,
        fee=-fee if fee else Money(0, amount.currency),  # a fee is written with a minus
        event_at=event_at,
        key=str(told.get("custom_field") or told.get("invoice_id") or ""),
        reference=str(told.get("transaction_id") or ""),
        kind=kind,
    )


def _movement(kind: str, amount: Money) -> Movement:
    if kind.startswith(PAYMENT_CODES) and amount.minor > 0:
        return Movement.PAYMENT
    if kind == REFUND_CODE:
        return Movement.REFUND
    return Movement.FEE if kind.startswith(FEE_CODES) else Movement.OTHER


def _payer(order: Node) -> str:
    """The payer's address at PayPal, of which the first letter and the host are left."""
    wallet = _child(_child(order, "payment_source"), "paypal")
    address = str(wallet.get("email_address") or _child(order, "payer").get("email_address") or "")
    name, _, host = address[:254].rpartition("@")
    return f"{name[:1]}•••@{host}" if name else ""


def _unit(order: Node) -> Node:
    """Our orders have one purchase unit."""
    return _first(order, "purchase_units")


def _first(parent: Node, name: str) -> Node:
    found = parent.get(name)
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, Mapping) else {}


def _child(parent: Node, name: str) -> Node:
    found = parent.get(name)
    return found if isinstance(found, Mapping) else {}
