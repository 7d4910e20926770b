"""Cross rates by way of the euro, and what is believed of a new day's rates. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from xml.parsers import expat

from sleek.core.money import InvalidAmount, Money, exponent

EURO = "EUR"
ARITHMETIC = Context(prec=28, rounding=ROUND_HALF_EVEN)
# A rate is shown with so many digits, and amounts are converted at the rate that is shown.
SHOWN = Context(prec=8, rounding=ROUND_HALF_EVEN)

MAX_JUMP = Decimal("0.2")
# Holidays leave at most five days without rates. What we knew long ago, such as the snapshot
# shipped, may have moved further since.
RECENT_DAYS = 10
MAX_DRIFT = Decimal(1)


@dataclass(frozen=True, slots=True)
class Day:
    """What one euro was worth on a day, by currency."""

    on: date
    per_euro: Mapping[str, Decimal]
    source: str


class Unreadable(ValueError):
    """What the source sent is no sheet of rates."""


def cross_rate(source: Decimal, target: Decimal) -> Decimal:
    """How many units of the target one unit of the source is worth, given both per euro."""
    rate = SHOWN.divide(target, source).normalize()
    return rate if rate != rate.to_integral_value() else rate.quantize(Decimal(1))  # never 1E+2


def convert(amount: Money, rate: Decimal, currency: str) -> Money:
    """To the target's minor units, half to even. Raises `InvalidAmount` beyond what can be held."""
    value = ARITHMETIC.multiply(amount.decimal, rate)
    minor = value.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_EVEN)
    return Money(int(minor), currency)


def is_believable(known: Decimal, told: Decimal, days: int) -> bool:
    """Whether a currency can have moved from one rate to the other in so many days; up or down
    alike.
    """
    low, high = sorted((known, told))
    return ARITHMETIC.divide(high, low) - 1 <= (MAX_JUMP if days <= RECENT_DAYS else MAX_DRIFT)


def read_sheet(xml: bytes, source: str) -> Day:
    """The ECB's daily sheet: a `Cube` with the time, holding a `Cube` for each currency. Raises
    `Unreadable`.
    """
    days: list[str] = []
    rates: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Cube" and "time" in attributes:
            days.append(attributes["time"])
        elif name == "Cube" and "currency" in attributes:
            rates[attributes["currency"]] = attributes.get("rate", "")

    def refuse(*declaration: object) -> None:
        raise Unreadable("a document type may declare entities, and no sheet needs one")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(xml, True)
        (day,) = days
        return Day(date.fromisoformat(day), _usable(rates), source)
    except (expat.ExpatError, InvalidOperation, ValueError) as error:
        raise Unreadable(f"no sheet of rates: {error}") from error


def _usable(rates: Mapping[str, str]) -> dict[str, Decimal]:
    found = {code: Decimal(rate) for code, rate in rates.items() if _is_known(code)}
    if not found or not all(rate.is_finite() and rate > 0 for rate in found.values()):
        raise Unreadable("a rate is missing or not positive")
    return found


def _is_known(currency: str) -> bool:
    try:
        return exponent(currency) >= 0
    except InvalidAmount:
        return False


def is_current(on: date, latest: date) -> bool:
    """Whether a rate still counts beside the newest ones; currencies do end."""
    return latest - on <= timedelta(days=30)
