"""Stripe's own unit of each currency, and what it charges at least and at most. Pure.

Stripe counts most currencies as ISO 4217 does. MGA has two decimals there and none here; ISK and
UGX have none there and are counted here in hundredths, which must be zero; the last of three
decimals must be zero.
"""

from __future__ import annotations

from decimal import Decimal

from sleek.channels.base import Cost
from sleek.core.money import InvalidAmount, Money, exponent

_DECIMALS = {
    0: "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF
        CHF CNY COP CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL
        HTG HUF IDR ILS INR ISK JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT
        MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
        RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TOP TRY TTD TWD TZS UAH UGX USD UYU
        UZS WST XCD YER ZAR ZMW
    """,
    3: "BHD JOD KWD OMR TND",
}
DECIMALS = {code: decimals for decimals, codes in _DECIMALS.items() for code in codes.split()}
CURRENCIES = frozenset(DECIMALS)

LARGEST_RAW = 99_999_999
# In ISO 4217's minor units. The first rows are Stripe's published figures; for the others it asks
# the worth of 0.50 USD at the day's rate, rounded up here with room. What is not listed is left
# for Stripe to refuse.
MINIMUM = {
    "USD": 50, "AED": 200, "AUD": 50, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250,
    "EUR": 50, "GBP": 30, "HKD": 400, "HUF": 17500, "INR": 50, "JPY": 50, "MXN": 1000, "MYR": 200,
    "NOK": 300, "NZD": 50, "PLN": 200, "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000,
    "BHD": 200, "CLP": 600, "CNY": 400, "IDR": 1_000_000, "ILS": 200, "ISK": 80, "JOD": 400,
    "KRW": 800, "KWD": 200, "OMR": 200, "PHP": 3200, "QAR": 200, "SAR": 200, "TND": 1700,
    "TRY": 2500, "TWD": 1800, "UGX": 2000, "VND": 14000, "ZAR": 1000,
}  # fmt: skip

# stripe.com/us/pricing for cards, with the fixed sums that Stripe lists where it counts in another
# currency. What a connection really pays goes first as soon as it is entered or measured.
PRICE = Cost(
    Decimal("0.029"),
    fixed={"USD": 30, "AUD": 30, "CAD": 30, "EUR": 25, "GBP": 20, "HKD": 235, "SGD": 50},
)


def to_raw(amount: Money) -> int:
    """The integer that Stripe wants. Raises `InvalidAmount` for what its unit cannot express."""
    if amount.currency not in CURRENCIES:
        raise InvalidAmount(f"Stripe does not take {amount.currency}.")
    decimals = DECIMALS[amount.currency]
    raw, rest = _rescaled(amount.minor, exponent(amount.currency), decimals)
    if rest or (decimals == 3 and raw % 10):
        raise InvalidAmount(f"Stripe cannot take {amount}: it has too many decimals.")
    return raw


def from_raw(raw: object, currency: object) -> Money:
    """What Stripe's integer is worth. Raises `InvalidAmount` rather than round."""
    if type(raw) is not int or not isinstance(currency, str):
        raise InvalidAmount("Stripe gave no amount")
    code = currency.upper()
    minor, rest = _rescaled(raw, DECIMALS.get(code, 2), exponent(code))
    if rest:
        raise InvalidAmount(f"{raw} of Stripe's units are no whole amount of {code}")
    return Money(minor, code)


def _rescaled(number: int, decimals: int, wanted: int) -> tuple[int, int]:
    """The amount counted in units of `wanted` decimals, and what is left over of the old ones."""
    factor: int = 10 ** abs(wanted - decimals)
    return (number * factor, 0) if wanted >= decimals else divmod(number, factor)


MAXIMUM = {code: _rescaled(LARGEST_RAW, DECIMALS[code], exponent(code))[0] for code in DECIMALS}
