"""Reading links, and their prefilled addresses.

A merchant may send one customer a link with some fields filled in, and an open amount chosen. What
was filled in is sealed, so that nobody makes such an address in the merchant's name; it says what
the page begins with, never what may be paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.core import signing

from sleek.core import clock
from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.links.rules import AmountKind, FieldKey

PREFILL_AGE = timedelta(days=90)
MAX_PREFILL = 4000  # characters of the sealed text: what addresses may be long


@dataclass(frozen=True, slots=True)
class Prefill:
    """What a link's page begins with. An amount holds only on a link whose payer may choose it."""

    values: Mapping[FieldKey, str] = field(default_factory=dict)
    amount: Money | None = None


def seal_prefill(link: PaymentLink, prefill: Prefill) -> str:
    """For the link's address: `?prefill=` and this text."""
    packed = {
        "values": {key.value: text for key, text in prefill.values.items() if text},
        "amount": prefill.amount.minor if prefill.amount else None,
        "made": int(clock.now().timestamp()),
    }
    return signing.dumps(packed, salt=_salt(link), compress=True)


def read_prefill(link: PaymentLink, text: str) -> Prefill | None:
    """Nothing when it was altered, made for another link, or is too old."""
    if len(text) > MAX_PREFILL:
        return None
    try:
        packed = signing.loads(text, salt=_salt(link))
    except signing.BadSignature:
        return None
    if clock.now().timestamp() - packed["made"] > PREFILL_AGE.total_seconds():
        return None
    asked = {each.key for each in link.fields_asked}
    values = {FieldKey(key): value for key, value in packed["values"].items() if key in asked}
    return Prefill(values, _within(link, packed["amount"]))


def _within(link: PaymentLink, minor: int | None) -> Money | None:
    """The link may have changed what it takes since."""
    if minor is None or link.amount_kind != AmountKind.OPEN:
        return None
    low, high = link.amount_min or 0, link.amount_max or 0
    return Money(minor, link.currency) if low <= minor <= high else None


def _salt(link: PaymentLink) -> str:
    return f"links.prefill.{link.token}"
