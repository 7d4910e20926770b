"""Decisions about messages: when to try again, when a balance has crossed a line, and which
addresses for SMS and chat are safe to call. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit


class Medium(StrEnum):
    """By which a message travels."""

    MAIL = "mail"
    SMS = "sms"
    IM = "im"


class MessageStatus(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Direction(StrEnum):
    """On which side of its threshold a balance alert fires."""

    BELOW = "below"
    ABOVE = "above"


class Matter(StrEnum):
    """What a script for payers is about: why a payment failed, or where its money stands."""

    ENTRY_WRONG = "entry_wrong"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    LIMIT = "limit"
    DECLINED = "declined"  # whatever else the bank hinted at
    AUTHENTICATION = "authentication"
    EXPIRED_CARD = "expired_card"
    PROVIDER = "provider"
    UNKNOWN = "unknown"
    UNCONFIRMED = "unconfirmed"
    DUPLICATE = "duplicate"
    LATE = "late"
    PARTIAL = "partial"
    OVERPAID = "overpaid"
    WRONG_CURRENCY = "wrong_currency"
    REFUND_IN_REVIEW = "refund_in_review"
    REFUND_PENDING = "refund_pending"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_IN_WALLET = "refund_in_wallet"
    REFUND_FAILED = "refund_failed"
    REFUND_LATE = "refund_late"
    CLAIM = "claim"


# What a script may leave open; it is filled in from the payment at hand.
VARIABLES = (
    "payer",
    "merchant",
    "amount",
    "received",
    "refund",
    "method",
    "number",
    "reference",
    "link",
    "arrives",
)
_OPEN = re.compile(r"\{([^{}]*)\}")


def strange_variables(text: str) -> list[str]:
    """What stands in braces and is no variable, each once; a brace without its other is one."""
    found = [name for name in _OPEN.findall(text) if name not in VARIABLES]
    rest = _OPEN.sub("", text)
    return list(dict.fromkeys([*found, *(brace for brace in "{}" if brace in rest)]))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put in what is known; the rest stays open for a person to see. Values are not read again."""
    return _OPEN.sub(lambda found: values.get(found[1]) or found[0], text)


def is_filled(text: str) -> bool:
    return _OPEN.search(text) is None


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says, in its reader's language: one matter and one button."""

    subject: str
    text: str
    button: str
    url: str


TRIES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)


def next_try(now: datetime, tries_made: int) -> datetime | None:
    """When a message that did not leave is tried again; None when that was the last time."""
    return now + TRIES[tries_made - 1] if tries_made <= len(TRIES) else None


@dataclass(frozen=True, slots=True)
class Line:
    """A threshold, and the level that a balance must be back at before it is watched again."""

    direction: Direction
    threshold: int
    rearm: int
    is_armed: bool

    @property
    def is_sound(self) -> bool:
        """Below: watched again at the threshold or higher. Above: at it or lower."""
        if self.direction == Direction.BELOW:
            return self.rearm >= self.threshold
        return self.rearm <= self.threshold

    def is_beyond(self, balance: int) -> bool:
        if self.direction == Direction.BELOW:
            return balance < self.threshold
        return balance > self.threshold

    def is_back(self, balance: int) -> bool:
        if self.direction == Direction.BELOW:
            return balance >= self.rearm
        return balance <= self.rearm


def walk(line: Line, balances: Iterable[tuple[int, int]]) -> tuple[Line, list[tuple[int, int]]]:
    """Follow an account's balances (sequence number, balance) in their order.

    Returns the line as it stands afterwards, and where it was crossed.
    """
    crossed: list[tuple[int, int]] = []
    for sequence, balance in balances:
        if line.is_armed and line.is_beyond(balance):
            line = replace(line, is_armed=False)
            crossed.append((sequence, balance))
        elif not line.is_armed and line.is_back(balance):
            line = replace(line, is_armed=True)
    return line, crossed


# Services whose addresses lead to hosts of their own and nowhere else, so nobody can point our
# worker at a machine inside the network. Apprise's names for them.
SERVICES: dict[Medium, tuple[str, ...]] = {
    Medium.SMS: ("twilio", "vonage", "plivo", "clickatell", "bulksms"),
    Medium.IM: ("wecombot", "dingtalk", "feishu", "lark", "slack", "tgram", "discord"),
}
MAX_ADDRESS = 500
_SANDBOX = ("json", "127.0.0.1", "/inbox/")


def is_safe_address(address: str, medium: Medium, *, may_be_sandbox: bool) -> bool:
    """Whether an Apprise address may be called.

    Nothing behind a `?` or `#` is taken: there, certificates are switched off and files are named.
    """
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises where there is none
    except ValueError:
        return False
    if len(address) > MAX_ADDRESS or not address.isprintable() or "?" in address or "#" in address:
        return False
    scheme, host, path = _SANDBOX
    if may_be_sandbox and parts.scheme == scheme:
        return parts.hostname == host and parts.path.startswith(path) and not parts.username
    return parts.scheme in SERVICES.get(medium, ()) and bool(parts.netloc)
