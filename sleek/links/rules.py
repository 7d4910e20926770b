"""Decisions about payment links. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sleek.core.money import InvalidAmount, Money

MAX_REASON = 140  # characters; what fits on one line of a provider's page
MAX_MINOR = (
    10**9
)  # of one link: 10 million dollars, 1 billion yen; more than that is a slip of the finger
MAX_DAYS = 365  # until a link expires

# What merchants may ask for, the usual ones first: those with a reference rate, and a few of export
# markets.
CURRENCIES = (
    *("USD", "EUR", "CNY", "GBP", "HKD", "JPY", "AUD", "CAD", "CHF", "SGD"),
    *("AED", "BRL", "CZK", "DKK", "HUF", "IDR", "ILS", "INR", "KRW", "KWD", "MXN", "MYR"),
    *("NOK", "NZD", "PHP", "PLN", "RON", "SAR", "SEK", "THB", "TRY", "TWD", "VND", "ZAR"),
)


class LinkStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"


class LinkState(StrEnum):
    """What a link is good for now, seen by a person.

    Derived from its status, its end and what was paid.
    """

    ACTIVE = "active"
    PAUSED = "paused"
    EXPIRED = "expired"
    PAID = "paid"


class Flaw(StrEnum):
    """Why a link cannot be made from what was entered."""

    AMOUNT_TOO_SMALL = "amount_too_small"
    AMOUNT_TOO_LARGE = "amount_too_large"
    REASON_MISSING = "reason_missing"
    REASON_TOO_LONG = "reason_too_long"
    EXPIRY_PASSED = "expiry_passed"


def flaws(amount: Money, reason: str, *, expires_at: datetime | None, now: datetime) -> list[Flaw]:
    found = {
        Flaw.AMOUNT_TOO_SMALL: amount.minor < 1,
        Flaw.AMOUNT_TOO_LARGE: amount.minor > MAX_MINOR,
        Flaw.REASON_MISSING: not reason.strip(),
        Flaw.REASON_TOO_LONG: len(reason) > MAX_REASON,
        Flaw.EXPIRY_PASSED: expires_at is not None and expires_at <= now,
    }
    return [flaw for flaw, is_found in found.items() if is_found]


def state(
    status: LinkStatus, *, expires_at: datetime | None, is_paid: bool, now: datetime
) -> LinkState:
    """`is_paid` only matters to a link that can be paid once.

    What cannot be undone is named first.
    """
    if is_paid:
        return LinkState.PAID
    if expires_at is not None and expires_at <= now:
        return LinkState.EXPIRED
    return LinkState.PAUSED if status == LinkStatus.PAUSED else LinkState.ACTIVE


def amounts(text: str) -> list[Money]:
    """Every amount that somebody who searches for `text` may mean: "50" is 50.00 USD and 50 JPY."""
    found = []
    for currency in CURRENCIES:
        try:
            found.append(Money.parse(text, currency))
        except InvalidAmount:
            continue
    return found
