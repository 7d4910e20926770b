"""Amounts of yuan in formal capitals (人民币大写), which cannot be altered with a stroke. Pure.

Two official texts differ at the end of the amount, and each leaves some zeros to the writer:
`ACCOUNTS` is 《会计基础工作规范》 article 52 (Ministry of Finance), for bills and receipts, and
`CHEQUES` is 《支付结算办法》 annex 1 (People's Bank of China), for what goes to a bank. `write`
gives one spelling, that of the texts' own examples; `spells` knows every spelling that is allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import product

from sleek.core.money import InvalidAmount, Money

CURRENCY = "CNY"
MAX_FEN = 10**13 - 1
PREFIX = "人民币"

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_SECTIONS = ("亿", "万", "")
_FULL = "整"
# Traditional forms that both texts accept, and the other word for 整.
_SAME = str.maketrans("貳參陸億萬圓圆正", "贰叁陆亿万元元整")
# A zero that may be written or left out stands as this until it is decided.
_OPTIONAL = "?"


class Rules(StrEnum):
    """Whose rules an amount is written by."""

    ACCOUNTS = "accounts"
    CHEQUES = "cheques"


def write(amount: Money, rules: Rules = Rules.ACCOUNTS) -> str:
    """人民币壹仟陆佰捌拾元零叁角贰分 for 1,680.32. Raises `InvalidAmount` for other currencies, a
    negative amount and one beyond `MAX_FEN`.
    """
    yuan, jiao, fen = _parts(amount)
    if not amount:
        return f"{PREFIX}零元{_FULL}"
    whole = _whole(yuan).replace(_OPTIONAL, "")
    join = _join(yuan, jiao, fen).replace(_OPTIONAL, "零")
    return PREFIX + whole + join + _fraction(jiao, fen) + _endings(jiao, fen, rules)[0]


def spells(text: str, amount: Money, rules: Rules = Rules.ACCOUNTS) -> bool:
    """Whether the text is one of the allowed spellings of exactly this amount, with 人民币 right
    before it.
    """
    return text.translate(_SAME) in set(_spellings(amount, rules))


def _spellings(amount: Money, rules: Rules) -> Iterator[str]:
    yuan, jiao, fen = _parts(amount)
    sketch = _whole(yuan) + _join(yuan, jiao, fen) + _fraction(jiao, fen) or "零元"
    pieces = sketch.split(_OPTIONAL)
    for zeros in product(("", "零"), repeat=len(pieces) - 1):
        spelling = pieces[0] + "".join(
            zero + piece for zero, piece in zip(zeros, pieces[1:], strict=True)
        )
        for ending in _endings(jiao, fen, rules):
            yield PREFIX + spelling + ending


def _parts(amount: Money) -> tuple[int, int, int]:
    if amount.currency != CURRENCY:
        raise InvalidAmount(f"only yuan are written in capitals, not {amount.currency}")
    if not 0 <= amount.minor <= MAX_FEN:
        raise InvalidAmount(f"{amount.minor} fen cannot be written in capitals")
    yuan, rest = divmod(amount.minor, 100)
    return yuan, *divmod(rest, 10)


def _whole(yuan: int) -> str:
    """The yuan, section by section of four digits; empty for none."""
    written = ""
    for section, unit in zip(_sections(yuan), _SECTIONS, strict=True):
        if section:
            written += (_gap(yuan, section, unit) if written else "") + _section(section) + unit
    return written + "元" if yuan else ""


def _sections(yuan: int) -> tuple[int, int, int]:
    return yuan // 10**8, yuan // 10**4 % 10**4, yuan % 10**4


def _gap(yuan: int, section: int, unit: str) -> str:
    """The zero between a section and what stands before it: one that the figures show is written,
    and only where they have it at the place of ten thousands may it be left out.
    """
    if section < 1000:
        return "零"
    before = yuan // 10**4 if unit == "" else yuan // 10**8
    if before % 10:
        return ""
    return _OPTIONAL if unit == "" else "零"


def _section(section: int) -> str:
    """Up to four digits; a run of zeros inside is one 零, those at either end are none."""
    written, is_gap = "", False
    for digit, place in zip(f"{section:04}", _PLACES, strict=True):
        if digit == "0":
            is_gap = bool(written)
            continue
        written += ("零" if is_gap else "") + _DIGITS[int(digit)] + place
        is_gap = False
    return written


def _join(yuan: int, jiao: int, fen: int) -> str:
    """The zero between yuan and what follows."""
    if not yuan or not (jiao or fen):
        return ""
    if not jiao:
        return "零"
    return "" if yuan % 10 else _OPTIONAL


def _fraction(jiao: int, fen: int) -> str:
    return (f"{_DIGITS[jiao]}角" if jiao else "") + (f"{_DIGITS[fen]}分" if fen else "")


def _endings(jiao: int, fen: int, rules: Rules) -> tuple[str, ...]:
    """What closes the amount, the usual one first; nothing may be added after fen."""
    if fen:
        return ("",)
    if not jiao:
        return (_FULL,)
    return (_FULL,) if rules == Rules.ACCOUNTS else ("", _FULL)
