"""A line of a quotation as people write one. Every number is exact, or it is refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from sleek.customers.rules.numbers import number, written
from sleek.customers.rules.purposes import (
    CellFlaw,
    Cells,
    Field,
    Kind,
    Misread,
    Purpose,
    collect,
)
from sleek.customers.rules.quotations import beside

# As a bill's line keeps them.
ITEM_LETTERS = SPEC_LETTERS = 200
UNIT_LETTERS = 20
QUANTITY_PLACES, PRICE_PLACES, HOURS_PLACES, RATE_PLACES = 4, 6, 2, 2
MOST = Decimal(10) ** 9
MOST_HOURS = Decimal(10) ** 7 - 1
MOST_PRICE = Decimal(10) ** 11

_EXEMPT = frozenset({"免税", "不征税", "零税率", "exempt", "none", "n/a", "nil", "-", "/"})


@dataclass(frozen=True, slots=True)
class LineRow:
    """`price` is in major units of the bill's currency, `tax_rate` in per cent. Without hours
    nothing is billed by time. `amount` is what the table says it comes to, where it does, and
    `money` the currency as it stands beside the price.
    """

    item: str
    spec: str = ""
    quantity: Decimal = Decimal(1)
    unit: str = ""
    price: Decimal = Decimal(0)
    tax_rate: Decimal = Decimal(0)
    hours: Decimal | None = None
    amount: Decimal | None = None
    money: str = ""


def read_line(cells: Cells, decimal_mark: str = ".") -> LineRow:
    """Raises `Unfit`. A line without a quantity is of one piece."""
    readers: dict[str, Callable[[str], object]] = {
        "item": _item,
        "spec": partial(_spec, cells.get("note", "")),
        "quantity": partial(_quantity, decimal_mark),
        "unit": partial(_unit, cells, decimal_mark),
        "price": partial(_price, decimal_mark),
        "tax_rate": partial(_tax_rate, decimal_mark),
        "hours": partial(_hours, decimal_mark),
        "amount": partial(_amount, decimal_mark),
    }
    values: dict[str, Any] = collect(readers, cells)
    money = written(cells["price"], decimal_mark).money
    return LineRow(**values, money=money)


def _item(text: str) -> str:
    item = _text(ITEM_LETTERS, text)
    if not item:
        raise Misread(CellFlaw.MISSING)
    return item


def _spec(note: str, text: str) -> str:
    """With the remark, which a bill's line has no other place for."""
    return _text(SPEC_LETTERS, " · ".join(filter(None, (text.strip(), note.strip()))))


def _unit(cells: Cells, mark: str, text: str) -> str:
    """Where it has no cell of its own it may stand behind the quantity, or in `35.50/件`."""
    return _text(UNIT_LETTERS, text) or _behind(cells, mark)


def _behind(cells: Cells, mark: str) -> str:
    for name in ("quantity", "price"):
        try:
            found = written(cells.get(name, ""), mark)
        except Misread:
            continue  # said at its own field
        if told := found.word if name == "quantity" else found.per:
            return told
    return ""


def _text(most: int, text: str) -> str:
    told = " ".join(text.split())
    if len(told) > most:
        raise Misread(CellFlaw.TOO_LONG, str(most))
    return told


def _quantity(mark: str, text: str) -> Decimal:
    return _counted(text or "1", mark, most=MOST, places=QUANTITY_PLACES)


def _amount(mark: str, text: str) -> Decimal | None:
    return number(text, mark) if text.strip() else None


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
            "品名 项目 项目名称 名称 商品名称 商品 产品名称 产品 品名规格 品名及规格 货物名称"
            " 货品名称 物料名称 材料名称 服务名称 服务内容 工作内容 费用项目 费用名称 内容 描述"
            " item description product productname goods service position designation"
            " itemdescription artikel bezeichnung descriptionofgoods productdescription",
            is_required=True,
        ),
        _field(
            "spec",
            "规格 型号 规格型号 型号规格 产品型号 产品规格 规格参数 款号 货号 图号 尺寸 spec"
            " specification specifications modelorspecification model modelno sku partnumber"
            " partno articleno itemno size",
        ),
        _field(
            "quantity",
            "数量 件数 qty quantity pieces pcs count amountofpieces menge anzahl",
            is_number=True,
        ),
        _field("unit", "单位 计量单位 unit units uom unitofmeasure einheit"),
        _field(
            "price",
            "单价 含税单价 不含税单价 未税单价 税前单价 单价含税 单价不含税 含税价 价格 单价金额"
            " price unitprice priceperunit unitcost rate einzelpreis stückpreis",
            is_number=True,
            is_required=True,
        ),
        _field(
            "tax_rate",
            "税率 增值税率 taxrate vat vatrate tax taxpercent taxratein% mwst",
            is_number=True,
        ),
        _field(
            "hours", "工时 小时 工时数 时长 工时小时 hours hrs hour time stunden", is_number=True
        ),
        _field(
            "amount",
            "金额 小计 合计 总价 合价 总额 总金额 金额合计 合计金额 价税合计 含税金额 不含税金额"
            " amount total linetotal totalprice totalamount subtotal extendedprice betrag summe"
            " gesamtpreis",
            is_number=True,
        ),
        _field(
            "note", "备注 说明 remark remarks note notes comment comments bemerkung bemerkungen"
        ),
    ),
    read_line,
    beside,
)
