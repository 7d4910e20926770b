"""An amount in words, as bills carry it: 美元伍拾元整, SAY US DOLLARS FIFTY ONLY.

Yuan go by the official rules of `core.capitals`. For other currencies 《会计基础工作规范》, article
52 (4), wants the currency's name right before the amount. `says` reads back what is printed:
figures and words that disagree must not leave the house.
"""

from __future__ import annotations

from sleek.core import capitals
from sleek.core.money import Money, exponent

CHINESE_NAMES = {
    "CNY": "人民币",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "HKD": "港币",
    "JPY": "日元",
    "KRW": "韩元",
    "AUD": "澳元",
    "CAD": "加元",
    "SGD": "新加坡元",
    "CHF": "瑞士法郎",
    "TWD": "新台币",
    "MOP": "澳门元",
    "THB": "泰铢",
    "RUB": "俄罗斯卢布",
}
# The name, and that of a hundredth, each as said of one and of several.
ENGLISH_NAMES = {
    "CNY": ("CHINESE YUAN", "CENTS"),
    "USD": ("US DOLLARS", "CENTS"),
    "EUR": ("EUROS", "CENTS"),
    "GBP": ("POUNDS STERLING", "PENCE"),
    "HKD": ("HONG KONG DOLLARS", "CENTS"),
    "JPY": ("JAPANESE YEN", ""),
    "KRW": ("KOREAN WON", ""),
    "AUD": ("AUSTRALIAN DOLLARS", "CENTS"),
    "CAD": ("CANADIAN DOLLARS", "CENTS"),
    "SGD": ("SINGAPORE DOLLARS", "CENTS"),
    "CHF": ("SWISS FRANCS", "CENTIMES"),
    "TWD": ("NEW TAIWAN DOLLARS", "CENTS"),
    "MOP": ("MACANESE PATACAS", "AVOS"),
    "THB": ("THAI BAHT", "SATANG"),
    "RUB": ("RUSSIAN ROUBLES", "KOPEKS"),
}

_ONES = (
    *("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "TEN"),
    *("ELEVEN", "TWELVE", "THIRTEEN", "FOURTEEN", "FIFTEEN", "SIXTEEN", "SEVENTEEN", "EIGHTEEN"),
    "NINETEEN",
)
_TENS = ("", "", "TWENTY", "THIRTY", "FORTY", "FIFTY", "SIXTY", "SEVENTY", "EIGHTY", "NINETY")
_SCALES = ((10**9, "BILLION"), (10**6, "MILLION"), (10**3, "THOUSAND"))


def in_chinese(amount: Money) -> str:
    """Formal capitals with the currency's name right before them; nothing for a currency without a
    Chinese name here, one that counts thousandths, and an amount that no capitals are made for.
    """
    name = CHINESE_NAMES.get(amount.currency)
    as_fen = _as_fen(amount)
    if name is None or as_fen is None:
        return ""
    return name + capitals.write(as_fen).removeprefix(capitals.PREFIX)


def in_english(amount: Money) -> str:
    """SAY US DOLLARS ONE HUNDRED AND CENTS FIVE ONLY; nothing for a currency that is not here."""
    names = ENGLISH_NAMES.get(amount.currency)
    if names is None or amount.minor < 0:
        return ""
    whole, rest = divmod(amount.minor, 10 ** exponent(amount.currency))
    said = f"SAY {names[0]} {_spelled(whole)}"
    if rest:
        said += f" AND {names[1]} {_spelled(rest)}"
    return f"{said} ONLY"


def says(text: str, amount: Money) -> bool:
    """Whether the text is an allowed way to say exactly this amount, in either language."""
    if text == in_english(amount):
        return True
    name, as_fen = CHINESE_NAMES.get(amount.currency), _as_fen(amount)
    if name is None or as_fen is None or not text.startswith(name):
        return False
    return capitals.spells(capitals.PREFIX + text.removeprefix(name), as_fen)


def _as_fen(amount: Money) -> Money | None:
    """The same figure in yuan, whose words it takes, if they reach so far. Yen and won have no jiao
    and fen.
    """
    places = exponent(amount.currency)
    if places not in (0, 2):
        return None
    fen = amount.minor * 10 ** (2 - places)
    return Money(fen, capitals.CURRENCY) if 0 <= fen <= capitals.MAX_FEN else None


def _spelled(number: int) -> str:
    for scale, name in _SCALES:
        if number >= scale:
            rest = number % scale
            said = f"{_spelled(number // scale)} {name}"
            return f"{said} {_spelled(rest)}" if rest else said
    if number >= 100:
        rest = number % 100
        said = f"{_ONES[number // 100]} HUNDRED"
        return f"{said} AND {_spelled(rest)}" if rest else said
    if number >= 20:
        tens = _TENS[number // 10]
        return f"{tens}-{_ONES[number % 10]}" if number % 10 else tens
    return _ONES[number]
