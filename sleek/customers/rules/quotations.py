"""What stands in a quotation around its lines: totals and titles, the number it goes by, the
currency of its prices and whether they contain tax. Guessed; a person has the last word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sleek.core.tables import Row
from sleek.customers.rules.numbers import means, written
from sleek.customers.rules.purposes import CellFlaw, Misread

NUMBER_LETTERS = 80
DIGITS_LEAST = 3  # of what looks like a number in a file's name: v2 is none
# Cells are compared without spaces, in small letters of one width.
_TOTAL = re.compile(
    r"(?:本页|以上|金额|税前|税后|未税|不含税|含税|货款)?"
    r"(?:合计|总计|小计|共计|总价|总额|总金额|价税合计|税价合计)(?:金额|总额|总计)?"
    r"(?:人民币|rmb|cny|usd|eur)?(?:[:(\[].*)?|"
    r"(?:sub|grand|net)?-?total(?:amount|price|sum|value|net|gross|due|payable|of|excl|incl|[a-z]{3})"
    r"*[.]?(?:[:(\[].*)?|sum:?|(?:zwischen)?summe:?|gesamt(?:betrag|summe|preis)?:?"
)
_IN_WORDS = re.compile(r"(?:合计|总计|总价|金额|人民币|[:(])*大写.*|say.*only\.?")
_TAX = re.compile(
    r"(?:增值税|税额|税金|税费|vat|tax|salestax|gst|mwst|ust)(?:amount|额)?"
    r"[:(]?(?:\d+(?:\.\d+)?%)?[:)]?"
)
_NUMBER = r"(?P<number>[A-Za-z0-9][A-Za-z0-9_\-/.]*\d[A-Za-z0-9_\-/.]*)"
# In Chinese and English, by the kinds of document that a bill refers to.
_DOCUMENTS = {
    "quotation": r"报价单?(?:编?号|号码)?|询价单?号|quot(?:e|ation)",
    "contract": r"合同(?:编?号|号码)?|contract|agreement",
    "purchase_order": r"采购(?:订单|单)?(?:编?号)?|purchase\s*order|p\.?\s?o\.?",
    "sales_order": r"(?:销售)?订单(?:编?号|号码)?|(?:sales\s*)?order|s\.?\s?o\.?",
    "": r"编号|单号|no|number|ref(?:erence)?|nr",
}
_LABEL = {
    kind: re.compile(
        rf"(?:{words})(?:\s*(?:no|number|nr|ref|编号|单号))?(?:[\s.:#]+|(?<=[\u3400-\u9fff])|$)"
        rf"(?:{_NUMBER})?",
        re.IGNORECASE,
    )
    for kind, words in _DOCUMENTS.items()
}
_IN_NAME = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{0,6}[-_ ]?\d[A-Za-z0-9]*(?:[-_./][A-Za-z]?\d[A-Za-z0-9]*)*"
)
_MONEY = re.compile(
    r"(?<![A-Za-z])(?:US|HK|NT|[ACSR])?[$¥€£₹₩฿₫₱₽]|美元|美金|欧元|英镑|港[币元]|人民币|日元|[元円]|"
    r"(?<![A-Za-z])(?:USD|EUR|CNY|RMB|GBP|HKD|JPY|AUD|CAD|SGD|TWD|KRW|INR|CHF|NZD|THB|VND|MYR|IDR"
    r"|PHP|AED|SAR|BRL|MXN|ZAR|NGN|RUB|TRY|SEK|NOK|DKK|PLN)(?![A-Za-z])"
)


_WITHOUT_TAX = re.compile(
    r"不含(?:增值)?税|未税|税前|excl|without (?:tax|vat)|\bex\.? ?(?:vat|tax)"
)
_WITH_TAX = re.compile(r"含(?:增值)?税|税后|incl|with (?:tax|vat)")


@dataclass(frozen=True, slots=True)
class Around:
    """What is told beside the lines. `kind` is a document's; `money` the currency as it is written;
    `has_tax` is nothing where nobody says.
    """

    kind: str = ""
    number: str = ""
    money: str = ""
    has_tax: bool | None = None

    def currency(self, usual: str) -> str:
        """The one meant; of several that it may mean, the usual one."""
        known = means(self.money)
        return usual if not known or usual in known else known[0]


def beside(row: Row, places: Mapping[str, int]) -> CellFlaw | None:
    """Whether a row is a total or a title. A line that merely speaks of one has a price."""
    told = {name: _at(row, place) for name, place in places.items()}
    has_price = _is_number(told.get("price", ""))
    first = next(filter(None, row.cells), "")
    if _is_total(told.get("item", "")) or (_is_total(first) and not told.get("item")):
        return CellFlaw.SUM
    if not has_price and (any(map(_is_total, row.cells)) or _is_tax(first)):
        return CellFlaw.SUM
    if not has_price and not told.get("item") and _is_number(told.get("amount", "")):
        return CellFlaw.SUM
    if not has_price and len({*row.cells} - {""}) == 1 and not row.gaps:
        return CellFlaw.NOTE
    return None


def around(rows: Sequence[Row], head_row: int, places: Mapping[str, int], name: str) -> Around:
    """`name` is the file's."""
    above = [row for row in rows if row.number < head_row]
    kind, number = _document(above) or ("", "")
    head = next((row for row in rows if row.number == head_row), Row(0, ()))
    heads = [_plain(_at(head, places[field])) for field in ("price", "amount") if field in places]
    return Around(
        kind=kind or _kind_of(name),
        number=number or _named(name),
        money=_money(heads, rows, head_row, places) or _money_above(above),
        has_tax=_has_tax(heads, _titles(rows, head_row, places)),
    )


