"""Stripe's objects in our words. Pure.

Anything not listed stays PENDING: a status that Stripe adds next year must never release goods or
money on its own. Amounts are those that Stripe says it received, never those that were asked.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sleek.channels.base import Notice, Outcome, RefundReport, Report, Saved
from sleek.channels.failures import failure_of
from sleek.channels.stripe.currencies import from_raw
from sleek.core.money import InvalidAmount, Money

Json = Mapping[str, Any]

# Where our keys are kept at Stripe. Objects without them are the merchant's own business.
ATTEMPT, REFUND = "sleek_attempt", "sleek_refund"
KEPT = "sleek_kept"  # an intent that charges a kept card, without a session
SHORT = "insufficient_funds"  # of the merchant
MAX_TRACE = 128
MAX_CODE = 80  # characters of a provider's code that we keep

OUTCOMES = {
    ("complete", "paid"): Outcome.SUCCEEDED,
    ("expired", "unpaid"): Outcome.CANCELED,
}
# A delayed method that failed leaves the session complete and its intent waiting for what can no
# longer be given.
UNDER_WAY = {"processing": Outcome.PROCESSING}  # a debit on its way, which takes days
FAILED_INTENTS = frozenset({"requires_payment_method", "canceled"})

# Of an intent without a session. Nobody is shown a page to give it another card on.
INTENT_OUTCOMES = {
    "succeeded": Outcome.SUCCEEDED,
    "canceled": Outcome.CANCELED,
    "requires_payment_method": Outcome.FAILED,
}

REFUND_OUTCOMES = {
    "succeeded": Outcome.SUCCEEDED,
    "failed": Outcome.FAILED,
    "canceled": Outcome.FAILED,
}

PAYMENT_EVENTS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "payment_intent.payment_failed",
    }
)
KEPT_EVENTS = frozenset(
    {"payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled"}
)
REFUND_EVENTS = frozenset({"refund.created", "refund.updated", "refund.failed"})
# They only tell us to ask: the fee becomes known with the first, the second names no refund.
HINTS = frozenset({"charge.updated", "charge.refunded"})

BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
}

_LOCALES = """
    bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt
    pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW
"""
LOCALES = frozenset(_LOCALES.split())


def locale(language: str) -> str:
    """Stripe's name for a language; "auto" lets the payer's browser decide."""
    language = {"zh-hans": "zh", "zh-cn": "zh", "zh-hant": "zh-TW"}.get(language.lower(), language)
    name, _, region = language.partition("-")
    candidates = (f"{name.lower()}-{region.upper()}", name.lower())
    return next((each for each in candidates if each in LOCALES), "auto")


def report(session: Json) -> Report:
    """A Checkout Session, with its intent, charge and balance transaction expanded or not.

    Raises `InvalidAmount` when money arrived whose amount cannot be understood.
    """
    intent, charge, entry = _parts(session)
    outcome = OUTCOMES.get((session["status"], session["payment_status"]), Outcome.PENDING)
    if session["status"] == "complete" and outcome == Outcome.PENDING:
        status = str(intent.get("status"))
        outcome = Outcome.FAILED if status in FAILED_INTENTS else UNDER_WAY.get(status, outcome)
    known = Report(attempt_of(session), outcome, reference=session["id"])
    if outcome != Outcome.SUCCEEDED:
        return _with_failure(known, intent)
    received = intent.get("amount_received", session["amount_total"])
    return replace(
        known,
        amount=from_raw(received, intent.get("currency", session["currency"])),
        fee=_fee(entry),
        payer=_payer(charge),
        event_at=_moment(charge.get("created")),
        saved=_saved(intent, charge),
    )


def intent_report(intent: Json) -> Report:
    """An intent that charges a kept card, with its charge and balance transaction expanded or not.

    Raises `InvalidAmount` when money arrived whose amount cannot be understood.
    """
    outcome = INTENT_OUTCOMES.get(intent["status"], Outcome.PENDING)
    known = Report(attempt_of(intent), outcome, reference=intent["id"])
    if outcome != Outcome.SUCCEEDED:
        return _with_failure(known, intent)
    charge = _object(intent, "latest_charge")
    return replace(
        known,
        amount=from_raw(intent["amount_received"], intent["currency"]),
        fee=_fee(_object(charge, "balance_transaction")),
        payer=_payer(charge),
        event_at=_moment(charge.get("created")),
    )


def challenge_of(intent: Json) -> str:
    """The page where the card's bank asks whether it is its holder, if it does."""
    action = _object(intent, "next_action")
    return str(_object(action, "redirect_to_url").get("url") or "")


