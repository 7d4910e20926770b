"""Dividing what a bill asks into instalments (里程碑), and money that came over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sleek.core.money import Money

MAX_INSTALMENTS = 24
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Stage:
    """One instalment as it is wished for: by its amount, or by its share in per cent. `deliverable`
    is what is handed over for it.
    """

    label: str = ""
    deliverable: str = ""
    amount: Money | None = None
    percent: Decimal | None = None
    due_on: date | None = None


class StageFlaw(StrEnum):
    """Why stages do not divide a sum."""

    TOO_MANY = "too_many_stages"
    NOT_ALL_ALIKE = "stages_mixed"  # some by amount, some by share
    NOT_THE_WHOLE = "stages_not_the_whole"
    NOTHING = "stage_of_nothing"  # one comes to nothing, or less
    NOT_IN_ORDER = "stages_not_in_order"  # due before an earlier one
    # Only of what is divided anew:
    WITHOUT_DAY = "stage_without_day"
    PAST_DAY = "stage_day_past"


def divide(whole: Money, stages: Sequence[Stage]) -> list[Money] | StageFlaw:
    """How much each asks for; together exactly the whole. Shares are rounded so that what is left
    over goes to the earliest. No stages mean one of everything.
    """
    if not stages:
        return [whole]
    if len(stages) > MAX_INSTALMENTS:
        return StageFlaw.TOO_MANY
    days = [stage.due_on for stage in stages if stage.due_on]
    if days != sorted(days):
        return StageFlaw.NOT_IN_ORDER
    parts = _parts(whole, stages)
    if isinstance(parts, StageFlaw):
        return parts
    return parts if all(part.minor > 0 for part in parts) else StageFlaw.NOTHING


@dataclass(frozen=True, slots=True)
class Rest:
    """What may be divided anew: an amount, beside so many stages that stay as they are. Of the
    stages it replaces, `days` may stay in the past.
    """

    amount: Money
    fixed: int
    today: date
    days: frozenset[date] = frozenset()


def divide_rest(rest: Rest, stages: Sequence[Stage]) -> list[Money] | StageFlaw:
    """As `divide`, of a bill that is out: every stage has a day, and no new one has passed."""
    if len(stages) + rest.fixed > MAX_INSTALMENTS:
        return StageFlaw.TOO_MANY
    if not stages or any(stage.due_on is None for stage in stages):
        return StageFlaw.WITHOUT_DAY
    days = {stage.due_on for stage in stages if stage.due_on}
    if any(day < rest.today for day in days - rest.days):
        return StageFlaw.PAST_DAY
    return divide(rest.amount, stages)


def _parts(whole: Money, stages: Sequence[Stage]) -> list[Money] | StageFlaw:
    amounts = [stage.amount for stage in stages if stage.amount is not None]
    shares = [stage.percent for stage in stages if stage.percent is not None]
    if len(amounts) == len(stages) and not shares:
        if any(part.currency != whole.currency for part in amounts):
            return StageFlaw.NOT_THE_WHOLE
        is_whole = sum(part.minor for part in amounts) == whole.minor
        return amounts if is_whole else StageFlaw.NOT_THE_WHOLE
    if len(shares) == len(stages) and not amounts:
        if sum(shares) != WHOLE:
            return StageFlaw.NOT_THE_WHOLE
        if min(shares) <= 0:
            return StageFlaw.NOTHING
        return whole.split([int(share * 10_000) for share in shares])
    return StageFlaw.NOT_ALL_ALIKE


def spread(received: Money, wishes: Sequence[Money]) -> list[Money]:
    """Money over what it was meant for, in order; the last one takes what is too much."""
    left, parts = received.minor, []
    for wish in wishes:
        part = min(left, wish.minor)
        parts.append(Money(part, received.currency))
        left -= part
    if parts:
        parts[-1] += Money(left, received.currency)
    return parts
