"""What money in a foreign currency was worth at home: on the day its bill was issued, and on the
day it came. The difference is the realised gain or loss.

How it rounds: each of the two is converted at its day's rate and rounded half to even to the home
currency's minor unit, once for each payment of a bill; the gain is their difference, and what
several payments come to is the sum of theirs. Without a rate nothing is said, never zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sleek.core.money import InvalidAmount, Money
from sleek.fx import rules as fx


@dataclass(frozen=True, slots=True)
class Exchange:
    """Both in the home currency; None where no rate is known."""

    at_issue: Money | None
    at_payment: Money | None

    @property
    def gain(self) -> Money | None:
        """Less than nothing is a loss."""
        if self.at_issue is None or self.at_payment is None:
            return None
        return self.at_payment - self.at_issue


def exchange(
    kept: Money, home: str, *, issue_rate: Decimal | None, payment_rate: Decimal | None
) -> Exchange:
    """Of money that came and was not given back: what went back takes its part along."""
    return Exchange(_worth(kept, home, issue_rate), _worth(kept, home, payment_rate))


def together(parts: Sequence[Exchange]) -> Exchange:
    """What one of them does not know, nobody knows of the whole."""
    return Exchange(
        _sum([part.at_issue for part in parts]), _sum([part.at_payment for part in parts])
    )


def _worth(money: Money, home: str, rate: Decimal | None) -> Money | None:
    try:
        return fx.convert(money, rate, home) if rate is not None else None
    except InvalidAmount:
        return None


def _sum(amounts: Sequence[Money | None]) -> Money | None:
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) < len(amounts):
        return None
    return Money(sum(amount.minor for amount in known), known[0].currency)
