"""camt.053 and camt.054, of any version: the ISO 20022 statement and notification. Pure.

Our reference may stand in any of half a dozen elements, and which of them a bank hands on is known
to that bank alone; so all text about a transaction is kept and searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from xml.etree import ElementTree

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

Element = ElementTree.Element

_STATEMENTS = ("Stmt", "Ntfctn", "Rpt")
_TELLING = ("Refs", "RmtInf", "AddtlTxInf", "AddtlNtryInf", "SplmtryData")
_NOT_PROVIDED = frozenset({"NOTPROVIDED", "NOT PROVIDED"})
_DECLARED = re.compile(rb"""^<\?xml[^>]*encoding=["']([\w.-]+)""")
_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "windows-1252"})
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)


def looks_like(content: bytes) -> bool:
    head = content[:4000].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"<")


def read(content: bytes, account: str) -> Statement:
    """The lines of one account. Raises `Unreadable`."""
    root = _parse(content)
    found = [part for name in _STATEMENTS for part in root.iter(name)]
    if not found:
        raise Unreadable(FileFlaw.NO_STATEMENT)
    own = [part for part in found if same_account(_account(part.find("Acct")), account)]
    if not own:
        raise Unreadable(FileFlaw.OTHER_ACCOUNT, _account(found[0].find("Acct")))
    statement = Statement()
    for part in own:
        _prove(part)
        for entry in part.findall("Ntry"):
            _add(statement, entry)
    return statement


def _parse(content: bytes) -> Element:
    """Without entities: a few hundred bytes of them unfold to gigabytes."""
    text = _decode(content)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Unreadable(FileFlaw.FORBIDDEN)
    try:
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml.*?\?>", "", text, count=1, flags=re.S))
    except ElementTree.ParseError as error:
        raise Unreadable(FileFlaw.BROKEN, str(error)) from None
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        declared = _DECLARED.match(content.lstrip(b"\xef\xbb\xbf \t\r\n"))
        encoding = declared[1].decode().lower() if declared else "utf-8"
    if encoding not in _ENCODINGS:
        raise Unreadable(FileFlaw.ENCODING, encoding)
    try:
        return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeError:
        raise Unreadable(FileFlaw.ENCODING, encoding) from None


def _prove(part: Element) -> None:
    """What was there, and all that was booked, must come to what is there."""
    opening, closing = _balance(part, _OPENING), _balance(part, _CLOSING)
    if opening is None or closing is None or opening.currency != closing.currency:
        return
    booked = 0
    for entry in part.findall("Ntry"):
        if _is_booked(entry):
            try:
                amount = _amount(entry)
            except Unfit:
                raise Unreadable(FileFlaw.BROKEN, _text(entry, "NtryRef")) from None
            booked += amount.minor if _is_incoming(entry) else -amount.minor
    off = closing.minor - opening.minor - booked
    if off:
        raise Unreadable(FileFlaw.UNBALANCED, str(Money(off, opening.currency)))


def _balance(part: Element, kinds: tuple[str, ...]) -> Money | None:
    for balance in part.findall("Bal"):
        if _text(balance, "Tp/CdOrPrtry/Cd") in kinds:
            try:
                amount = _amount(balance)
            except Unfit:
                return None
            return amount if _is_incoming(balance) else -amount
    return None


def _add(statement: Statement, entry: Element) -> None:
    number = len(statement.rows) + len(statement.left_out) + 1
    told = _told(entry)
    why = _left_out(entry)
    if why:
        statement.leave_out(number, why, told)
        return
    try:
        day, amount = _day(entry), _amount(entry)
        details = _details(entry, amount)
    except Unfit as unfit:
        statement.leave_out(number, unfit.why, told)
        return
    for detail, share in details:
        statement.add(_row(number, entry, detail, day, share))
        number += 1


