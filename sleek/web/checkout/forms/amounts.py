"""An amount as a payer types it: with the digits and signs of their language. Pure.

A sign that could mean "decimal" or "thousand" is not guessed at: 1.234 is a thousand times more in
Madrid than in London.
"""

from __future__ import annotations

import re
import unicodedata

from sleek.core.money import InvalidAmount, Money, exponent

MAX_TYPED = 24  # characters
_COMMA_DECIMALS = 2  # after a comma, three digits may as well be a thousand
_ONE_SIGN = re.compile(r"\d*(?P<sign>[.,])(?P<fraction>\d*)")
_GROUPED = re.compile(r"\d{1,3}((?P<group>[.,])\d{3})((?P=group)\d{3})*((?!(?P=group))[.,]\d+)?")
_ARABIC_SIGNS = str.maketrans({"\u066b": ",", "\u066c": "."})


def parse(typed: str, currency: str) -> Money:
    """Raises `InvalidAmount`."""
    if len(typed) > MAX_TYPED:
        raise InvalidAmount("too long for an amount")
    text = unicodedata.normalize("NFKC", typed).translate(_ARABIC_SIGNS)
    text = "".join(_western(sign) for sign in text if not sign.isspace() and sign not in "'’")
    return Money.parse(_plain(text, exponent(currency)), currency)


def _plain(text: str, digits: int) -> str:
    one = _ONE_SIGN.fullmatch(text)
    if one:
        most = digits if one["sign"] == "." else min(digits, _COMMA_DECIMALS)
        if len(one["fraction"]) > most:
            raise InvalidAmount(f"{text!r} can be read in two ways")
        return text.replace(",", ".")
    grouped = _GROUPED.fullmatch(text)
    return text.replace(grouped["group"], "").replace(",", ".") if grouped else text


def _western(sign: str) -> str:
    return str(unicodedata.digit(sign)) if sign.isdecimal() else sign
