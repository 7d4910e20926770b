"""What is wrong with a payment, as independent flags, each with its amount. Pure.

They are computed from all that arrived for the payment and from nothing else, so the same facts
give the same flags, in whatever order they became known: part of it on time and the rest late and
too much is `over` by so much and `late` by so much.

* `under`, `over`: what came in the payment's own currency, beside what was asked. An exact sum that
  came once more is no `over` but a `duplicate`.
* `late` goes by when the provider says it was paid, or else by the payment having ended. All that
  comes for a void bill is late, whatever its sum.
* `stuck`: a provider has not said how a try ended, though its schedule of questions is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sleek.core.money import Money


class Flag(StrEnum):
    """What is out of the ordinary."""

    UNDER = "under"
    OVER = "over"
    LATE = "late"
    DUPLICATE = "duplicate"
    WRONG_CURRENCY = "wrong_currency"
    STUCK = "stuck"
    UNKNOWN_PAYER = "unknown_payer"  # money at the bank that nobody can place
    ORPHAN = "orphan"  # a provider speaks of what we do not know, or does not know what we sent
    GIVEN_TWICE = "given_twice"  # two bills deduct the same


# Where a person's word settles it. Elsewhere a payer's money waits, and asks for a decision.
FOR_LOOKING = frozenset({Flag.STUCK, Flag.ORPHAN, Flag.GIVEN_TWICE})


class Ending(StrEnum):
    """How something out of the ordinary was settled."""

    NONE = ""
    BY_ITSELF = "by_itself"  # the flag holds no more
    RETURNED = "returned"
    KEPT = "kept"  # for its payer
    ACCEPTED = "accepted"
    APPLIED = "applied"  # to another payment
    LOOKED_AT = "looked_at"


class Fate(StrEnum):
    """What becomes of money that arrived."""

    PAYS = "pays"
    WAITS = "waits"  # for a person's decision
    LEAVES = "leaves"  # on its way back to its payer
    GONE = "gone"  # given back, or kept for its payer


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money that one try brought; `at` is when the provider says it was paid."""

    key: str
    money: Money
    at: datetime
    fate: Fate


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the flags of one payment depend on.

    `is_closed`: it has ended unpaid. `is_sold_out`: what it was for is gone. `is_void`: money came
    for a bill that is void.
    """

    asked: Money
    ends_at: datetime | None = None
    arrivals: tuple[Arrival, ...] = ()
    unanswered: tuple[str, ...] = ()  # tries whose provider has not said how they ended
    is_closed: bool = False
    is_sold_out: bool = False
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class Flagged:
    """One flag. `keys` are the tries whose money it is about.

    It is open while some of that money does not pay, and `needs_person` while some waits for a
    decision.
    """

    flag: Flag
    amount: Money | None  # where anybody knows it
    keys: frozenset[str]
    is_open: bool
    needs_person: bool


def flags(facts: Facts) -> list[Flagged]:
    """At most one of each flag and currency, in the order of `Flag`."""
    live = sorted(
        (one for one in facts.arrivals if one.fate != Fate.GONE), key=lambda one: (one.at, one.key)
    )
    own = [one for one in live if one.money.currency == facts.asked.currency]
    foreign = [one for one in live if one.money.currency != facts.asked.currency]
    found = [
        *_amounts(facts, own),
        *_late(facts, live),
        *_in_each(Flag.WRONG_CURRENCY, foreign),
        *_stuck(facts),
    ]
    return sorted(found, key=lambda one: ([*Flag].index(one.flag), str(one.amount)))


def _amounts(facts: Facts, own: Sequence[Arrival]) -> list[Flagged]:
    """Exact sums stand apart: the first is what was asked, if that is to be had."""
    if facts.is_void:
        return []
    exact = [one for one in own if one.money == facts.asked]
    wrong = [one for one in own if one.money != facts.asked]
    again = _again(exact)
    found = [_flagged(Flag.DUPLICATE, _sum(again, facts.asked), again)] if again else []
    first = [one for one in exact if one not in again]
    wanted = Money(0, facts.asked.currency) if facts.is_sold_out else facts.asked
    extra = _sum([*first, *wrong], facts.asked) - wanted
    if extra.minor > 0:
        found.append(_flagged(Flag.OVER, extra, [*first, *wrong]))
    elif wrong:
        found.append(_flagged(Flag.UNDER, -extra, wrong))
    return found


def _again(exact: Sequence[Arrival]) -> list[Arrival]:
    """All but the one that pays, or else the first."""
    paying = next((one for one in exact if one.fate == Fate.PAYS), None)
    first = paying or next(iter(exact), None)
    return [one for one in exact if one is not first]


def _late(facts: Facts, live: Sequence[Arrival]) -> list[Flagged]:
    late = [one for one in live if _is_late(facts, one)]
    return _in_each(Flag.LATE, late)


def _is_late(facts: Facts, arrival: Arrival) -> bool:
    if facts.is_void and arrival.fate != Fate.PAYS:
        return True
    if facts.ends_at is not None and arrival.at > facts.ends_at:
        return True
    return facts.is_closed and arrival.money == facts.asked and arrival.fate != Fate.PAYS


def _stuck(facts: Facts) -> list[Flagged]:
    if not facts.unanswered:
        return []
    return [Flagged(Flag.STUCK, facts.asked, frozenset(facts.unanswered), True, True)]


def _in_each(flag: Flag, arrivals: Sequence[Arrival]) -> list[Flagged]:
    """One for each currency."""
    by_currency: dict[str, list[Arrival]] = {}
    for one in arrivals:
        by_currency.setdefault(one.money.currency, []).append(one)
    return [_flagged(flag, _sum(some, some[0].money), some) for some in by_currency.values()]


def _flagged(flag: Flag, amount: Money, arrivals: Sequence[Arrival]) -> Flagged:
    return Flagged(
        flag,
        amount,
        frozenset(one.key for one in arrivals),
        is_open=any(one.fate != Fate.PAYS for one in arrivals),
        needs_person=any(one.fate == Fate.WAITS for one in arrivals),
    )


def _sum(arrivals: Iterable[Arrival], like: Money) -> Money:
    return Money(sum(one.money.minor for one in arrivals), like.currency)
