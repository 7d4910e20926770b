"""The deduction policy (抵扣政策): a sample fee that is credited on a later, larger bill.

A bill promises it when it is issued, and it becomes available when that bill is paid. A bill that
qualifies reserves it when issued, and has used it up once paid; voided, it gives it back. What was
refunded of the sample fee is not to be deducted any more.

A deposit is the same with everything that was paid, on any later bill of its payer. When they
cancel, the payee keeps it: then it is forfeited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sleek.core.money import Money

MAX_VALID_DAYS = 3650
ANY_BILL = 1  # minor unit: a threshold that every bill reaches, and that is never named


class EntitlementStatus(StrEnum):
    PROMISED = "promised"
    AVAILABLE = "available"
    RESERVED = "reserved"
    USED = "used"
    EXPIRED = "expired"
    FORFEITED = "forfeited"
    VOID = "void"


class DeductionStatus(StrEnum):
    """What became of one bill's claim. A draft only plans: nothing is kept for it."""

    PLANNED = "planned"
    RESERVED = "reserved"
    USED = "used"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Policy:
    """`amount` is deducted from a bill of at least `threshold`, which may be of another currency:
    then by the rates of the day when the policy was printed. Without `valid_days` it never expires.
    Courier costs count towards the threshold only where they are `counts_courier`.
    """

    amount: Money
    threshold: Money
    valid_days: int | None = None
    is_once: bool = True
    counts_courier: bool = False

    @property
    def for_any_bill(self) -> bool:
        return is_any(self.threshold)


class PolicyFlaw(StrEnum):
    """Why a policy cannot be printed."""

    NOTHING = "policy_of_nothing"
    MORE_THAN_PAID = "policy_above_bill"  # more than the bill itself asks
    OTHER_CURRENCY = "policy_in_other_currency"  # the amount's must be the bill's
    NO_THRESHOLD = "policy_without_threshold"
    BELOW_AMOUNT = "policy_threshold_below_amount"
    TOO_LONG = "policy_too_long"


def deposit(amount: Money, currency: str, *, valid_days: int | None = None) -> Policy:
    """All of it is deducted from the next bills in this currency, whatever they come to."""
    return Policy(amount, Money(ANY_BILL, currency), valid_days, is_once=False, counts_courier=True)


def is_any(threshold: Money) -> bool:
    return threshold.minor == ANY_BILL


def flaws(policy: Policy, asked: Money) -> list[PolicyFlaw]:
    found = []
    if policy.amount.minor <= 0:
        found.append(PolicyFlaw.NOTHING)
    if policy.amount.currency != asked.currency:
        found.append(PolicyFlaw.OTHER_CURRENCY)
    elif policy.amount > asked:
        found.append(PolicyFlaw.MORE_THAN_PAID)
    if policy.threshold.minor <= 0:
        found.append(PolicyFlaw.NO_THRESHOLD)
    elif _is_below(policy):
        found.append(PolicyFlaw.BELOW_AMOUNT)
    if policy.valid_days is not None and not 0 < policy.valid_days <= MAX_VALID_DAYS:
        found.append(PolicyFlaw.TOO_LONG)
    return found


def _is_below(policy: Policy) -> bool:
    """Whether a bill that is just large enough could not bear it; any bill takes what it can."""
    threshold, amount = policy.threshold, policy.amount
    is_same = threshold.currency == amount.currency
    return is_same and not policy.for_any_bill and threshold < amount


def deductible(left: Money, threshold: Money, total: Money) -> Money:
    """How much of what is `left` a bill of `total` takes; all in one currency. The threshold itself
    is enough.
    """
    if total < threshold or left.minor <= 0:
        return Money(0, left.currency)
    return min(left, total, key=lambda money: money.minor)


def is_over(expires_on: date | None, today: date) -> bool:
    """The last day still counts."""
    return expires_on is not None and today > expires_on
