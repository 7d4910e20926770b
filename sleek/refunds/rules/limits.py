"""What one person may give back, and from which amount a second one must look. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sleek.merchants.rules import RIGHTS, Right

# Roles that give money back, each of which has limits of its own.
ROLES = tuple(role for role, rights in RIGHTS.items() if Right.GIVE_MONEY_BACK in rights)


class Breach(StrEnum):
    """Which limit a refund would break."""

    ONCE = "once"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Limits:
    """In minor units of one currency, for one role; None is no limit."""

    review_from: int | None = None
    most_once: int | None = None
    most_daily: int | None = None

    def breach(self, amount: int, *, given_today: int) -> Breach | None:
        if self.most_once is not None and amount > self.most_once:
            return Breach.ONCE
        if self.most_daily is not None and given_today + amount > self.most_daily:
            return Breach.DAILY
        return None

    def needs_review(self, amount: int) -> bool:
        return self.review_from is not None and amount >= self.review_from
