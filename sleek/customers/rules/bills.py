"""A table of which each row asks somebody for money, and rows that make one bill together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from sleek.core.tables import Row
from sleek.customers.rules.book import Details, folded
from sleek.customers.rules.entries import CUSTOMERS, read_customer, terms_days
from sleek.customers.rules.lines import LINES, LineRow, read_line
from sleek.customers.rules.names import key as worded
from sleek.customers.rules.purposes import (
    CellFlaw,
    Cells,
    Fault,
    Field,
    Found,
    Kind,
    Misread,
    Purpose,
    Rejected,
    Unfit,
    collect,
)
from sleek.customers.rules.quotations import beside

KEY_LETTERS = PO_LETTERS = 80
TITLE_LETTERS = 140
REMARKS_LETTERS = 2000
_CUSTOMER_NUMBER = re.compile(r"cus_[A-Za-z0-9]{1,28}")
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?: 00:00)?"
)
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})(?P<mark>[./-])(?P<month>\d{1,2})[./-](?P<year>\d{4})")
_MONTHS = 12
# By what they are called on bills; `invoices.rules.Nature` has the same codes.
_NATURES = {
    "sampling": "打样费 样品费 样品 打样 样费 samplefee sample samples sampling samplecharge",
    "tooling": "模具费 开模费 模具 工装费 toolingfee tooling mould mold mouldfee moldfee",
    "testing": "样品测试费 测试费 检测费 测试 sampletestingfee testingfee testing test testfee",
    "deposit": "定金 订金 预付款 押金 deposit downpayment advancepayment prepayment",
    "balance": "尾款 余款 balance balancepayment finalpayment",
    "goods": "货款 大货款 货物 商品款 goods merchandise products",
    "service": "服务费 服务 设计费 service servicefee services",
    "other": "其他 其它 other others misc",
}
NATURES = {word: nature for nature, words in _NATURES.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class BillRow:
    """`key` is what rows of one bill share. Of the payer the row may say the `customer`'s number in
    the address book instead of a name. Empty is whatever is usual.
    """

    payer: Details
    line: LineRow
    key: str = ""
    customer: str = ""
    nature: str = ""
    due_on: date | None = None
    due_days: int | None = None
    po_number: str = ""
    title: str = ""
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one bill: what they say of it together, and their lines."""

    numbers: tuple[int, ...]
    said: BillRow
    lines: tuple[LineRow, ...]
    po_numbers: tuple[str, ...]


def read_bill(cells: Cells, decimal_mark: str = ".") -> BillRow:
    """Raises `Unfit`."""
    readers: dict[str, Callable[[str], object]] = {
        "key": partial(_text, KEY_LETTERS),
        "nature": _nature,
        "due": _due,
        "po_number": partial(_text, PO_LETTERS),
        "title": partial(_text, TITLE_LETTERS),
        "remarks": partial(_text, REMARKS_LETTERS),
    }
    faults: list[Fault] = []
    number, payer = _heard(lambda: _payer(cells), ("", Details("")), faults)
    line = _heard(lambda: read_line(cells, decimal_mark), LineRow(""), faults)
    values: dict[str, Any] = _heard(lambda: collect(readers, cells), {}, faults)
    if faults:
        raise Unfit(faults)
    due = values.pop("due")
    if isinstance(due, date):
        values["due_on"] = due
    else:
        values["due_days"] = due
    return BillRow(payer, line, customer=number, **values)


def group(
    found: Found[BillRow], rows: Iterable[Row], places: Mapping[str, int]
) -> tuple[list[Group], list[Rejected]]:
    """Rows under one key make one bill; a row without one is a bill of its own. Of a bill all rows
    come in, or none.
    """
    grid = {row.number: row for row in rows}
    broken = {key: out.row.number for out in found.rejected if (key := _key(out, places))}
    sheaves: dict[object, list[tuple[int, BillRow]]] = {}
    for number, row in found.entries:
        sheaves.setdefault(folded(row.key) or number, []).append((number, row))
    groups, rejected = [], list(found.rejected)
    for sheaf in sheaves.values():
        other = broken.get(folded(sheaf[0][1].key))
        faults = [Fault("key", CellFlaw.TORN, (str(other),))] if other else [*_quarrels(sheaf)]
        if faults:
            rejected += [Rejected(grid[number], tuple(faults)) for number, _row in sheaf]
        else:
            groups.append(_group(sheaf))
    return groups, rejected


def _heard(read: Callable[[], Any], instead: Any, faults: list[Fault]) -> Any:
    try:
        return read()
    except Unfit as unfit:
        faults += unfit.faults
        return instead


def _payer(cells: Cells) -> tuple[str, Details]:
    """The number, and what else is said. An address for mail may stand where the name does."""
    who = cells.get("name", "").strip()
    told = {name: cells.get(name, "") for name in _PAYER}
    number = who if _CUSTOMER_NUMBER.fullmatch(who) else ""
    if "@" in who and not told["email"].strip():
        told["email"], who = who, ""
    has_name = bool(who) and not number
    payer = read_customer(told | {"name": who if has_name else "-"})
    return number, payer if has_name else replace(payer, name="")


def _nature(text: str) -> str:
    if not text.strip():
        return ""
    nature = NATURES.get(worded(text))
    if nature is None:
        raise Misread(CellFlaw.NATURE)
    return nature


