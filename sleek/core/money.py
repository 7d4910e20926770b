"""Money is a whole number of minor units in one ISO 4217 currency; no float can enter.

How many minor units make a major one comes from the ISO 4217 data of the `iso4217` package:
0 for JPY, 2 for CNY, 3 for KWD.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from iso4217 import Currency

# PostgreSQL's bigint holds 9.2e18; a thousandth of it leaves room for every sum of balances.
MAX_MINOR = 10**15
MAX_TEXT = 40  # characters of an amount: `MAX_MINOR` with sign, point and room for idle zeros

_PLAIN = re.compile(r"(?P<sign>[+-]?)(?=\.?\d)(?P<whole>\d*)\.?(?P<fraction>\d*)", re.ASCII)


class InvalidAmount(ValueError):
    """The text is not an amount in this currency, or is beyond `MAX_MINOR`."""


class CurrencyMismatch(TypeError):
    """Two amounts of different currencies were combined or compared."""


@cache
def exponent(currency: str) -> int:
    """How many decimals the currency has.

    Raises `InvalidAmount` for an unknown or unusable code.
    """
    try:
        digits = Currency(currency).exponent
    except ValueError:
        raise InvalidAmount(f"{currency!r} is not an ISO 4217 currency") from None
    if digits is None:
        raise InvalidAmount(f"{currency} has no minor unit, so nothing can be paid in it")
    return digits


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of minor units (may be negative) in one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are int, not {type(self.minor).__name__}")
        exponent(self.currency)
        if abs(self.minor) > MAX_MINOR:
            raise InvalidAmount(f"{self.minor} {self.currency} is beyond the limit")

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read a plain decimal such as "50" or "50.00";

        More decimals than the currency has are refused.
        """
        if len(text) > MAX_TEXT:
            raise InvalidAmount(f"an amount has at most {MAX_TEXT} characters")
        found = _PLAIN.fullmatch(text.strip())
        if found is None:
            raise InvalidAmount(f"{text!r} is not an amount")
        # On digits, not on Decimal: its context rounds, and what it rounded away passes as exact.
        digits, fraction = exponent(currency), found["fraction"]
        if fraction[digits:].strip("0"):
            raise InvalidAmount(f"{currency} has {digits} decimals, {text!r} has more")
        return cls(
            int(found["sign"] + found["whole"] + fraction[:digits].ljust(digits, "0")), currency
        )

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def split(self, weights: list[int]) -> list[Money]:
        """Share out proportionally; the parts always add up to the whole.

        Minor units lost to rounding go to the earliest parts that have a weight, one each.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError(f"cannot split by {weights}")
        parts = [self.minor * weight // total for weight in weights]
        weighty = [index for index, weight in enumerate(weights) if weight]
        for index in weighty[: self.minor - sum(parts)]:
            parts[index] += 1
        return [Money(part, self.currency) for part in parts]

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix")
