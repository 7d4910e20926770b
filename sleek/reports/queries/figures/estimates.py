"""Several currencies as one sum: an estimate at reference rates, for orientation only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sleek.core.money import Money
from sleek.fx import queries as fx


@dataclass(frozen=True, slots=True)
class Estimate:
    """A sum in one currency; the oldest rate in it is of `on`. `left_out` have no known rate."""

    total: Money
    on: date
    source: str
    left_out: list[str]


def together(amounts: Iterable[Money], currency: str) -> Estimate | None:
    """None when nothing had to be converted, or nothing could be."""
    own, foreign = Money(0, currency), []
    for amount in amounts:
        if amount.currency == currency:
            own += amount
        elif amount:
            foreign.append(amount)
    quotes = {amount.currency: fx.convert(amount, currency) for amount in foreign}
    known = [quote for quote in quotes.values() if quote is not None]
    if not known:
        return None
    return Estimate(
        total=sum((quote.amount for quote in known), start=own),
        on=min(quote.on for quote in known),
        source=known[0].source,
        left_out=[code for code, quote in quotes.items() if quote is None],
    )
