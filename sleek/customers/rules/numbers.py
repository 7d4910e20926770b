"""Numbers as people write them in a cell: exact, or refused; with what stands beside the digits."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from sleek.customers.rules.names import currencies, key
from sleek.customers.rules.purposes import CellFlaw, Misread

# A currency, a sign before or behind it, the digits, and a currency or unit: `-US$ 1,234.50/件`.
_SIGNS = r"\u0024\u00a2-\u00a5\u0e3f\u20a0-\u20c0"
_UNIT = r"(?:[^\W\d_]{1,8}|[cdm]?m[23])"
_WRITTEN = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<before>[^\W\d_]{{1,3}})?\s*(?P<mark>[{_SIGNS}])?"
    rf"\s*(?P<late>[+-]?)\s*(?P<digits>[\d.,'’\s]*\d)\s*"
    rf"(?:(?P<behind>[{_SIGNS}])|(?P<word>{_UNIT}))?\s*(?:/\s*(?P<per>{_UNIT}))?"
)
_GROUPERS = re.compile(r"(?<=\d)[\s'’](?=\d{3})")
_PLAIN = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?")

_DOLLARS = ("USD", "AUD", "CAD", "HKD", "SGD", "NZD", "TWD", "MXN", "BND", "CLP", "COP")
# What each may mean, the likeliest first.
_MONEYS: dict[str, tuple[str, ...]] = {
    **{"$": _DOLLARS, "us$": ("USD",), "hk$": ("HKD",), "nt$": ("TWD",), "a$": ("AUD",)},
    **{"c$": ("CAD",), "s$": ("SGD",), "r$": ("BRL",), "美元": ("USD",), "美金": ("USD",)},
    **{"¥": ("CNY", "JPY"), "元": ("CNY", "TWD", "HKD"), "圆": ("CNY",), "rmb": ("CNY",)},
    **{"人民币": ("CNY",), "港币": ("HKD",), "港元": ("HKD",), "円": ("JPY",), "日元": ("JPY",)},
    **{"€": ("EUR",), "欧元": ("EUR",), "£": ("GBP",), "英镑": ("GBP",), "₹": ("INR",)},
    **{"₩": ("KRW",), "฿": ("THB",), "₫": ("VND",), "₱": ("PHP",), "₽": ("RUB",)},
    **{code.casefold(): (code,) for code in ("USD", "EUR", "CNY", "GBP", "HKD", "JPY")},
    **{"₺": ("TRY",), "₴": ("UAH",), "₪": ("ILS",), "₦": ("NGN",), "kr": ("SEK", "NOK", "DKK")},
}


@dataclass(frozen=True, slots=True)
class Written:
    """`money` is the currency as it stands there; `word` follows the digits, `per` a stroke."""

    exact: Decimal
    money: str = ""
    word: str = ""
    per: str = ""


def number(text: str, decimal_mark: str) -> Decimal:
    """`1,234.50`, `￥1234.5/件`, `(12)`; by the other mark `1.234,50`. Raises `Misread`."""
    return written(text, decimal_mark).exact


def written(text: str, decimal_mark: str) -> Written:
    """Raises `Misread`."""
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()
    in_brackets = plain.startswith("(") and plain.endswith(")")
    found = _WRITTEN.fullmatch(plain[1:-1] if in_brackets else plain)
    signs = [in_brackets, *(found.group("sign", "late") if found else ())]
    if found is None or sum(map(bool, signs)) > 1:
        raise Misread(CellFlaw.NUMBER)
    exact = _digits(found["digits"], decimal_mark)
    is_negative = in_brackets or "-" in signs
    return Written(
        exact=-exact if is_negative else exact,
        money=_money(found),
        word=found["word"] or "",
        per=found["per"] or "",
    )


def means(money: str) -> tuple[str, ...]:
    """The currencies that a sign, word or code may mean, the likeliest first; nothing for a unit.
    A code is one in capitals: a pen is no Peruvian sol.
    """
    if known := _MONEYS.get(unicodedata.normalize("NFKC", money).casefold().strip()):
        return known
    is_code = len(money) == 3 and money.isascii() and money.isupper()
    found = currencies().get(key(money)) if is_code else None
    return (found,) if found else ()


def _money(found: re.Match[str]) -> str:
    """As it stands before or behind the digits; both must mean the same. Raises `Misread`."""
    before = (found["before"] or "").upper() + (found["mark"] or "")
    behind = found["behind"] or found["word"] or ""
    told = [money for money in (before, behind) if means(money)]
    if before and before not in told:
        raise Misread(CellFlaw.NUMBER)
    if not told:
        return ""
    if not set(means(told[0])) & set(means(told[-1])):
        raise Misread(CellFlaw.NUMBER)
    return min(told, key=lambda money: len(means(money)))


def _digits(digits: str, decimal_mark: str) -> Decimal:
    if decimal_mark == ",":
        digits = digits.translate(str.maketrans(",.", ".,"))
    digits = _GROUPERS.sub(",", digits)
    if not _PLAIN.fullmatch(digits) and not _GROUPED.fullmatch(digits):
        raise Misread(CellFlaw.NUMBER)
    return Decimal(digits.replace(",", ""))
