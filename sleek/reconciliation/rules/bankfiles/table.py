"""Tables with any columns (CSV): which column says what is guessed by its head, and a person has
the last word. Pure.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice

from sleek.core.money import Money
from sleek.core.tables import UnreadableTable, delimited
from sleek.reconciliation.rules.bankfiles.statement import (
    ACCOUNT_LETTERS,
    MAX_ROWS,
    NAME_LETTERS,
    REFERENCE_LETTERS,
    TEXT_LETTERS,
    FileFlaw,
    Statement,
    Unfit,
    Unreadable,
    Why,
    money,
    plain,
)
from sleek.reconciliation.rules.lines import Row

_DELIMITERS = ",;\t|"
_HEAD_WITHIN = 30  # rows: titles and the account's particulars stand above the head
MAX_COLUMNS = 60
ORDERS = ("ymd", "dmy", "mdy")

# What banks write above a column, in small letters, without spaces.
_HEADS: dict[str, frozenset[str]] = {
    meaning: frozenset(words.split())
    for meaning, words in {
        "booked_on": """
            交易日期 记账日期 入账日期 交易时间 日期 date bookingdate transactiondate postingdate
            buchungstag buchungsdatum valuedate bookeddate
        """,
        "credit": """
            贷方发生额 贷方金额 收入金额 收入 贷方 存入金额 转入金额 credit creditamount paidin
            moneyin deposits haben deposit
        """,
        "debit": """
            借方发生额 借方金额 支出金额 支出 借方 转出金额 debit debitamount paidout moneyout
            withdrawals soll withdrawal
        """,
        "amount": "交易金额 金额 发生额 amount betrag transactionamount sum",
        "currency": "币种 货币 currency währung ccy",
        "payer_name": """
            对方户名 对方账户名称 对方单位 对方名称 付款人 付款人名称 交易对手 payer payername name
            counterparty sender orderingparty auftraggeber beguenstigter/zahlungspflichtiger
        """,
        "payer_account": """
            对方账号 对方账户 付款账号 付款人账号 payeraccount counterpartyaccount iban kontonummer
        """,
        "text": """
            摘要 附言 用途 备注 交易附言 摘要说明 description details reference paymentreference
            remittanceinformation verwendungszweck purpose narrative memo message
        """,
        "reference": """
            交易流水号 流水号 凭证号 交易序号 参考号 transactionid bankreference referencenumber
            transactionreference id
        """,
    }.items()
}
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column says what, by the words above it. `amount` is signed; or `credit` alone counts.

    Text may stand in several.
    """

    booked_on: str = ""
    amount: str = ""
    credit: str = ""
    debit: str = ""
    currency: str = ""
    payer_name: str = ""
    payer_account: str = ""
    reference: str = ""
    text: tuple[str, ...] = ()
    order: str = "ymd"  # of a day's parts, where the year does not come first
    decimal_mark: str = "."

    @classmethod
    def unpack(cls, kept: Mapping[str, object]) -> Columns:
        known = {name: kept[name] for name in cls.__slots__ if name in kept}
        text = known.get("text")
        known["text"] = tuple(text) if isinstance(text, list | tuple) else ()
        return cls(**known)  # type: ignore[arg-type]

    def pack(self) -> dict[str, object]:
        return asdict(self)

    @property
    def is_enough(self) -> bool:
        return bool(self.booked_on and (self.amount or self.credit))

    @property
    def named(self) -> set[str]:
        """The heads that a file must have to be read like this."""
        single = (self.booked_on, self.amount, self.credit, self.debit, self.currency)
        more = (self.payer_name, self.payer_account, self.reference, *self.text)
        return {name for name in (*single, *more) if name}


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...] = field(repr=False)  # with their line numbers

    @property
    def sample(self) -> list[tuple[str, ...]]:
        return [row for _, row in self.rows[:3]]


def table_of(content: bytes) -> Table:
    """Raises `Unreadable`."""
    try:
        text = delimited.decode(content)
    except UnreadableTable:
        raise Unreadable(FileFlaw.ENCODING) from None
    sample = "\n".join(text.splitlines()[:_HEAD_WITHIN])
    delimiter = max(_DELIMITERS, key=sample.count)
    try:
        lines = list(
            islice(csv.reader(io.StringIO(text), delimiter=delimiter), MAX_ROWS + _HEAD_WITHIN + 1)
        )
    except csv.Error as error:
        raise Unreadable(FileFlaw.BROKEN, str(error)) from None
    cells = [tuple(cell.strip(" \t`'\ufeff") for cell in line[:MAX_COLUMNS]) for line in lines]
    at = _head_at(cells)
    if at is None:
        raise Unreadable(FileFlaw.NO_COLUMNS)
    body = [(number, row) for number, row in enumerate(cells[at + 1 :], at + 2) if any(row)]
    if len(body) > MAX_ROWS:
        raise Unreadable(FileFlaw.TOO_MANY_ROWS)
    return Table(_unique(cells[at]), tuple(body))


def guess(table: Table) -> Columns:
    """By the words that banks write above their columns."""
    found: dict[str, str] = {}
    texts: list[str] = []
    for name in table.head:
        for meaning, words in _HEADS.items():
            if _plain(name) not in words:
                continue
            if meaning == "text":
                texts.append(name)
            else:
                found.setdefault(meaning, name)
            break
    columns = Columns(**found, text=tuple(texts))
    if columns.credit:
        found.pop("amount", None)
    days = _cells(table, columns.booked_on)
    sums = _cells(table, columns.credit or columns.amount)
    return Columns(
        **found,
        text=tuple(texts),
        order=_order_of(days),
        decimal_mark=_mark_of(sums),
    )


