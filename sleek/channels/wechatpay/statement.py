"""WeChat Pay's bills (账单) in our words. Pure.

Lines of cells with a backquote before each, a header with names of columns, and at the end their
totals. Columns come and go with the kind of bill and its age, so they are found by name. A bill is
read whole or not at all: one that does not add up to its own totals says nothing. The trade bill
(交易账单) lists payments and refunds with their fees, the fund bill (资金账单) all else that moved.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from sleek.channels.base import Movement, StatementLine, Unavailable
from sleek.channels.wechatpay.mapping import BEIJING, CURRENCY
from sleek.core.money import Money

MAX_BYTES = 128 * 1024 * 1024  # unpacked: some 300,000 lines
GZIP = 31  # zlib's number for gzip's frame
BYTE_ORDER_MARK = "\ufeff"

TRADE_TOTALS, FUND_TOTALS = "总交易单数", "资金流水总笔数"
PAID, GIVEN_BACK = "SUCCESS", "REFUND"
CAME, WENT = "收入", "支出"
# A refund that failed moved nothing; this is as it was when the bill was made, and stays.
FAILED = frozenset({"FAIL", "CLOSED"})
# What the trade bill tells, with more words.
TOLD = frozenset({"交易", "退款", "扣除交易手续费", "交易手续费退回"})

_AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,5})?", re.ASCII)

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Bill:
    rows: list[dict[str, str]]
    totals: dict[str, Decimal]


def text(content: bytes, digest: str) -> str:
    """What was downloaded, unpacked; `digest` is the SHA-1 that WeChat gave for it. Raises
    `Unavailable`.
    """
    if content[:2] == b"\x1f\x8b":
        content = _unpacked(content)
    # Not for secrecy: it was promised in a signed reply, and the file itself comes unsigned.
    if hashlib.sha1(content, usedforsecurity=False).hexdigest() != digest.lower():
        raise Unavailable("WeChat Pay's bill is not the one that was promised.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise _unreadable("it is no UTF-8") from None


def trades(bill: str) -> list[StatementLine]:
    """The lines of a trade bill. Raises `Unavailable` for one that cannot be read."""
    with _all_columns():
        found = _bill(bill, TRADE_TOTALS, free="商品名称")
        paid = [row for row in found.rows if row["交易状态"] != GIVEN_BACK]
        back = [row for row in found.rows if row["交易状态"] == GIVEN_BACK]
        _must_add_up(found, "总交易单数", Decimal(len(found.rows)))
        _must_add_up(found, "应结订单总金额", _sum(paid, "应结订单金额"))
        _must_add_up(found, "订单总金额", _sum(paid, "订单金额"))
        _must_add_up(found, "总交易额", _sum(paid, "总金额"))
        _must_add_up(found, "退款总金额", _sum(back, "退款金额"))
        _must_add_up(found, "总退款金额", _sum(back, "退款金额"))
        _must_add_up(found, "申请退款总金额", _sum(back, "申请退款金额"))
        _must_add_up(found, "手续费总金额", _sum(found.rows, "手续费"))
        return [*map(_payment, paid), *(_refund(row) for row in back if _has_moved(row))]


def others(bill: str) -> list[StatementLine]:
    """What a fund bill tells besides payments and refunds: withdrawals, corrections. Raises
    `Unavailable` for one that cannot be read.
    """
    with _all_columns():
        found = _bill(bill, FUND_TOTALS, free="备注")
        came = [row for row in found.rows if row["收支类型"] == CAME]
        went = [row for row in found.rows if row["收支类型"] == WENT]
        if len(came) + len(went) != len(found.rows):
            raise _unreadable("a line neither comes nor goes")
        _must_add_up(found, "资金流水总笔数", Decimal(len(found.rows)))
        _must_add_up(found, "收入笔数", Decimal(len(came)))
        _must_add_up(found, "收入金额", _sum(came, "收支金额(元)"))
        _must_add_up(found, "支出笔数", Decimal(len(went)))
        _must_add_up(found, "支出金额", _sum(went, "收支金额(元)"))
        return [_other(row) for row in found.rows if row["业务类型"] not in TOLD]


@contextmanager
def _all_columns() -> Iterator[None]:
    try:
        yield
    except KeyError as error:
        raise _unreadable(f"the column {error.args[0]} is missing") from None


def _unpacked(content: bytes) -> bytes:
    unpacker = zlib.decompressobj(GZIP)
    try:
        plain = unpacker.decompress(content, MAX_BYTES)
    except zlib.error:
        raise _unreadable("it cannot be unpacked") from None
    if not unpacker.eof:
        raise _unreadable("it is cut off, or too large")
    return plain


def _bill(bill: str, totals: str, *, free: str) -> Bill:
    """Header, rows, totals' header, totals. `free` is the column in which anything may stand."""
    lines = [line for line in bill.removeprefix(BYTE_ORDER_MARK).split("\n") if line.strip()]
    marks = [at for at, line in enumerate(lines) if _names(line)[0] == totals]
    if len(marks) != 1 or marks[0] == 0 or marks[0] != len(lines) - 2:
        raise _unreadable("it does not end with its totals")
    names = _names(lines[0])
    at = names.index(free) if free in names else len(names) - 1
    rows = [dict(zip(names, _cells(line, len(names), at), strict=True)) for line in lines[1:-2]]
    sums = dict(zip(_names(lines[-2]), _names(lines[-1]), strict=False))
    return Bill(rows, {name: _amount(value) for name, value in sums.items() if value})


