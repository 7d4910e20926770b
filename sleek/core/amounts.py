"""Amounts as text, in the manner of a language: `1,234.50 USD`. Its data are Babel's."""

from __future__ import annotations

from babel.numbers import format_decimal
from django.utils.translation import get_language, to_locale

from sleek.core.money import Money, exponent

MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"


def amount(value: Money) -> str:
    """`1,234.50` in the current language, where the currency stands elsewhere."""
    digits = "0" * exponent(value.currency)
    pattern = f"#,##0.{digits}" if digits else "#,##0"
    locale = to_locale(get_language() or "en")
    text = format_decimal(abs(value.decimal), format=pattern, locale=locale)
    return f"{MINUS}{text}" if value.minor < 0 else text


def plain_money(value: Money) -> str:
    """`1,234.50 USD`: for titles, attributes, mails and files."""
    return f"{amount(value)}{NO_BREAK}{value.currency}"
