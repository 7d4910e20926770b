"""A price learned from the fees that were really charged. Pure, and exact: integers and fractions.

A fee is taken to be a share of the amount and a fixed sum. Up to the amount where both weigh the
same a cent matters and a share of the amount does not, so there the fit is judged in minor units;
above it, in parts of the amount. What does not fit is said not to, and prices nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from fractions import Fraction

MOST_CHARGES = 1000  # the newest, for one fit
ENOUGH_CHARGES = 50
ENOUGH_AMOUNTS = 5  # different ones: of one amount alone, share and fixed sum cannot be told apart
OFF_BY_MINOR = 1
OFF_BY_PARTS = Fraction(15, 10_000)  # of the amount
FITTING_PARTS = Fraction(95, 100)  # so many charges must be explained
SHARE_STEP = Decimal("0.000001")


class PriceSource(StrEnum):
    """Where a price comes from, the one that counts first."""

    OWN = "own"  # what the merchant entered from the contract
    MEASURED = "measured"
    LISTED = "listed"  # the provider's public list


class Grade(StrEnum):
    GOOD = "good"
    THIN = "thin"  # too few charges, or too much alike
    UNFIT = "unfit"  # no share and fixed sum explain them


@dataclass(frozen=True, slots=True)
class Charge:
    """What was kept of one payment, both in minor units of one currency."""

    amount: int
    fee: int


@dataclass(frozen=True, slots=True)
class Fit:
    grade: Grade
    count: int
    share: Decimal = Decimal(0)
    fixed: int = 0


def fit(charges: Sequence[Charge]) -> Fit:
    """Least squares over the charges, and how much they may be relied on."""
    count = len(charges)
    if count < ENOUGH_CHARGES or len({charge.amount for charge in charges}) < ENOUGH_AMOUNTS:
        return Fit(Grade.THIN, count)
    slope, offset = _least_squares(charges)
    share = _decimal(slope).quantize(SHARE_STEP, ROUND_HALF_EVEN)
    fixed = round(offset)
    if not 0 <= share <= 1:
        return Fit(Grade.UNFIT, count)
    explained = sum(_explains(share, fixed, charge) for charge in charges)
    grade = Grade.GOOD if explained >= FITTING_PARTS * count else Grade.UNFIT
    return Fit(grade, count, share, fixed)


def _least_squares(charges: Sequence[Charge]) -> tuple[Fraction, Fraction]:
    count = len(charges)
    amounts = sum(charge.amount for charge in charges)
    fees = sum(charge.fee for charge in charges)
    squares = sum(charge.amount**2 for charge in charges)
    products = sum(charge.amount * charge.fee for charge in charges)
    slope = Fraction(count * products - amounts * fees, count * squares - amounts**2)
    offset = (fees - slope * amounts) / count
    # A fixed sum is never negative: what says so is rounding, and then it is a share alone.
    return (slope, offset) if offset >= 0 else (Fraction(products, squares), Fraction(0))


def _explains(share: Decimal, fixed: int, charge: Charge) -> bool:
    exact = Fraction(share)
    off = abs(charge.amount * exact + fixed - charge.fee)
    is_small = charge.amount * exact <= fixed
    allowed = Fraction(OFF_BY_MINOR) if is_small else OFF_BY_PARTS * charge.amount
    return off <= max(allowed, Fraction(OFF_BY_MINOR))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
