"""Numbers of lines, in the manner of a language, with all their decimals."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.translation import get_language, to_locale

from sleek.core.amounts import NO_BREAK
from sleek.core.money import exponent
from sleek.invoices.rules import PRICE_PLACES


def number(value: Decimal, least: int = 0) -> str:
    pattern = f"#,##0.{'0' * least}{'#' * (PRICE_PLACES - least)}"
    return format_decimal(value, format=pattern, locale=to_locale(get_language() or "en"))


def price(value: Decimal, currency: str) -> str:
    """With the currency's own decimals at least."""
    return number(value, exponent(currency))


def price_in(value: Decimal, currency: str) -> str:
    return f"{price(value, currency)}{NO_BREAK}{currency}"