def _due(text: str) -> date | int | None:
    """`2026-12-31`, `31.12.2026`; or so many days after issue: `30`, `30 天`, `Net 30`."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    found = _YEAR_FIRST.fullmatch(plain) or _DAY_FIRST.fullmatch(plain)
    try:
        return _day(found) if found else terms_days(plain)
    except (Misread, ValueError):
        raise Misread(CellFlaw.DUE) from None


def _day(found: re.Match[str]) -> date:
    """Between strokes the month may stand first; where nobody can tell, it is refused. Raises
    `ValueError`.
    """
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    if found.re is _DAY_FIRST and found["mark"] != ".":
        if month <= _MONTHS and day <= _MONTHS and month != day:
            raise ValueError(found[0])
        month, day = min(month, day), max(month, day)
    return date(year, month, day)


def _text(most: int, text: str) -> str:
    told = " ".join(text.split())
    if len(told) > most:
        raise Misread(CellFlaw.TOO_LONG, str(most))
    return told


def _key(out: Rejected, places: Mapping[str, int]) -> str:
    place = places.get("key")
    cells = out.row.cells
    return folded(cells[place]) if place is not None and place < len(cells) else ""


def _quarrels(sheaf: Sequence[tuple[int, BillRow]]) -> Iterator[Fault]:
    """Where a row says of the bill what an earlier one does not."""
    for name, read in _SHARED.items():
        told = [(number, said) for number, row in sheaf if (said := read(row))]
        first = told[0] if told else None
        other = next((number for number, said in told if first and said != first[1]), None)
        if first and other:
            yield Fault(name, CellFlaw.DISAGREES, (str(first[0]), str(other)))


def _group(sheaf: Sequence[tuple[int, BillRow]]) -> Group:
    """What is said once holds for all rows of the bill."""
    rows = [row for _number, row in sheaf]
    said: dict[str, Any] = {
        name: _first(getattr(row.payer, name) for row in rows) or "" for name in _PAYER
    }
    whole = replace(
        rows[0],
        payer=Details(**said),
        customer=_first(row.customer for row in rows) or "",
        nature=_first(row.nature for row in rows) or "",
        due_on=_first(row.due_on for row in rows),
        due_days=next((row.due_days for row in rows if row.due_days is not None), None),
        title=_first(row.title for row in rows) or "",
        remarks="\n".join(dict.fromkeys(row.remarks for row in rows if row.remarks)),
    )
    return Group(
        numbers=tuple(number for number, _row in sheaf),
        said=whole,
        lines=tuple(row.line for row in rows),
        po_numbers=tuple(dict.fromkeys(row.po_number for row in rows if row.po_number)),
    )


def _first(values: Iterable[Any]) -> Any:
    return next(filter(None, values), None)


def _payers(name: str) -> Callable[[BillRow], object]:
    return lambda row: folded(str(getattr(row.payer, name)))


_PAYER = (
    *("name", "contact", "email", "phone", "country", "address", "credit_code", "tax_number"),
    *("language", "currency"),
)
# What concerns a bill as a whole, by the field that says it.
_SHARED: dict[str, Callable[[BillRow], object]] = {
    "name": lambda row: folded(row.customer or row.payer.name),
    **{name: _payers(name) for name in _PAYER if name != "name"},
    "nature": lambda row: row.nature,
    "due": lambda row: row.due_on or (row.due_days is not None and f"{row.due_days}"),
    "title": lambda row: row.title,
}


def _field(name: str, heads: str) -> Field:
    return Field(name, tuple(heads.split()))


def _taken(kind: Kind[Any], names: Iterable[str]) -> dict[str, Field]:
    return {each.name: each for each in kind.fields if each.name in set(names)}


_OF_CUSTOMERS = _taken(CUSTOMERS, _PAYER)
_OF_LINES = _taken(LINES, {each.name for each in LINES.fields} - {"note"})

BILLS: Kind[BillRow] = Kind(
    Purpose.BILLS,
    (
        _field(
            "name",
            "客户 客户名称 客户全称 客户编号 付款方 付款单位 付款人 抬头 公司 公司名称 买方"
            " 购货单位 customer customername customernumber customerno client clientname buyer"
            " payer billto company companyname kunde",
        ),
        _OF_CUSTOMERS["email"],
        _field("nature", "费用性质 费用类型 款项性质 性质 收费类型 nature natureofthefee feetype"),
        replace(
            _OF_LINES["item"],
            heads=(*_OF_LINES["item"].heads, "样品", "样品名称", "sample", "samplename"),
        ),
        *(each for name, each in _OF_LINES.items() if name != "item"),
        _OF_CUSTOMERS["currency"],
        _field(
            "due",
            "付款期限 到期日 付款日期 截止日期 最迟付款日 应付日期 账期 付款天数 due duedate dueon"
            " payby paymentdue tobepaid tobepaidby terms paymentterms daystopay fällig",
        ),
        _field(
            "po_number",
            "采购单号 采购订单号 采购订单 客户订单号 订单号 po ponumber pono purchaseorder"
            " purchaseorderno order orderno ordernumber",
        ),
        _field(
            "key",
            "同单标记 账单编号 收款单编号 收款单号 单据编号 单号 编号 组号 分组 合并编号 参考号"
            " rowsofonebill bill billno billkey billnumber invoice invoiceno key group reference"
            " ref refno",
        ),
        _field("title", "主题 事由 标题 收款事由 subject title"),
        _field(
            "remarks",
            "备注 说明 附言 单据上的备注 remarksonthepaper remark remarks note notes comment"
            " comments bemerkung",
        ),
        *(
            each
            for name, each in _OF_CUSTOMERS.items()
            if name not in ("name", "email", "currency")
        ),
    ),
    read_bill,
    beside,
)
