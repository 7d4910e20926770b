"""A line of a quotation as people write one. Every number is exact, or it is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from sleek.customers.rules.purposes import (
    CellFlaw,
    Cells,
    Field,
    Kind,
    Misread,
    Purpose,
    collect,
)

# As a bill's line keeps them.
ITEM_LETTERS = SPEC_LETTERS = 200
UNIT_LETTERS = 20
QUANTITY_PLACES, PRICE_PLACES, HOURS_PLACES, RATE_PLACES = 4, 6, 2, 2
MOST = Decimal(10) ** 9
MOST_HOURS = Decimal(10) ** 7 - 1
MOST_PRICE = Decimal(10) ** 11

# A currency, a sign before or behind it, the digits, and a currency or unit: `-US$ 1,234.50/件`.
_SIGNS = r"\u0024\u00a2-\u00a5\u0e3f\u20a0-\u20c0"
_WRITTEN = re.compile(
    rf"(?P<sign>[+-]?)\s*(?:[A-Za-z]{{2,3}}\s*)?[{_SIGNS}]?\s*(?P<late>[+-]?)\s*"
    rf"(?P<digits>[\d.,'’\s]*\d)\s*(?:[{_SIGNS}]|[^\W\d_]{{1,8}})?(?:/[^\W\d_]{{1,8}})?"
)
_GROUPERS = re.compile(r"(?<=\d)[\s'’](?=\d{3})")
_PLAIN = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?")
# fmt: off
_SUMS = frozenset({
    "合计", "总计", "小计", "共计", "总金额", "合计金额",
    "total", "subtotal", "sum", "grandtotal", "totalamount", "summe", "gesamt",
})
# fmt: on
_EXEMPT = frozenset({"免税", "不征税", "exempt", "none", "n/a", "nil"})


@dataclass(frozen=True, slots=True)
class LineRow:
    """`price` is in major units of the bill's currency, `tax_rate` in per cent. Without hours
    nothing is billed by time.
    """

    item: str
    spec: str = ""
    quantity: Decimal = Decimal(1)
    unit: str = ""
    price: Decimal = Decimal(0)
    tax_rate: Decimal = Decimal(0)
    hours: Decimal | None = None


def read_line(cells: Cells, decimal_mark: str = ".") -> LineRow:
    """Raises `Unfit`. A line without a quantity is of one piece."""
    readers: dict[str, Callable[[str], object]] = {
        "item": _item,
        "spec": partial(_text, SPEC_LETTERS),
        "quantity": partial(_quantity, decimal_mark),
        "unit": partial(_text, UNIT_LETTERS),
        "price": partial(_price, decimal_mark),
        "tax_rate": partial(_tax_rate, decimal_mark),
        "hours": partial(_hours, decimal_mark),
    }
    values: dict[str, Any] = collect(readers, cells)
    return LineRow(**values)


def number(text: str, decimal_mark: str) -> Decimal:
    """`1,234.50`, `￥1234.5/件`, `(12)`; by the other mark `1.234,50`. Raises `Misread`."""
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()
    in_brackets = plain.startswith("(") and plain.endswith(")")
    written = _WRITTEN.fullmatch(plain[1:-1] if in_brackets else plain)
    signs = [in_brackets, *(written.group("sign", "late") if written else ())]
    if written is None or sum(map(bool, signs)) > 1:
        raise Misread(CellFlaw.NUMBER)
    exact = _digits(written["digits"], decimal_mark)
    return -exact if in_brackets or "-" in signs else exact


def _digits(digits: str, decimal_mark: str) -> Decimal:
    if decimal_mark == ",":
        digits = digits.translate(str.maketrans(",.", ".,"))
    digits = _GROUPERS.sub(",", digits)
    if not _PLAIN.fullmatch(digits) and not _GROUPED.fullmatch(digits):
        raise Misread(CellFlaw.NUMBER)
    return Decimal(digits.replace(",", ""))


def _item(text: str) -> str:
    item = _text(ITEM_LETTERS, text)
    if not item:
        raise Misread(CellFlaw.MISSING)
    if "".join(item.casefold().split()).strip(":：") in _SUMS:
        raise Misread(CellFlaw.SUM)
    return item


def _text(most: int, text: str) -> str:
    told = " ".join(text.split())
    if len(told) > most:
        raise Misread(CellFlaw.TOO_LONG, str(most))
    return told


def _quantity(mark: str, text: str) -> Decimal:
    return _counted(text or "1", mark, most=MOST, places=QUANTITY_PLACES)


def _hours(mark: str, text: str) -> Decimal | None:
    return _counted(text, mark, most=MOST_HOURS, places=HOURS_PLACES) if text.strip() else None


def _counted(text: str, mark: str, *, most: Decimal, places: int) -> Decimal:
    found = _within(number(text, mark), most, places)
    if found <= 0:
        raise Misread(CellFlaw.NOT_POSITIVE)
    return found


def _price(mark: str, text: str) -> Decimal:
    """It may be below nothing: a discount is a line, too."""
    if not text.strip():
        raise Misread(CellFlaw.MISSING)
    return _within(number(text, mark), MOST_PRICE, PRICE_PLACES)


def _tax_rate(mark: str, text: str) -> Decimal:
    """`13%` and `13` and `0.13` are the same: no rate is below one per cent without saying so."""
    told = unicodedata.normalize("NFKC", text).strip()
    if not told or told.casefold() in _EXEMPT:
        return Decimal(0)
    has_sign = told.endswith("%")
    rate = number(told.rstrip("% "), mark)
    if not has_sign and 0 < rate < 1:
        rate *= 100
    if not 0 <= rate <= 100:
        raise Misread(CellFlaw.TAX_RATE)
    return _within(rate, Decimal(100), RATE_PLACES)


def _within(exact: Decimal, most: Decimal, places: int) -> Decimal:
    if abs(exact) > most:
        raise Misread(CellFlaw.TOO_LARGE)
    shortest = exact.normalize()
    decimals = shortest.as_tuple().exponent
    if isinstance(decimals, int) and -decimals > places:
        raise Misread(CellFlaw.TOO_FINE, str(places))
    return shortest if not isinstance(decimals, int) or decimals <= 0 else shortest.quantize(1)


def _field(name: str, heads: str, *, is_number: bool = False, is_required: bool = False) -> Field:
    return Field(name, tuple(heads.split()), is_required, is_number)


LINES: Kind[LineRow] = Kind(
    Purpose.LINES,
    (
        _field(
            "item",
            "品名 项目 项目名称 名称 商品名称 产品名称 产品 货物名称 服务名称 费用项目"
            " 内容 描述 item description product productname goods service position designation"
            " itemdescription artikel",
            is_required=True,
        ),
        _field(
            "spec",
            "规格 型号 规格型号 型号规格 款号 货号 spec specification model sku"
            " partnumber articleno size",
        ),
        _field(
            "quantity", "数量 qty quantity pieces pcs count amountofpieces menge", is_number=True
        ),
        _field("unit", "单位 计量单位 unit uom unitofmeasure einheit"),
        _field(
            "price",
            "单价 含税单价 不含税单价 价格 单价金额 price unitprice priceperunit rate einzelpreis",
            is_number=True,
            is_required=True,
        ),
        _field("tax_rate", "税率 增值税率 taxrate vat vatrate tax taxpercent mwst", is_number=True),
        _field("hours", "工时 小时 工时数 时长 hours hrs hour time stunden", is_number=True),
    ),
    read_line,
)