def read(table: Table, columns: Columns, currency: str) -> Statement:
    """Lines without a currency of their own are in the account's. Raises `Unreadable`."""
    wanted = [columns.booked_on, columns.amount or columns.credit]
    if not columns.is_enough or not set(wanted) <= set(table.head):
        raise Unreadable(FileFlaw.NO_COLUMNS)
    statement = Statement()
    for number, cells in table.rows:
        row = dict(zip(table.head, cells, strict=False))
        told = plain(" ".join(row.get(name, "") for name in columns.text), TEXT_LETTERS)
        try:
            statement.add(_row(number, row, columns, currency, told))
        except Unfit as unfit:
            statement.leave_out(number, unfit.why, told or plain(" ".join(cells), TEXT_LETTERS))
    return statement


def _row(number: int, row: Mapping[str, str], columns: Columns, currency: str, told: str) -> Row:
    own = row.get(columns.currency, "").upper()
    amount = _amount(row, columns, own if len(own) == 3 and own.isascii() else currency)
    if amount.minor < 0:
        raise Unfit(Why.OUTGOING)
    return Row(
        number=number,
        booked_on=_day(row.get(columns.booked_on, ""), columns.order),
        amount=amount,
        payer_name=plain(row.get(columns.payer_name, ""), NAME_LETTERS),
        payer_account=plain(row.get(columns.payer_account, ""), ACCOUNT_LETTERS),
        text=told,
        reference=plain(row.get(columns.reference, ""), REFERENCE_LETTERS),
    )


def _amount(row: Mapping[str, str], columns: Columns, currency: str) -> Money:
    if columns.amount:
        return money(_number(row.get(columns.amount, ""), columns.decimal_mark), currency)
    credit = _number(row.get(columns.credit, ""), columns.decimal_mark)
    debit = _number(row.get(columns.debit, ""), columns.decimal_mark) if columns.debit else ""
    if not credit.strip("0.") and debit.strip("0.-+"):
        raise Unfit(Why.OUTGOING)
    return money(credit, currency)


def _number(text: str, mark: str) -> str:
    """A number with a point; brackets and a minus behind it count as a minus before it."""
    plain_text = "".join(c for c in text if c.isdigit() or c in "+-.,()")
    is_negative = plain_text.startswith(("-", "(")) or plain_text.endswith("-")
    digits = plain_text.strip("+-()").replace("." if mark == "," else ",", "").replace(mark, ".")
    return f"-{digits}" if is_negative else digits


def _day(text: str, order: str) -> date:
    numbers = _NUMBERS.findall(text)
    if not numbers:
        raise Unfit(Why.NO_DAY)
    first = numbers[0]
    try:
        if len(first) in (8, 14):
            return date(int(first[:4]), int(first[4:6]), int(first[6:8]))
        one, two, three = (int(number) for number in numbers[:3])
        if len(first) == 4:
            return date(one, two, three)
        year = three if three > 99 else 2000 + three
        return date(year, two, one) if order == "dmy" else date(year, one, two)
    except ValueError:
        raise Unfit(Why.NO_DAY) from None


def _order_of(days: Sequence[str]) -> str:
    parts = [_NUMBERS.findall(day) for day in days]
    short = [each for each in parts if len(each) >= 3 and len(each[0]) <= 2]
    if not short:
        return "ymd"
    # A month is never above twelve; where nothing tells, most of the world begins with the day.
    return "mdy" if any(int(each[1]) > 12 for each in short) else "dmy"


def _mark_of(sums: Sequence[str]) -> str:
    """By what stands last before one or two digits."""
    votes = [found[1] for each in sums if (found := re.search(r"([.,])\d{1,2}\D*$", each))]
    return "," if votes.count(",") > votes.count(".") else "."


def _cells(table: Table, name: str) -> list[str]:
    if name not in table.head:
        return []
    place = table.head.index(name)
    return [row[place] for _, row in table.rows if len(row) > place and row[place]]


def _head_at(cells: Sequence[tuple[str, ...]]) -> int | None:
    """The row with most heads that we know, if it has two; else the first with three cells."""
    known = {word for words in _HEADS.values() for word in words}
    scores = [sum(_plain(cell) in known for cell in row) for row in cells[:_HEAD_WITHIN]]
    best = max(scores, default=0)
    if best >= 2:
        return scores.index(best)
    full = (at for at, row in enumerate(cells[:_HEAD_WITHIN]) if sum(map(bool, row)) >= 3)
    return next(full, None)


def _unique(head: tuple[str, ...]) -> tuple[str, ...]:
    """Columns are named by their heads, so no two may have the same."""
    names: list[str] = []
    for number, cell in enumerate(head, 1):
        name = cell[:60] or f"#{number}"
        names.append(f"{name} ({number})" if name in names else name)
    return tuple(names)


def _plain(text: str) -> str:
    """ "Amount (USD)" reads like "amount"."""
    return re.sub(r"[\s_-]", "", re.split("[(（]", text, maxsplit=1)[0].lower())
