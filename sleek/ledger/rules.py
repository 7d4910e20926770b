"""Which of a merchant's money has arrived. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from sleek.core.money import Money
from sleek.ledger.recipes import Postings


def arriving(amount: Money, *, in_transit: Money, at_channels: Money) -> Money:
    """How much of `in_transit` is available when `amount` of what channels hold has arrived.

    What is the merchant's to use arrives first; and when no more is left at the channels than is
    frozen there, all of it has.
    """
    left = max(at_channels.minor - amount.minor, 0)
    freed = max(min(amount.minor, in_transit.minor), in_transit.minor - left)
    return Money(freed, amount.currency)


def thawing(amount: Money, *, in_transit: Money, at_channels: Money) -> Money:
    """How much of frozen money is still in transit when it is let go; the rest is available."""
    behind = max(at_channels.minor - in_transit.minor, 0)
    return Money(min(amount.minor, behind), amount.currency)


def payable(available: Money, debts: Money) -> Money:
    """How much of a debt, which is negative, can be settled now."""
    return Money(max(min(available.minor, -debts.minor), 0), available.currency)


@dataclass(frozen=True, slots=True)
class Purse:
    """What a merchant can be asked for in one currency: what is in transit goes first."""

    in_transit: Money
    available: Money

    def take(self, amount: Money) -> tuple[Purse, tuple[Money, Money] | None]:
        """What is left, and the parts taken out of each; nothing is taken when it is not enough."""
        return self._parted(amount, min(amount.minor, self.in_transit.minor))

    def take_arrived(self, amount: Money) -> tuple[Purse, tuple[Money, Money] | None]:
        """The same, but what has arrived goes first."""
        return self._parted(amount, max(amount.minor - self.available.minor, 0))

    def _parted(self, amount: Money, behind: int) -> tuple[Purse, tuple[Money, Money] | None]:
        parts = Money(behind, amount.currency), Money(amount.minor - behind, amount.currency)
        if parts[0] > self.in_transit or parts[1] > self.available:
            return self, None
        return Purse(self.in_transit - parts[0], self.available - parts[1]), parts

    def after(self, postings: Postings) -> Purse:
        """As an entry that is about to be posted leaves it."""
        moved = {"in_transit": self.in_transit, "available": self.available}
        for code, amount in postings:
            if code in moved:
                moved[code] += amount
        return Purse(**moved)
