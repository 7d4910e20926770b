"""Alipay's bills (账单) in our words. Pure.

A zip of GBK text files: one or more with the lines (明细), one with sums by shop (汇总), in any
order and under names that nobody can rely on, so each is known by what it says. Above and below its
lines stand notes, which begin with #. Columns are found by name. A bill is read whole or not at
all: one that does not add up to its own totals says nothing. The trade bill (业务明细) lists
payments and refunds with their fees, the account bill (账务明细) all that moved the balance.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from sleek.channels.alipay.mapping import CURRENCY, moment
from sleek.channels.base import Movement, StatementLine, Unavailable
from sleek.core.money import Money

MAX_MEMBERS = 64
MAX_BYTES = 128 * 1024 * 1024  # all members together, unpacked
BEGIN, END = "列表-", "列表结束"

PAID, GIVEN_BACK = "交易", "退款"
# What the trade bill tells, with more words.
TOLD = frozenset({"在线支付", "交易付款", "交易退款", "退款", "收费", "退费"})

_AMOUNT = re.compile(r"[+-]?\d{1,12}(\.\d{1,2})?", re.ASCII)
_TRADES = re.compile(r"交易合计:(\d+)笔,商家实收共(-?[\d.]+)元")
_REFUNDS = re.compile(r"退款合计:(\d+)笔,商家实收退款共(-?[\d.]+)元")
_CAME = re.compile(r"收入合计:(\d+)笔,共(-?[\d.]+)元")
_WENT = re.compile(r"支出合计:(\d+)笔,共(-?[\d.]+)元")
# They write the same marks in full width here and in half width there.
_HALF_WIDTH = str.maketrans("（）：，", "():,")

Row = Mapping[str, str]


def trades(packed: bytes) -> list[StatementLine]:
    """The lines of a trade bill. Raises `Unavailable` for one that cannot be read."""
    with _readable():
        found = [_trades_of(text) for text in _members(packed) if "业务明细列表" in text]
        if not found:
            raise _unreadable("it holds no list of trades")
        return [line for lines in found for line in lines]


def others(packed: bytes) -> list[StatementLine]:
    """What an account bill tells besides payments, refunds and their fees: withdrawals, transfers.
    Raises `Unavailable` for one that cannot be read.
    """
    with _readable():
        found = [_others_of(text) for text in _members(packed) if "账务明细列表" in text]
        if not found:
            raise _unreadable("it holds no list of movements")
        return [line for lines in found for line in lines]


@contextmanager
def _readable() -> Iterator[None]:
    broken = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
    try:
        yield
    except KeyError as error:
        raise _unreadable(f"the column {error.args[0]} is missing") from None
    except (UnicodeDecodeError, csv.Error):
        raise _unreadable("a file is no GBK text") from None
    except broken:
        raise _unreadable("it cannot be unpacked") from None


def _members(packed: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        # What an entry unpacks to is never more than it says here.
        if len(entries) > MAX_MEMBERS or sum(each.file_size for each in entries) > MAX_BYTES:
            raise _unreadable("it is too large")
        for entry in entries:
            yield archive.read(entry).decode("gb18030")


def _trades_of(text: str) -> list[StatementLine]:
    rows, notes = _table(text, free="商品名称")
    paid = [row for row in rows if row["业务类型"] == PAID]
    back = [row for row in rows if row["业务类型"] == GIVEN_BACK]
    if len(paid) + len(back) != len(rows):
        raise _unreadable("a line is neither a trade nor a refund")
    _must_add_up(notes, _TRADES, [_amount(row["商家实收(元)"]) for row in paid])
    _must_add_up(notes, _REFUNDS, [_amount(row["商家实收(元)"]) for row in back])
    return [*map(_payment, paid), *map(_refund, back)]


def _others_of(text: str) -> list[StatementLine]:
    rows, notes = _table(text, free="备注")
    moved = [(_sum(row, "收入金额(+元)"), _sum(row, "支出金额(-元)")) for row in rows]
    _must_add_up(notes, _CAME, [came for came, _ in moved if came])
    _must_add_up(notes, _WENT, [went for _, went in moved if went])
    return [
        _other(row, came + went)
        for row, (came, went) in zip(rows, moved, strict=True)
        if row["业务类型"] not in TOLD
    ]


def _table(text: str, *, free: str) -> tuple[list[dict[str, str]], str]:
    """The rows between the marks, and the notes after them. `free` is the column in which anything
    may stand.
    """
    lines = [line.strip("\r") for line in text.split("\n")]
    starts = [at for at, line in enumerate(lines) if line.startswith("#") and BEGIN in line]
    ends = [at for at, line in enumerate(lines) if line.startswith("#") and END in line]
    if len(starts) != 1 or len(ends) != 1 or starts[0] + 1 >= ends[0]:
        raise _unreadable("its lines have no beginning or no end")
    header, *body = lines[starts[0] + 1 : ends[0]]
    names = [name.strip().translate(_HALF_WIDTH) for name in header.split(",")]
    at = names.index(free) if free in names else len(names) - 1
    cells = [_cells(line, len(names), at) for line in body if line.strip()]
    rows = [dict(zip(names, each, strict=True)) for each in cells]
    return rows, "".join(lines[ends[0] :]).translate(_HALF_WIDTH).replace(" ", "")


def _cells(line: str, count: int, free: int) -> list[str]:
    """Commas are not escaped everywhere: what is too much belongs to the free text."""
    cells = line.split(",")
    if len(cells) > count and '"' in line:
        quoted = next(csv.reader([line]))
        cells = quoted if len(quoted) == count else cells
    surplus = len(cells) - count
    if surplus < 0:
        raise _unreadable("a line is too short")
    if surplus:
        end = free + surplus + 1
        cells[free:end] = [",".join(cells[free:end])]
    return [cell.strip() for cell in cells]  # most numbers are followed by a tab


def _payment(row: Row) -> StatementLine:
    return StatementLine(
        movement=Movement.PAYMENT,
        amount=_money(_amount(row["订单金额(元)"])),
        fee=-_money(_amount(row["服务费(元)"])),
        event_at=_must_be(moment(row["完成时间"])),
        key=row["商户订单号"],
        reference=row["支付宝交易号"],
        kind=row["业务类型"],
    )


def _refund(row: Row) -> StatementLine:
    return StatementLine(
        movement=Movement.REFUND,
        amount=-_money(abs(_amount(row["订单金额(元)"]))),
        fee=-_money(_amount(row["服务费(元)"])),
        event_at=_must_be(moment(row["完成时间"])),
        key=row["退款批次号/请求号"],
        reference=row["支付宝交易号"],
        kind=row["业务类型"],
    )


def _other(row: Row, amount: Decimal) -> StatementLine:
    return StatementLine(
        movement=Movement.OTHER,
        amount=_money(amount),
        fee=Money(0, CURRENCY),
        event_at=_must_be(moment(row["发生时间"])),
        reference=row["账务流水号"],
        kind=row["业务类型"],
    )


def _sum(row: Row, name: str) -> Decimal:
    """One of the two stays empty."""
    return _amount(row[name]) if row[name] else Decimal(0)


def _amount(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise _unreadable("an amount is none")
    return Decimal(text)


def _money(yuan: Decimal) -> Money:
    return Money(int(yuan * 100), CURRENCY)


def _must_be(found: datetime | None) -> datetime:
    if found is None:
        raise _unreadable("a time is none")
    return found


def _must_add_up(notes: str, form: re.Pattern[str], amounts: list[Decimal]) -> None:
    match = form.search(notes)
    if match is None:
        raise _unreadable("its totals are missing")
    if (int(match[1]), _amount(match[2])) != (len(amounts), sum(amounts, Decimal(0))):
        raise _unreadable(f"it says {match[0]}, which its lines do not make")


def _unreadable(why: str) -> Unavailable:
    return Unavailable(f"Alipay's bill cannot be read: {why}.")