def _is_total(text: str) -> bool:
    told = _plain(text).replace(" ", "")
    return bool(_TOTAL.fullmatch(told) or _IN_WORDS.fullmatch(told))


def _is_tax(text: str) -> bool:
    return bool(_TAX.fullmatch(_plain(text).replace(" ", "")))


def _is_number(text: str) -> bool:
    return any(_reads(text, mark) for mark in ".,")


def _reads(text: str, mark: str) -> bool:
    try:
        written(text, mark)
    except Misread:
        return False
    return True


def _document(above: Sequence[Row]) -> tuple[str, str] | None:
    """The number behind its label, in the same cell or in the next one that says something."""
    cells = [list(dict.fromkeys(filter(None, row.cells))) for row in above]
    for kind, label in _LABEL.items():
        for texts in cells:
            for text, after in zip(texts, [*texts[1:], ""], strict=True):
                if found := _labelled(label, text, after):
                    return kind, found[:NUMBER_LETTERS]
    return None


def _labelled(label: re.Pattern[str], text: str, after: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    found = label.match(plain)
    if found is None:
        return ""
    if found["number"]:
        return str(found["number"])
    rest = re.fullmatch(_NUMBER, unicodedata.normalize("NFKC", after).strip())
    return rest["number"] if rest and not plain[found.end() :].strip(" :#.") else ""


def _kind_of(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = {"contract": ("合同", "contract"), "sales_order": ("订单", "order"), "quotation": ("",)}
    return next(kind for kind, known in words.items() if any(word in plain for word in known))


def _named(name: str) -> str:
    """What looks like a number in the file's name; else its name."""
    stem = unicodedata.normalize("NFKC", name).rpartition(".")[0] or name
    known = [text for text in _IN_NAME.findall(stem) if sum(map(str.isdigit, text)) >= DIGITS_LEAST]
    found = max(known, key=len, default="")
    return " ".join((found.strip("-_. ") or stem).split())[:NUMBER_LETTERS]


def _money(
    heads: Sequence[str], rows: Sequence[Row], head_row: int, places: Mapping[str, int]
) -> str:
    for head in heads:
        if found := _MONEY.search(head.upper()):
            return found[0]
    told = Counter(_moneys(rows, head_row, places))
    return told.most_common(1)[0][0] if told else ""


def _moneys(rows: Sequence[Row], head_row: int, places: Mapping[str, int]) -> Iterator[str]:
    fields = [places[name] for name in ("price", "amount") if name in places]
    for row in rows:
        for place in fields if row.number > head_row else ():
            if found := _MONEY.search(_plain(_at(row, place)).upper()):
                yield found[0]


def _money_above(above: Sequence[Row]) -> str:
    cells = (_plain(cell).upper() for row in above for cell in row.cells)
    told = (_MONEY.search(cell) for cell in cells if re.search("币|CURRENCY|货币|单位", cell))
    return next((found[0] for found in told if found), "")


def _titles(rows: Sequence[Row], head_row: int, places: Mapping[str, int]) -> list[str]:
    """What stands above the head, and in rows that are no lines."""
    price = places.get("price", 0)
    found = [row for row in rows if row.number != head_row and not _is_number(_at(row, price))]
    return [_plain(cell) for row in found for cell in row.cells]


def _has_tax(heads: Sequence[str], titles: Sequence[str]) -> bool | None:
    """By the head of the prices; else by what is said of all of them."""
    for text in [*heads[:1], *titles]:
        if _WITHOUT_TAX.search(text):
            return False
        if _WITH_TAX.search(text):
            return True
    return None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _at(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""
