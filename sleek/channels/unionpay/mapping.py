"""UnionPay's words in ours. Pure.

Amounts are digits of fen. A declined card may be followed by a good one on the same page, and
UnionPay has no call that closes an order: so until an order's own end nothing but success is told
for certain, and a code that is not listed stays PENDING.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from iso4217 import Currency

from sleek.channels.base import (
    ChannelError,
    Notice,
    Outcome,
    RefundReport,
    Refused,
    Report,
    Unavailable,
)
from sleek.channels.failures import failure_of
from sleek.channels.unionpay import signing
from sleek.core.money import InvalidAmount, Money

Fields = Mapping[str, str]

BEIJING = timezone(timedelta(hours=8))
CURRENCY, CURRENCY_NUMBER = "CNY", "156"
PURCHASE, REFUND = "01", "04"
MAX_COMMODITY = 64  # characters
MAX_WORDS = 200


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A6 is a success with a flaw: the money moved, something beside it went wrong.
SUCCESS = _codes("00 A6")
NO_ORDER, NO_FILE = "34", "98"
# Of a reply: it says nothing of what happened, or asking again may help.
UNCLEAR = _codes("02 03 04 05 06 37 39 99")
# Of an order: the payer is on the page, or left it. Past its end nothing can come of that.
UNPAID = _codes("05 34 69 70")
# Of an order: it did not go through. 03 and 04 are not among them (nobody knows), nor 42, 74 and 75
# (the card was charged, and UnionPay puts it right).
DECLINED = _codes(
    "01 10 11 13 30 31 32 33 38 40 43 44 60 61 62 63 64 65 66 67 68 71 72 73 76 77 78 79 80"
)
REFUND_DECLINED = DECLINED | _codes("35 36 45 46")

_CURRENCIES = {f"{each.number:03d}": each.code for each in Currency}
_FEN = re.compile(r"\d{1,12}", re.ASCII)
_MOMENT = re.compile(r"\d{14}", re.ASCII)
_TRACE_TIME = re.compile(r"\d{10}", re.ASCII)
_KEY = re.compile(r"(att|ref)([0-9A-Za-z]{5,37})", re.ASCII)
_CARD = re.compile(r"\d{4,6}\*+(\d{4})", re.ASCII)
_MARKUP = re.compile(r"[&={}\[\]\"'<>|\s]+")


def order_id(key: str) -> str:
    """Our id as UnionPay takes it, letters and digits only. Raises `Refused` for any other."""
    prefix, _, rest = key.partition("_")
    if not key or key_of(prefix + rest) != key:
        raise Refused("UnionPay cannot take this order's id.", reason="order_id")
    return prefix + rest


def key_of(order: str) -> str:
    """Our id again; nothing for an order that we did not make."""
    found = _KEY.fullmatch(order)
    return f"{found[1]}_{found[2]}" if found else ""


def fen(amount: Money) -> str:
    if amount.currency != CURRENCY:
        raise Refused("UnionPay takes yuan only.", reason="currency")
    return str(amount.minor)


def money(digits: str, number: str) -> Money:
    """Raises `InvalidAmount` for anything but digits of a known currency."""
    if not _FEN.fullmatch(digits) or number not in _CURRENCIES:
        raise InvalidAmount("UnionPay gave no amount")
    return Money(int(digits), _CURRENCIES[number])


def beijing(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%Y%m%d%H%M%S}"


def moment(text: str) -> datetime | None:
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
    except ValueError:
        return None


def commodity(text: str, key: str) -> str:
    """What is bought, without the signs that UnionPay's own list syntax uses."""
    return "{commodityName=" + (_MARKUP.sub(" ", text).strip()[:MAX_COMMODITY] or key) + "}"


def error(code: str, words: str) -> ChannelError:
    """What a reply without success means. `Refused` only for what repeating does not change."""
    if not code or code in UNCLEAR:
        return Unavailable(f"UnionPay could not answer ({code or 'no code'}).")
    message = f"UnionPay refused this ({code[:8]}). {words[:MAX_WORDS]}".strip()
    return Refused(message, reason=code[:8], failure=failure_of("unionpay", code))


def report(reply: Fields, key: str, *, is_over: bool) -> Report:
    """An order as a query tells it. Raises `InvalidAmount`."""
    code = reply.get("origRespCode", "")
    if code in SUCCESS:
        return _paid(reply, key)
    if code in UNPAID:
        return Report(key, Outcome.CANCELED if is_over else Outcome.PENDING)
    if code not in DECLINED:
        return Report(key, Outcome.PENDING)
    outcome = Outcome.FAILED if is_over else Outcome.PENDING
    return Report(key, outcome, failure=failure_of("unionpay", code), failure_code=code)


def refund_report(reply: Fields, key: str, code: str) -> RefundReport:
    """A refund whose outcome's code is `code`. Raises `InvalidAmount`."""
    reference = reply.get("queryId", "")
    if code in REFUND_DECLINED:
        return RefundReport(key, Outcome.FAILED, reference=reference, failure_code=code)
    if code not in SUCCESS:
        return RefundReport(key, Outcome.PENDING, reference=reference)
    return RefundReport(
        key,
        Outcome.SUCCEEDED,
        amount=money(reply.get("txnAmt", ""), reply.get("currencyCode", CURRENCY_NUMBER)),
        reference=reference,
        event_at=_happened_at(reply),
    )


def notice(fields: Fields) -> Notice:
    """A verified notice. One whose amount cannot be read, or of something else than success, only
    tells us to ask.
    """
    kind, key = fields.get("txnType", ""), key_of(fields.get("orderId", ""))
    code = fields.get("respCode", "")
    found = Notice(id=signing.digest(fields), kind=kind, key=key if kind == PURCHASE else "")
    try:
        if kind == PURCHASE and code in SUCCESS and key:
            return Notice(id=found.id, kind=kind, key=key, report=_paid(fields, key))
        if kind == REFUND and key:
            told = refund_report(fields, key, code)
            return Notice(id=found.id, kind=kind, refund_report=told)
    except InvalidAmount:
        return found
    return found


def _paid(fields: Fields, key: str) -> Report:
    return Report(
        key,
        Outcome.SUCCEEDED,
        amount=money(fields.get("txnAmt", ""), fields.get("currencyCode", "")),
        reference=fields.get("queryId", ""),
        payer=_payer(fields),
        event_at=_happened_at(fields),
    )


def _payer(fields: Fields) -> str:
    """The card's last digits, where the number is told and not encrypted."""
    found = _CARD.fullmatch(fields.get("accNo", ""))
    return f"UnionPay •{found[1]}" if found else "UnionPay"


def _happened_at(fields: Fields) -> datetime | None:
    """The trace time has no year; it is the order's, or the next one past New Year."""
    ordered_at, trace = moment(fields.get("txnTime", "")), fields.get("traceTime", "")
    if ordered_at is None or not _TRACE_TIME.fullmatch(trace):
        return ordered_at
    year = ordered_at.year + (trace[:2] < f"{ordered_at:%m}")
    return moment(f"{year}{trace}") or ordered_at
