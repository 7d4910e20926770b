"""Who has to look at a bill before it is issued (内部审核与签发)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sleek.core.money import Money


@dataclass(frozen=True, slots=True)
class Condition:
    """When a bill needs a second person: all that is set must be true. `amount_from` holds for its
    own currency.
    """

    amount_from: Money | None = None
    author_role: str = ""
    customer_id: int | None = None
    is_below_quotation: bool = False  # only bills with a price below that of their quotation


@dataclass(frozen=True, slots=True)
class Subject:
    """What a condition looks at."""

    total: Money
    author_role: str
    customer_id: int | None
    is_below_quotation: bool


def needs_review(conditions: Sequence[Condition], subject: Subject) -> bool:
    return any(_applies(condition, subject) for condition in conditions)


def _applies(condition: Condition, subject: Subject) -> bool:
    if condition.amount_from is not None:
        if condition.amount_from.currency != subject.total.currency:
            return False
        if subject.total < condition.amount_from:
            return False
    if condition.author_role and condition.author_role != subject.author_role:
        return False
    if condition.customer_id is not None and condition.customer_id != subject.customer_id:
        return False
    return subject.is_below_quotation or not condition.is_below_quotation
