"""The currencies PayPal takes, how it writes them, and what it charges. Pure.

From PayPal's "Currency codes" (developer.paypal.com/api/rest/reference/currency-codes). HUF and TWD
have decimals in ISO 4217 and none at PayPal, which refuses an amount that has them. BRL, CNY, INR
and MYR are left out: PayPal takes them for accounts of that country alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sleek.channels.base import Cost
from sleek.core.money import InvalidAmount, Money, exponent

WITHOUT_DECIMALS = frozenset({"HUF", "JPY", "TWD"})

# PayPal's list price in the United States, "PayPal Checkout" of paypal.com/us/webapps/mpp/
# merchant-fees: 3.49 % and a fixed fee in the currency received, here in ISO 4217's minor units.
FIXED = {
    "AUD": 59, "CAD": 59, "CHF": 49, "CZK": 900, "DKK": 290, "EUR": 39, "GBP": 39, "HKD": 379,
    "HUF": 14900, "ILS": 160, "JPY": 49, "MXN": 900, "NOK": 390, "NZD": 69, "PHP": 2500,
    "PLN": 189, "SEK": 409, "SGD": 69, "THB": 1500, "TWD": 1400, "USD": 49,
}  # fmt: skip
COST = Cost(Decimal("0.0349"), FIXED)

CURRENCIES = frozenset(FIXED)
MINIMUM = {code: 10 ** exponent(code) for code in WITHOUT_DECIMALS}
# Of one payment, by a payer whom PayPal has verified; it converts the limit for other currencies
# and refuses those by itself.
MAXIMUM = {"USD": 6_000_000}


def value(amount: Money) -> dict[str, object]:
    """An amount in PayPal's writing. Raises `InvalidAmount` for what it cannot write."""
    if amount.currency not in CURRENCIES:
        raise InvalidAmount(f"PayPal does not take {amount.currency}.")
    text = f"{amount.decimal:f}"
    if amount.currency in WITHOUT_DECIMALS:
        text, _, rest = text.partition(".")
        if rest.strip("0"):
            raise InvalidAmount(f"PayPal takes no decimals of {amount.currency}.")
    return {"currency_code": amount.currency, "value": text}


def money(node: object) -> Money:
    """What PayPal's amount is worth. Raises `InvalidAmount` rather than guess."""
    told = node if isinstance(node, Mapping) else {}
    written = told.get("value")
    if not isinstance(written, str):
        raise InvalidAmount("PayPal gave no amount")
    return Money.parse(written, str(told.get("currency_code", "")))
