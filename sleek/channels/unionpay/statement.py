"""UnionPay's settlement file (ZM): lines of fixed width in GBK, inside a zip. Pure.

A day's file holds what was settled, from 23:00 the evening before to 23:00. A field is found by the
bytes before it, and one byte stands between two fields.
"""

from __future__ import annotations

import base64
import binascii
import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from itertools import accumulate

from sleek.channels.base import Movement, StatementLine, Unavailable
from sleek.channels.unionpay.mapping import BEIJING, CURRENCY, PURCHASE, REFUND, key_of
from sleek.core.money import Money

MAX_ZIP_BYTES = 32 * 1024 * 1024
MAX_FILE_BYTES = 256 * 1024 * 1024
UNDONE = "31"  # a purchase taken back on the day it was made

WIDTHS = (
    *(3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2),
    *(6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98),
)
_STARTS = (0, *accumulate(width + 1 for width in WIDTHS))
KIND, TIME, AMOUNT, QUERY_ID, ORDER_ID, FEE, TXN_TYPE, MERCHANT = 0, 4, 6, 9, 11, 15, 19, 27


def lines(content: str, merchant: str, day: date) -> Iterator[StatementLine]:
    """What `fileContent` of a reply holds. Raises `Unavailable` for what cannot be read."""
    try:
        for line in _file(content).splitlines():
            if line.strip():
                yield _line(line, merchant, day)
    except (ValueError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
        raise Unavailable(f"UnionPay's settlement file cannot be read: {error}") from None


def _file(content: str) -> bytes:
    try:
        packed = base64.b64decode(content, validate=True)
    except binascii.Error:
        raise ValueError("it is not base64") from None
    unpacker = zlib.decompressobj()
    archive = unpacker.decompress(packed, MAX_ZIP_BYTES)
    if unpacker.unconsumed_tail:
        raise ValueError("it is too large")
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for entry in opened.infolist():
            if "ZM_" in entry.filename:
                if entry.file_size > MAX_FILE_BYTES:
                    raise ValueError("it is too large")
                return opened.read(entry)
    raise ValueError("the zip holds no list of transactions")


def _line(line: bytes, merchant: str, day: date) -> StatementLine:
    if _field(line, MERCHANT) != merchant:
        raise ValueError("a line is another merchant's, or of another form")
    kind, minor = _field(line, TXN_TYPE), int(_field(line, AMOUNT))
    is_back = kind in (REFUND, UNDONE)
    movement = {PURCHASE: Movement.PAYMENT}.get(kind, Movement.OTHER)
    return StatementLine(
        movement=Movement.REFUND if is_back else movement,
        amount=Money(-minor if is_back else minor, CURRENCY),
        fee=_fee(_field(line, FEE)),
        event_at=_moment(_field(line, TIME), day),
        key=key_of(_field(line, ORDER_ID)),
        reference=_field(line, QUERY_ID),
        kind=_field(line, KIND),
    )


def _field(line: bytes, index: int) -> str:
    start = _STARTS[index]
    return line[start : start + WIDTHS[index]].decode("gbk").strip()


def _fee(text: str) -> Money:
    """D is taken from the merchant, C is given."""
    side, digits = text[:1], text[1:]
    if side not in ("C", "D"):
        raise ValueError("a fee has no side")
    return Money(int(digits) * (1 if side == "D" else -1), CURRENCY)


def _moment(text: str, day: date) -> datetime:
    """Month, day and time, of the settlement day's year or, at New Year, of the one before."""
    year = day.year - (text[:2] > f"{day:%m}")
    return datetime.strptime(f"{year}{text}", "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
