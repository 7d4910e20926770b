"""EN 16931's codes for what a bill says: units, tax categories, numbers as it writes them. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from sleek.core.money import Money

PROFILE = "en16931"
BILL, CREDIT_NOTE = "380", "381"  # UNTDID 1001
CREDIT_TRANSFER, ONLINE = "30", "68"  # UNTDID 4461
MAX_DECIMALS = 2  # of any amount; so dinars, with three of them, cannot be said
_PRICE_PLACES = Decimal(1).scaleb(-12)  # a price × a quantity of 10⁹ is still right to the cent

# What is not taxed at all on a bill is outside the tax; beside taxed lines, that may not be said,
# and it is taxed at a rate of zero.
STANDARD, ZERO_RATED, OUTSIDE = "S", "Z", "O"
OUTSIDE_REASON, OUTSIDE_CODE = "Not subject to VAT", "VATEX-EU-O"

# UN/ECE recommendation 20. Any other word counts ones, and stands beside the item.
ONE, HOUR = "C62", "HUR"
_UNITS = {
    "H87": "piece pieces pc pcs pcs. 件 个 只 支 枚 块 片",
    "SET": "set sets 套",
    "PR": "pair pairs 双 对",
    "XBX": "box boxes 箱 盒",
    "KGM": "kg kgs kilogram kilograms 公斤 千克",
    "GRM": "g gram grams 克",
    "TNE": "t ton tons tonne tonnes 吨",
    "MTR": "m metre metres meter meters 米",
    "MTK": "m2 m² sqm ㎡ 平方米",
    "MTQ": "m3 m³ cbm 立方米",
    "LTR": "l litre litres liter liters 升",
    HOUR: "h hour hours 小时 时",
    "DAY": "day days 天 日",
    "MON": "month months 月 个月",
}
_CODES = {word: code for code, words in _UNITS.items() for word in words.split()}
# What XML cannot say at all.
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


def unit(word: str) -> str:
    return _CODES.get(word.strip().casefold(), ONE)


def category(rate: Decimal, *, is_taxed: bool) -> str:
    """`is_taxed` is whether any line of the bill is."""
    if rate > 0:
        return STANDARD
    return ZERO_RATED if is_taxed else OUTSIDE


def amount(money: Money) -> str:
    return f"{money.decimal:f}"


def number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def price(net: Money, quantity: Decimal) -> str:
    """Of one, so that it times the quantity is the net amount."""
    return number((net.decimal / quantity).quantize(_PRICE_PLACES))


def is_vat_number(text: str, country: str) -> bool:
    """As the European Union writes them: the country in front, which for Greece is EL."""
    prefix = "EL" if country == "GR" else country
    return bool(country) and len(text) > 2 and text.upper().startswith(prefix)


def bic(text: str) -> str:
    """Nothing where it is another kind of code, such as China's CNAPS."""
    plain = text.replace(" ", "").upper()
    return plain if _BIC.fullmatch(plain) else ""


def sayable(value: object) -> object:
    """The same, without what XML has no letters for, through all lists and tables."""
    if isinstance(value, str):
        return _UNSAYABLE.sub("", value).strip()
    if isinstance(value, list):
        return [sayable(each) for each in value]
    if isinstance(value, dict):
        return {key: sayable(each) for key, each in value.items()}
    return value