def _left_out(entry: Element) -> Why | None:
    if not _is_booked(entry):
        return Why.PENDING
    is_reversal = _text(entry, "RvslInd").lower() in ("true", "1")
    if is_reversal:
        return Why.REVERSAL
    return None if _is_incoming(entry) else Why.OUTGOING


def _details(entry: Element, whole: Money) -> list[tuple[Element | None, Money]]:
    """A batch is one entry of many transfers. Where their sums do not come to the entry's, it stays
    one.
    """
    details = entry.findall("NtryDtls/TxDtls")
    if len(details) < 2:
        return [(details[0] if details else None, whole)]
    shares = [_share(detail) for detail in details]
    known = [share for share in shares if share and share.currency == whole.currency]
    if len(known) < len(shares) or sum(share.minor for share in known) != whole.minor:
        return [(None, whole)]
    return list(zip(details, known, strict=True))


def _share(detail: Element) -> Money | None:
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        found = detail.find(path)
        if found is not None:
            try:
                return money(found.text or "", found.get("Ccy", ""))
            except Unfit:
                return None
    return None


def _row(number: int, entry: Element, detail: Element | None, day: date, amount: Money) -> Row:
    about = entry if detail is None else detail
    return Row(
        number=number,
        booked_on=day,
        amount=amount,
        payer_name=plain(_payer(about), NAME_LETTERS),
        payer_account=plain(_account(about.find(".//RltdPties/DbtrAcct")), ACCOUNT_LETTERS),
        account=plain(_account(about.find(".//RltdPties/CdtrAcct")), ACCOUNT_LETTERS),
        text=plain(_told(about) if detail is None else _told_of(entry, detail), TEXT_LETTERS),
        reference=plain(_reference(entry, detail), REFERENCE_LETTERS),
    )


def _payer(about: Element) -> str:
    parties = ("Dbtr/Nm", "Dbtr/Pty/Nm", "UltmtDbtr/Nm", "UltmtDbtr/Pty/Nm", "InitgPty/Nm")
    names = (_text(about, f".//RltdPties/{party}") for party in parties)
    return next((name for name in names if name), "")


def _reference(entry: Element, detail: Element | None) -> str:
    """The bank's own number of the line: of a batch, of the one transfer in it."""
    whole = _text(entry, "AcctSvcrRef")
    if detail is None:
        return whole
    own = _text(detail, "Refs/AcctSvcrRef") or _text(detail, "Refs/TxId")
    if len(entry.findall("NtryDtls/TxDtls")) > 1:
        return f"{whole} {own}".strip() if own else ""
    return whole or own


def _told_of(entry: Element, detail: Element) -> str:
    return " ".join([*_texts(detail), _text(entry, "AddtlNtryInf")])


def _told(about: Element) -> str:
    return " ".join(_texts(about))


def _texts(about: Element) -> Iterator[str]:
    for part in about.iter():
        if part.tag in _TELLING:
            words = (" ".join(text.split()) for text in part.itertext())
            yield from (word for word in words if word and word.upper() not in _NOT_PROVIDED)


def _is_booked(entry: Element) -> bool:
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    return status in ("BOOK", "")  # notifications of what is booked need not say so


def _is_incoming(part: Element) -> bool:
    return _text(part, "CdtDbtInd") == "CRDT"


def _day(entry: Element) -> date:
    for path in ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"):
        text = _text(entry, path)
        if text:
            try:
                return date.fromisoformat(text[:10])
            except ValueError:
                break
    raise Unfit(Why.NO_DAY)


def _amount(part: Element) -> Money:
    found = part.find("Amt")
    if found is None:
        raise Unfit(Why.NO_AMOUNT)
    return money(found.text or "", found.get("Ccy", ""))


def _account(part: Element | None) -> str:
    if part is None:
        return ""
    return _text(part, "Id/IBAN") or _text(part, "Id/Othr/Id") or _text(part, "Id/PrtryAcct/Id")


def _text(part: Element, path: str) -> str:
    found = part.find(path)
    return "" if found is None or not found.text else found.text.strip()