def refund_report(refund: Json) -> RefundReport:
    """Raises `InvalidAmount` when the amount cannot be understood."""
    return RefundReport(
        key=_metadata(refund).get(REFUND, ""),
        outcome=REFUND_OUTCOMES.get(refund["status"], Outcome.PENDING),
        amount=from_raw(refund["amount"], refund["currency"]),
        reference=refund["id"],
        failure_code=_failed_refund_code(refund),
        event_at=_moment(refund.get("created")),
        trace=_trace(refund),
        is_short=refund["status"] == "pending" and refund.get("pending_reason") == SHORT,
    )


def _trace(refund: Json) -> str:
    """The acquirer's reference number, which the card's bank finds it by; days after, if at all."""
    card = _object(_object(refund, "destination_details"), "card")
    return str(card.get("reference") or "")[:MAX_TRACE]


def notice(event: Json) -> Notice:
    """A verified event.

    What carries state and amount becomes a report; of anything else only our key is told.
    """
    kind, subject = event["type"], event["data"]["object"]
    known = Notice(id=event["id"], kind=kind, key=attempt_of(subject))
    try:
        if kind in REFUND_EVENTS and _metadata(subject).get(REFUND):
            return replace(known, refund_report=refund_report(subject))
        is_told = kind in PAYMENT_EVENTS or (kind in KEPT_EVENTS and _is_kept(subject))
        if known.key and is_told:
            return replace(known, report=_reported(kind, subject, _moment(event.get("created"))))
    except InvalidAmount:
        return known
    return known if kind in HINTS else replace(known, key="")


def _reported(kind: str, subject: Json, moment: datetime | None) -> Report:
    if kind in KEPT_EVENTS and _is_kept(subject):
        return replace(intent_report(subject), event_at=moment)
    if kind == "payment_intent.payment_failed":
        # The session is still open and the payer may go on there with another card.
        return _with_failure(Report(attempt_of(subject), Outcome.PENDING, event_at=moment), subject)
    news = replace(report(subject), event_at=moment)
    if kind == "checkout.session.async_payment_failed":
        return replace(news, outcome=Outcome.FAILED)
    return news


def _is_kept(intent: Json) -> bool:
    return bool(_metadata(intent).get(KEPT))


def attempt_of(thing: Json) -> str:
    return str(_metadata(thing).get(ATTEMPT, ""))


def _parts(session: Json) -> tuple[Json, Json, Json]:
    """Intent, charge and balance transaction; empty where there is none, or only its name."""
    intent = _object(session, "payment_intent")
    charge = _object(intent, "latest_charge")
    return intent, charge, _object(charge, "balance_transaction")


def _object(parent: Json, field: str) -> Json:
    child = parent.get(field)
    return child if isinstance(child, Mapping) else {}


def _metadata(thing: Json) -> Json:
    return _object(thing, "metadata")


def _with_failure(known: Report, intent: Json) -> Report:
    error = _object(intent, "last_payment_error")
    if not error:
        return known
    code, decline_code = error.get("code") or "", error.get("decline_code") or ""
    said = decline_code or code
    return replace(
        known, failure=failure_of("stripe", decline_code, code), failure_code=str(said)[:MAX_CODE]
    )


def _fee(entry: Json) -> Money | None:
    """What Stripe kept, in the currency it settles in, which may be another than the payment's."""
    try:
        return from_raw(entry.get("fee"), entry.get("currency"))
    except InvalidAmount:
        return None


def _payer(charge: Json) -> str:
    card = _object(_object(charge, "payment_method_details"), "card")
    brand, last4 = str(card.get("brand") or ""), str(card.get("last4") or "")
    return f"{BRANDS.get(brand, brand.title())} •{last4}" if brand and last4 else ""


def _saved(intent: Json, charge: Json) -> Saved | None:
    """The card that the session was asked to keep."""
    customer, method = intent.get("customer"), charge.get("payment_method")
    if not (intent.get("setup_future_usage") and customer and method):
        return None
    card = _object(_object(charge, "payment_method_details"), "card")
    return Saved(f"{customer}:{method}", _payer(charge), _last_day(card))


def _last_day(card: Json) -> date | None:
    """A card is good to the end of its month."""
    try:
        year, month = int(card["exp_year"]), int(card["exp_month"])
        return date(year, month, monthrange(year, month)[1])
    except (KeyError, TypeError, ValueError):
        return None


def _failed_refund_code(refund: Json) -> str:
    """Why it failed, or waits: Stripe makes it by itself once the merchant's balance covers it."""
    if refund["status"] == "pending" and refund.get("pending_reason") == SHORT:
        return SHORT
    if REFUND_OUTCOMES.get(refund["status"]) != Outcome.FAILED:
        return ""
    return str(refund.get("failure_reason") or refund["status"])[:MAX_CODE]


def _moment(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if type(seconds) is int else None
