"""Which of several connections for a method a payer is sent to. Pure and exact: the same candidates
give the same order with the same reasons.

What counts is what a payment is expected to lose on each way, in money: the price, and the share of
payers who do not get through times what one such payer costs. It is compared in whole minor units,
so a small sale is decided by cents and a large one by its price. Before all money comes whether
the connection answers at all, then the merchant's own order, where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from sleek.channels.base import Failure, Flow
from sleek.channels.rules import PriceSource, State
from sleek.core.money import Money

# Of the newest tries by one connection and method, how many succeeded.
RATE_WINDOW = timedelta(hours=24)
RATE_TRIES = 200
# What every connection begins with, so that one try proves nothing: 18 of 20.
EXPECTED_TRIES, EXPECTED_SUCCESSES = 20, 18
# One in ten payers whose try fails does not come back, and the whole sale is lost.
FAILED_TRY_COSTS = Fraction(1, 10)
# These tell of the payer, whichever way the payment went.
OF_THE_PAYER = frozenset(
    {Failure.ENTRY_WRONG, Failure.INSUFFICIENT_FUNDS, Failure.EXPIRED_CARD, Failure.CAREFUL}
)
TELLING = frozenset(Failure) - OF_THE_PAYER

# Failing over: only where the payer acts at the provider after we have handed out an address or a
# code. Who was never handed one cannot have paid.
HANDED_OUT = frozenset({Flow.REDIRECT, Flow.MOBILE, Flow.QR, Flow.IN_APP})
MOST_TRIES = 3  # connections in one request
FAIL_OVER_WITHIN = timedelta(seconds=8)  # after which the payer chooses anew instead


class Reason(StrEnum):
    """Why a candidate stands where it stands, seen from the one chosen."""

    ONLY = "only"
    WISHED = "wished"
    OTHERS_UNWELL = "others_unwell"
    CHEAPER = "cheaper"
    LIKELIER = "likelier"
    LEAST_LOSS = "least_loss"
    OWN = "own"
    FIRST = "first"
    UNWELL = "unwell"
    WISHED_LATER = "wished_later"
    DEARER = "dearer"
    LESS_LIKELY = "less_likely"
    MORE_LOSS = "more_loss"
    NOT_FIRST = "not_first"


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of the counted tries succeeded."""

    succeeded: int = 0
    tried: int = 0

    @property
    def likely(self) -> Fraction:
        return Fraction(self.succeeded + EXPECTED_SUCCESSES, self.tried + EXPECTED_TRIES)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One connection that could take the payment. Without a `cost` nobody knows what it keeps."""

    key: int
    is_own: bool
    cost: Money | None = None
    source: PriceSource | None = None
    rate: Rate = Rate()
    state: State = State.CLOSED
    is_let_through: bool = True
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    candidate: Candidate
    loss: int  # expected, in minor units
    reason: Reason


def rank(candidates: Sequence[Candidate], amount: Money) -> list[Ranked]:
    """The best first."""
    known = [each.cost.minor for each in candidates if each.cost is not None]
    dearest = max(known, default=0)  # what nobody knows is taken to be no better than the rest
    losses = {each.key: _loss(each, amount, dearest) for each in candidates}

    def standing(each: Candidate) -> tuple[object, ...]:
        has_no_place = each.place is None
        return (
            not each.is_let_through,
            has_no_place,
            each.place or 0,
            losses[each.key],
            not each.is_own,
            each.key,
        )

    ordered = sorted(candidates, key=standing)
    if not ordered:
        return []
    chosen, others = ordered[0], ordered[1:]
    first = Ranked(chosen, losses[chosen.key], _why_first(chosen, others, losses))
    return [
        first,
        *(Ranked(each, losses[each.key], _why_later(each, chosen, losses)) for each in others),
    ]


def _loss(candidate: Candidate, amount: Money, dearest: int) -> int:
    cost = candidate.cost.minor if candidate.cost is not None else dearest
    return cost + round((1 - candidate.rate.likely) * FAILED_TRY_COSTS * amount.minor)


def _why_first(chosen: Candidate, others: Sequence[Candidate], losses: dict[int, int]) -> Reason:
    if not others:
        return Reason.ONLY
    well = [each for each in others if each.is_let_through]
    if not well:
        return Reason.OTHERS_UNWELL if chosen.is_let_through else Reason.FIRST
    if any(each.place != chosen.place for each in well):
        return Reason.WISHED
    if all(losses[chosen.key] == losses[each.key] for each in well):
        return (
            Reason.OWN if not all(each.is_own == chosen.is_own for each in well) else Reason.FIRST
        )
    if all(_is_cheaper(chosen, each) for each in well):
        return Reason.CHEAPER
    if all(chosen.rate.likely > each.rate.likely for each in well):
        return Reason.LIKELIER
    return Reason.LEAST_LOSS


def _why_later(each: Candidate, chosen: Candidate, losses: dict[int, int]) -> Reason:
    if not each.is_let_through:
        return Reason.UNWELL
    if each.place != chosen.place:
        return Reason.WISHED_LATER
    if losses[each.key] == losses[chosen.key]:
        return Reason.NOT_FIRST
    if _is_cheaper(chosen, each):
        return Reason.DEARER
    return Reason.LESS_LIKELY if each.rate.likely < chosen.rate.likely else Reason.MORE_LOSS


def _is_cheaper(one: Candidate, other: Candidate) -> bool:
    return one.cost is not None and (other.cost is None or one.cost < other.cost)


def may_fail_over(flow: str, *, tries: int, spent: timedelta) -> bool:
    """Whether the next connection is tried in the same request."""
    return flow in HANDED_OUT and tries < MOST_TRIES and spent < FAIL_OVER_WITHIN