def _names(line: str) -> list[str]:
    names = [cell.strip().removeprefix("`").strip() for cell in line.split(",")]
    return [name.replace("（", "(").replace("）", ")") for name in names]


def _cells(line: str, count: int, free: int) -> list[str]:
    """Commas are not escaped everywhere: what is too much belongs to the free text."""
    if not line.startswith("`"):
        raise _unreadable("a cell has no backquote")
    cells = re.split(r",\s*`", line[1:])
    surplus = len(cells) - count
    if surplus < 0:
        raise _unreadable("a line is too short")
    if surplus:
        end = free + surplus + 1
        cells[free:end] = [",`".join(cells[free:end])]
    return [cell.strip() for cell in cells]


def _payment(row: Row) -> StatementLine:
    state = row["交易状态"]
    amount = _money(row, row["订单金额"] if "订单金额" in row else row["总金额"])
    return StatementLine(
        movement=Movement.PAYMENT if state == PAID else Movement.OTHER,
        amount=amount,
        fee=_fee(row),
        event_at=_moment(row["交易时间"]),
        key=row["商户订单号"],
        reference=row["微信订单号"],
        kind=state,
    )


def _refund(row: Row) -> StatementLine:
    amount = _money(row, row["申请退款金额"] if "申请退款金额" in row else row["退款金额"])
    return StatementLine(
        movement=Movement.REFUND,
        amount=-amount,
        fee=_fee(row),
        event_at=_moment(row["交易时间"]),
        key=row["商户退款单号"],
        reference=row["微信退款单号"],
        kind=f"{GIVEN_BACK} {row['退款状态']}",
    )


def _has_moved(row: Row) -> bool:
    return row["退款状态"] not in FAILED


def _other(row: Row) -> StatementLine:
    amount = Money(_fen(_amount(row["收支金额(元)"])), CURRENCY)
    return StatementLine(
        movement=Movement.OTHER,
        amount=amount if row["收支类型"] == CAME else -amount,
        fee=Money(0, CURRENCY),
        event_at=_moment(row["记账时间"]),
        reference=row["资金流水单号"],
        kind=row["业务类型"],
    )


def _money(row: Row, text: str) -> Money:
    if row["货币种类"] != CURRENCY:
        raise _unreadable("a line is not in yuan")
    return Money(_fen(_amount(text)), CURRENCY)


def _fee(row: Row) -> Money:
    """It has five places, and more than two of them filled where WeChat does not round."""
    yuan = _amount(row["手续费"])
    return Money(int((yuan * 100).to_integral_value(ROUND_HALF_UP)), CURRENCY)


def _fen(yuan: Decimal) -> int:
    fen = yuan * 100
    if fen != fen.to_integral_value():
        raise _unreadable("an amount is no whole number of fen")
    return int(fen)


def _amount(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise _unreadable("an amount is none")
    return Decimal(text)


def _moment(text: str) -> datetime:
    written = " ".join(text.split())
    try:
        return datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError:
        raise _unreadable("a time is none") from None


def _sum(rows: list[dict[str, str]], name: str) -> Decimal | None:
    """Nothing where the bill has no such column."""
    if any(name not in row for row in rows):
        return None
    return sum((_amount(row[name]) for row in rows), Decimal(0))


def _must_add_up(bill: Bill, name: str, added: Decimal | None) -> None:
    if name in bill.totals and added is not None and bill.totals[name] != added:
        raise _unreadable(f"{name} is {bill.totals[name]}, its lines make {added}")


def _unreadable(why: str) -> Unavailable:
    return Unavailable(f"WeChat Pay's bill cannot be read: {why}.")
