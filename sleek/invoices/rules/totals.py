"""What a bill comes to. One pure function; every screen, paper and export shows its figures.

How it rounds: a line's amount is quantity × hours × price, rounded half up to the currency's minor
unit. Tax is counted once per rate, on the sum of that rate's lines, and rounded half up; so the
figures agree with EN 16931 (BR-CO-17), and a bill of a hundred lines is not a hundred roundings
off. Where prices contain tax, the lines' net amounts are rounded each, and the largest one takes
what is left over, so that they add up to the net sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sleek.core.money import Money, exponent

MAX_LINES = 500
QUANTITY_PLACES = 4
PRICE_PLACES = 6
MAX_QUANTITY = Decimal(10) ** 9
MAX_PRICE = Decimal(10) ** 11
MAX_TAX_RATE = Decimal(100)
# As much as formal capitals can say; and far within a 64-bit integer.
MAX_TOTAL = 10**13 - 1


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one line. `price` is in major units and may be finer than the currency;
    `hours` is 1 where nothing is billed by time; `tax_rate` is in per cent.
    """

    quantity: Decimal
    price: Decimal
    hours: Decimal = Decimal(1)
    tax_rate: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tax:
    """All lines of one rate."""

    rate: Decimal
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """`amounts` are the lines' as printed: with tax where prices contain it, else without; `nets`
    are without it.
    """

    amounts: tuple[Money, ...]
    nets: tuple[Money, ...]
    taxes: tuple[Tax, ...]
    net: Money
    tax: Money

    @property
    def total(self) -> Money:
        return self.net + self.tax


def totals(lines: Sequence[Figures], currency: str, *, is_tax_inclusive: bool) -> Totals:
    amounts = [amount(line, currency) for line in lines]
    nets = list(amounts)
    taxes = []
    for rate in sorted({line.tax_rate for line in lines}, reverse=True):
        places = [place for place, line in enumerate(lines) if line.tax_rate == rate]
        whole = _sum([amounts[place] for place in places], currency)
        if is_tax_inclusive:
            tax = _rounded(Decimal(whole.minor) * rate / (100 + rate), currency)
            shares = _net_shares([amounts[place] for place in places], whole - tax)
            for place, share in zip(places, shares, strict=True):
                nets[place] = share
            taxes.append(Tax(rate, whole - tax, tax))
        else:
            taxes.append(Tax(rate, whole, _rounded(Decimal(whole.minor) * rate / 100, currency)))
    return Totals(
        amounts=tuple(amounts),
        nets=tuple(nets),
        taxes=tuple(taxes),
        net=_sum([each.net for each in taxes], currency),
        tax=_sum([each.tax for each in taxes], currency),
    )


def taken_back(billed: Totals, amounts: Sequence[Money]) -> tuple[Tax, ...]:
    """What the last of these credit notes, given one after the other, takes back at each rate of
    the bill: in proportion to what the earlier ones left at it, tax included. The parts are exactly
    its amount; within each the tax is rounded half up, as a bill's is.
    """
    left = {tax.rate: tax.net + tax.tax for tax in billed.taxes if (tax.net + tax.tax).minor > 0}
    parts: dict[Decimal, Money] = {}
    for amount in amounts:
        shares = amount.split([part.minor for part in left.values()])
        parts = dict(zip(left, shares, strict=True))
        left = {rate: left[rate] - part for rate, part in parts.items()}
    return tuple(_with_tax(rate, part) for rate, part in parts.items() if part.minor)


def _with_tax(rate: Decimal, part: Money) -> Tax:
    tax = _rounded(Decimal(part.minor) * rate / (100 + rate), part.currency)
    return Tax(rate, part - tax, tax)


def amount(line: Figures, currency: str) -> Money:
    exact = line.quantity * line.hours * line.price
    return _rounded(exact.scaleb(exponent(currency)), currency)


def _rounded(minor: Decimal, currency: str) -> Money:
    return Money(int(minor.quantize(Decimal(1), ROUND_HALF_UP)), currency)


def _net_shares(amounts: list[Money], net: Money) -> list[Money]:
    """The net sum over the lines, in proportion; the largest line takes what rounding leaves."""
    whole = sum(each.minor for each in amounts)
    if not whole:
        return [Money(0, net.currency)] * (len(amounts) - 1) + [net]
    shares = [_rounded(Decimal(each.minor) * net.minor / whole, net.currency) for each in amounts]
    largest = max(range(len(shares)), key=lambda place: abs(shares[place].minor))
    shares[largest] += net - _sum(shares, net.currency)
    return shares


def _sum(parts: Sequence[Money], currency: str) -> Money:
    return Money(sum(part.minor for part in parts), currency)
