"""How a payment is shared out, and what a refund takes back. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sleek.core.money import Money

WHOLE = 1_000_000  # shares are in millionths
MAX_SHARES = 10
MAX_DAYS = 180


class PortionStatus(StrEnum):
    WAITING = "waiting"  # the merchant's books do not hold that much yet
    HELD = "held"
    RELEASED = "released"
    RETURNED = "returned"  # refunds took all of it


class PlanFlaw(StrEnum):
    NAME_MISSING = "name_missing"
    NO_SHARE = "no_share"
    TOO_MANY = "too_many"
    SHARE_WRONG = "share_wrong"
    MORE_THAN_ALL = "more_than_all"
    DAYS_WRONG = "days_wrong"
    OWN_WALLET = "own_wallet"
    WALLET_TWICE = "wallet_twice"


@dataclass(frozen=True, slots=True)
class ShareWish:
    """A share as somebody wants it: for `beneficiary_id`'s wallet, or held for the merchant itself;
    released after so many days, or by hand.
    """

    millionths: int
    beneficiary_id: int | None = None
    beneficiary_name: str = ""
    release_after_days: int | None = None


def flaw_of(name: str, merchant_id: int, shares: Sequence[ShareWish]) -> PlanFlaw | None:
    wallets = [share.beneficiary_id for share in shares]
    days = [share.release_after_days or 0 for share in shares]
    findings = {
        PlanFlaw.NAME_MISSING: not name.strip(),
        PlanFlaw.NO_SHARE: not shares,
        PlanFlaw.TOO_MANY: len(shares) > MAX_SHARES,
        PlanFlaw.SHARE_WRONG: any(share.millionths < 1 for share in shares),
        PlanFlaw.MORE_THAN_ALL: sum(share.millionths for share in shares) > WHOLE,
        PlanFlaw.DAYS_WRONG: any(not 0 <= count <= MAX_DAYS for count in days),
        PlanFlaw.OWN_WALLET: merchant_id in wallets,
        PlanFlaw.WALLET_TWICE: len(set(wallets)) < len(wallets),
    }
    return next((flaw for flaw, is_so in findings.items() if is_so), None)


def portion(paid: Money, millionths: int) -> Money:
    """Rounded down, so that no more than all is ever shared out; the rest is the merchant's."""
    return Money(paid.minor * millionths // WHOLE, paid.currency)


def taken_back(portion: Money, *, refunded: Money, paid: Money) -> Money:
    """What refunds have taken from a portion when so much of the payment is refunded: all of it at
    the end, rounded down before.
    """
    return Money(portion.minor * refunded.minor // paid.minor, portion.currency)


def release_at(succeeded_at: datetime, days: int | None) -> datetime | None:
    return None if days is None else succeeded_at + timedelta(days=days)
