"""MT940, the SWIFT statement, in the dialects that banks write. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sleek.core.money import Money
from sleek.reconciliation.rules.bankfiles.statement import (
    ACCOUNT_LETTERS,
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
    same_account,
)
from sleek.reconciliation.rules.lines import Row

_TAG = re.compile(r"^:(\d\d[A-Z]?):(.*)$")
_HEAD = re.compile(rb"^\s*(?:\{1:|:20:)")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,]+)")
_LINE = re.compile(
    r"(?P<day>\d{6})(?P<entry>\d{4})?(?P<sign>R?[CD])(?P<funds>[A-Z])?(?P<amount>\d[\d,]*)"
    r"(?P<kind>[A-Z][A-Z0-9]{3})(?P<own>[^\n]{0,34}?)(?://(?P<bank>[^\n]*))?(?:\n(?P<more>.*))?",
    re.S,
)
_PURPOSE = ("20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "60", "61", "62", "63")
_FIELD = re.compile(r"\?(\d\d)")
_NAMED = re.compile(r"/(?:NAME|ORDP/+NAME|BENM/+NAME)/([^/]+)")
_ENCODINGS = ("utf-8-sig", "gb18030", "cp1252")


def looks_like(content: bytes) -> bool:
    return bool(_HEAD.match(content[:200])) or b"\n:60F:" in content[:5000]


@dataclass(slots=True)
class _Message:
    """One page of a statement: tags in their order."""

    tags: list[tuple[str, str]] = field(default_factory=list)

    def first(self, *names: str) -> str:
        return next((text for name, text in self.tags if name in names), "")


def read(content: bytes, account: str) -> Statement:
    """The lines of one account. Raises `Unreadable`."""
    messages = list(_messages(_decode(content)))
    if not messages:
        raise Unreadable(FileFlaw.NO_STATEMENT)
    own = [one for one in messages if same_account(one.first("25", "25P"), account)]
    if not own:
        raise Unreadable(FileFlaw.OTHER_ACCOUNT, messages[0].first("25", "25P"))
    statement = Statement()
    for message in own:
        _read(statement, message)
    return statement


def _decode(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeError:
            continue
    raise Unreadable(FileFlaw.ENCODING)


def _messages(text: str) -> Iterator[_Message]:
    message = _Message()
    for line in text.split("\n"):
        found = _TAG.match(line)
        if found and found[1] == "20" and message.tags:
            yield message
            message = _Message()
        if found:
            message.tags.append((found[1], found[2]))
        elif message.tags and line.strip() not in ("", "-", "-}"):
            name, before = message.tags[-1]
            message.tags[-1] = (name, f"{before}\n{line}")
    if any(name == "25" or name == "25P" for name, _ in message.tags):
        yield message


def _read(statement: Statement, message: _Message) -> None:
    opening = _balance(message.first("60F", "60M"))
    closing = _balance(message.first("62F", "62M"))
    if opening is None:
        raise Unreadable(FileFlaw.BROKEN, ":60F:")
    total = opening.minor
    for place, (name, text) in enumerate(message.tags):
        if name == "61":
            following = message.tags[place + 1 : place + 2]
            about = following[0][1] if following and following[0][0] == "86" else ""
            total += _add(statement, text, about, opening.currency)
    if closing is not None and closing.minor != total:
        off = Money(closing.minor - total, opening.currency)
        raise Unreadable(FileFlaw.UNBALANCED, str(off))


def _add(statement: Statement, text: str, about: str, currency: str) -> int:
    """Returns by how much the line moves the account."""
    number = len(statement.rows) + len(statement.left_out) + 1
    found = _LINE.fullmatch(text.strip())
    if found is None:
        raise Unreadable(FileFlaw.BROKEN, f":61:{text[:40]}")
    try:
        amount = _money(found["amount"], currency)
        day = _day(found["day"], found["entry"] or "")
    except Unfit as unfit:
        raise Unreadable(FileFlaw.BROKEN, f":61:{text[:40]}") from unfit
    told = _fields(about)
    sign = found["sign"]
    if sign == "C":
        words = " ".join([told.get("purpose", ""), found["own"] or "", found["more"] or ""])
        row = Row(
            number=number,
            booked_on=day,
            amount=amount,
            payer_name=plain(told.get("name", ""), NAME_LETTERS),
            payer_account=plain(told.get("account", ""), ACCOUNT_LETTERS),
            text=plain(words, TEXT_LETTERS),
            reference=plain(found["bank"] or "", REFERENCE_LETTERS),
        )
        statement.add(row)
    else:
        why = Why.OUTGOING if sign == "D" else Why.REVERSAL
        statement.leave_out(number, why, plain(told.get("purpose", ""), TEXT_LETTERS))
    return amount.minor if sign in ("C", "RD") else -amount.minor


def _fields(about: str) -> dict[str, str]:
    """Who and what for. German banks number the parts, others name them or write freely."""
    flat = about.replace("\n", "")
    if not _FIELD.search(flat):
        named = _NAMED.search(flat)
        return {"purpose": about.replace("\n", " "), "name": named[1] if named else ""}
    pieces = _FIELD.split(flat)
    parts = dict(zip(pieces[1::2], pieces[2::2], strict=False))
    return {
        # A word that fills a part to its end goes on in the next: nothing stands between.
        "purpose": "".join(parts.get(code, "") for code in _PURPOSE),
        "name": parts.get("32", "") + parts.get("33", ""),
        "account": parts.get("31", "") or parts.get("38", ""),
    }


def _balance(text: str) -> Money | None:
    found = _BALANCE.match(text.strip())
    if found is None:
        return None
    try:
        amount = _money(found[4], found[3])
    except Unfit:
        return None
    return amount if found[1] == "C" else -amount


def _money(text: str, currency: str) -> Money:
    return money(text.replace(",", ".").rstrip("."), currency)


def _day(value: str, entry: str) -> date:
    """The day of entry where it is told: four digits, of the year nearest to the value's."""
    try:
        valued = date(2000 + int(value[:2]), int(value[2:4]), int(value[4:6]))
        if not entry:
            return valued
        month, day = int(entry[:2]), int(entry[2:])
        years = (valued.year - 1, valued.year, valued.year + 1)
        return min((date(year, month, day) for year in years), key=lambda one: abs(one - valued))
    except ValueError:
        raise Unfit(Why.NO_DAY) from None
