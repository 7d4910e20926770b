"""Stripe's balance transactions in our words. Pure.

Each is one movement of the merchant's balance, in the currency that Stripe settles in; what the
payer paid or got back stands on its source, which also carries our key.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sleek.channels.base import Movement, StatementLine, Unavailable
from sleek.channels.stripe import mapping
from sleek.channels.stripe.currencies import from_raw
from sleek.core.money import InvalidAmount, Money

Json = Mapping[str, Any]

# The names that end in _failure bring a refund back: it stands under the same key.
MOVEMENTS = {
    "charge": Movement.PAYMENT,
    "payment": Movement.PAYMENT,
    "refund": Movement.REFUND,
    "payment_refund": Movement.REFUND,
    "refund_failure": Movement.REFUND,
    "payment_failure_refund": Movement.REFUND,
    "stripe_fee": Movement.FEE,
    "stripe_fx_fee": Movement.FEE,
    "tax_fee": Movement.FEE,
}
KEYS = {Movement.PAYMENT: mapping.ATTEMPT, Movement.REFUND: mapping.REFUND}


def line(entry: Json) -> StatementLine:
    """A balance transaction with its source expanded. Raises `Unavailable` for one that cannot be
    read.
    """
    try:
        movement = MOVEMENTS.get(entry["type"], Movement.OTHER)
        source = entry.get("source")
        known = source if isinstance(source, Mapping) else {}
        metadata = known.get("metadata") or {}
        return StatementLine(
            movement=movement,
            amount=_amount(entry, known if movement in KEYS else {}),
            fee=from_raw(entry["fee"], entry["currency"]),
            event_at=datetime.fromtimestamp(entry["created"], UTC),
            key=str(metadata.get(KEYS.get(movement, ""), "")),
            reference=str(known.get("id") or source or entry["id"]),
            kind=entry["type"],
        )
    except (InvalidAmount, KeyError, TypeError, ValueError) as error:
        raise Unavailable(f"Stripe's balance transaction cannot be read: {error}") from None


def _amount(entry: Json, source: Json) -> Money:
    """What moved for the payer. Without an exchange both say the same; a charge's own amount may be
    larger than what was captured.
    """
    if not source or source["currency"] == entry["currency"]:
        return from_raw(entry["amount"], entry["currency"])
    paid = from_raw(source.get("amount_captured", source["amount"]), source["currency"])
    return paid if entry["amount"] >= 0 else -paid
