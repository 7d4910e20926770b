"""Decisions about payment links. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from sleek.core.money import InvalidAmount, Money

MAX_REASON = 140  # characters; what fits on one line of a provider's page
MAX_MINOR = (
    10**9
)  # of one link: 10 million dollars, 1 billion yen; more than that is a slip of the finger
MAX_DAYS = 365  # until a link expires
MAX_QUANTITY = 10_000  # pieces in one payment
MAX_STOCK = 1_000_000  # uses or pieces of one link
MAX_PICTURES = 6
MAX_STICKERS = 500  # of one link that are good
MAX_TAGS = 10
MAX_TAG = 40  # characters
MAX_OWN_FIELDS = 3
MAX_LABEL = 60  # characters of an own field's label
MAX_URL = 500

# What merchants may ask for, the usual ones first: those with a reference rate, and a few of export
# markets.
CURRENCIES = (
    *("USD", "EUR", "CNY", "GBP", "HKD", "JPY", "AUD", "CAD", "CHF", "SGD"),
    *("AED", "BRL", "CZK", "DKK", "HUF", "IDR", "ILS", "INR", "KRW", "KWD", "MXN", "MYR"),
    *("NOK", "NZD", "PHP", "PLN", "RON", "SAR", "SEK", "THB", "TRY", "TWD", "VND", "ZAR"),
)


class LinkStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"


class LinkState(StrEnum):
    """What a link is good for now, seen by a person.

    Derived from its status, its end and what was paid.
    """

    ACTIVE = "active"
    PAUSED = "paused"
    EXPIRED = "expired"
    PAID = "paid"
    USED_UP = "used_up"
    ARCHIVED = "archived"


class AmountKind(StrEnum):
    FIXED = "fixed"
    OPEN = "open"  # the payer chooses, between bounds
    QUANTITY = "quantity"  # the payer chooses how many, at a fixed price


class FieldKey(StrEnum):
    """What a payer may be asked for. Own fields carry a label of the merchant's."""

    NAME = "name"
    COMPANY = "company"
    EMAIL = "email"
    PHONE = "phone"
    PO_NUMBER = "po_number"
    ADDRESS = "address"
    OWN_1 = "own_1"
    OWN_2 = "own_2"
    OWN_3 = "own_3"


OWN_FIELDS = (FieldKey.OWN_1, FieldKey.OWN_2, FieldKey.OWN_3)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a link asks its payer for."""

    key: FieldKey
    is_required: bool = False
    label: str = ""

    def pack(self) -> dict[str, object]:
        return {"key": self.key, "is_required": self.is_required, "label": self.label}

    @classmethod
    def unpack(cls, packed: Mapping[str, object]) -> Field:
        return cls(FieldKey(str(packed["key"])), bool(packed["is_required"]), str(packed["label"]))


@dataclass(frozen=True, slots=True)
class Ask:
    """What may be paid on a link, in minor units. `amount` is the price, the price of one piece, or
    what an open amount begins with.
    """

    kind: AmountKind
    currency: str
    amount: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    quantity_max: int | None = None

    @classmethod
    def fixed(cls, amount: Money) -> Ask:
        return cls(AmountKind.FIXED, amount.currency, amount.minor)


class Flaw(StrEnum):
    """Why a link cannot be made from what was entered."""

    AMOUNT_TOO_SMALL = "amount_too_small"
    AMOUNT_TOO_LARGE = "amount_too_large"
    BOUNDS_MISSING = "bounds_missing"
    BOUNDS_REVERSED = "bounds_reversed"
    AMOUNT_OUT_OF_BOUNDS = "amount_out_of_bounds"
    QUANTITY_MISSING = "quantity_missing"
    QUANTITY_TOO_LARGE = "quantity_too_large"
    USES_WRONG = "uses_wrong"
    PIECES_WRONG = "pieces_wrong"
    REASON_MISSING = "reason_missing"
    REASON_TOO_LONG = "reason_too_long"
    EXPIRY_PASSED = "expiry_passed"
    EXPIRY_TOO_FAR = "expiry_too_far"
    FIELD_TWICE = "field_twice"
    FIELD_WITHOUT_LABEL = "field_without_label"
    TOO_MANY_TAGS = "too_many_tags"
    TAG_TOO_LONG = "tag_too_long"
    TOO_MANY_PICTURES = "too_many_pictures"
    REDIRECT_NOT_HTTPS = "redirect_not_https"


def flaws(ask: Ask, reason: str) -> list[Flaw]:
    """What is wrong with the amount and the reason."""
    found = {
        Flaw.REASON_MISSING: not reason.strip(),
        Flaw.REASON_TOO_LONG: len(reason) > MAX_REASON,
    }
    return [*_amount_flaws(ask), *_named(found)]


def limit_flaws(
    *, uses: int | None, pieces: int | None, expires_at: datetime | None, now: datetime
) -> list[Flaw]:
    """What is wrong with when and how often it may be paid."""
    return _named(
        {
            Flaw.USES_WRONG: uses is not None and not 1 <= uses <= MAX_STOCK,
            Flaw.PIECES_WRONG: pieces is not None and not 1 <= pieces <= MAX_STOCK,
            Flaw.EXPIRY_PASSED: expires_at is not None and expires_at <= now,
            Flaw.EXPIRY_TOO_FAR: expires_at is not None and (expires_at - now).days > MAX_DAYS,
        }
    )


def look_flaws(
    fields: Sequence[Field], tags: Sequence[str], *, pictures: int, redirect_url: str
) -> list[Flaw]:
    """What is wrong with what the page asks and shows."""
    keys = [field.key for field in fields]
    return _named(
        {
            Flaw.FIELD_TWICE: len(set(keys)) < len(keys),
            Flaw.FIELD_WITHOUT_LABEL: any(
                field.key in OWN_FIELDS and not 1 <= len(field.label) <= MAX_LABEL
                for field in fields
            ),
            Flaw.TOO_MANY_TAGS: len(tags) > MAX_TAGS,
            Flaw.TAG_TOO_LONG: any(not 1 <= len(tag) <= MAX_TAG for tag in tags),
            Flaw.TOO_MANY_PICTURES: pictures > MAX_PICTURES,
            Flaw.REDIRECT_NOT_HTTPS: bool(redirect_url) and not is_redirect(redirect_url),
        }
    )


def is_redirect(url: str) -> bool:
    """An https address of a named host, without a user name in it that could pass for the host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_plain = not any(character.isspace() or character == "\\" for character in url)
    return (
        parts.scheme == "https"
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and is_plain
        and len(url) <= MAX_URL
    )


def _amount_flaws(ask: Ask) -> list[Flaw]:
    if ask.kind == AmountKind.OPEN:
        return _bounds_flaws(ask)
    amount = ask.amount or 0
    most = amount * (ask.quantity_max or 1)
    is_quantity = ask.kind == AmountKind.QUANTITY
    return _named(
        {
            Flaw.AMOUNT_TOO_SMALL: amount < 1,
            Flaw.AMOUNT_TOO_LARGE: most > MAX_MINOR,
            Flaw.QUANTITY_MISSING: is_quantity and not (ask.quantity_max or 0) > 0,
            Flaw.QUANTITY_TOO_LARGE: is_quantity and (ask.quantity_max or 0) > MAX_QUANTITY,
        }
    )


def _bounds_flaws(ask: Ask) -> list[Flaw]:
    if ask.minimum is None or ask.maximum is None:
        return [Flaw.BOUNDS_MISSING]
    return _named(
        {
            Flaw.AMOUNT_TOO_SMALL: ask.minimum < 1,
            Flaw.AMOUNT_TOO_LARGE: ask.maximum > MAX_MINOR,
            Flaw.BOUNDS_REVERSED: ask.maximum < ask.minimum,
            Flaw.AMOUNT_OUT_OF_BOUNDS: ask.amount is not None
            and not ask.minimum <= ask.amount <= ask.maximum,
        }
    )


def _named(found: Mapping[Flaw, bool]) -> list[Flaw]:
    return [flaw for flaw, is_found in found.items() if is_found]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a payer chose where the link lets them choose. Nothing of it is believed before
    `total` has compared it with the link.
    """

    amount: Money | None = None
    quantity: int | None = None


class WishFlaw(StrEnum):
    """Why a payer's choice cannot be paid."""

    AMOUNT_MISSING = "amount_missing"
    AMOUNT_BELOW = "amount_below"
    AMOUNT_ABOVE = "amount_above"
    QUANTITY_MISSING = "quantity_missing"
    QUANTITY_ABOVE = "quantity_above"


def total(ask: Ask, wish: Wish) -> Money | WishFlaw:
    """What this payer pays. The amount of a fixed link does not depend on the wish."""
    if ask.kind == AmountKind.OPEN:
        return _open_total(ask, wish.amount)
    price = Money(ask.amount or 0, ask.currency)
    if ask.kind == AmountKind.FIXED:
        return price
    quantity = wish.quantity or 0
    if quantity < 1:
        return WishFlaw.QUANTITY_MISSING
    if quantity > (ask.quantity_max or 1):
        return WishFlaw.QUANTITY_ABOVE
    return Money(price.minor * quantity, price.currency)


def _open_total(ask: Ask, amount: Money | None) -> Money | WishFlaw:
    if amount is None or amount.currency != ask.currency:
        return WishFlaw.AMOUNT_MISSING
    if amount.minor < (ask.minimum or 1):
        return WishFlaw.AMOUNT_BELOW
    if amount.minor > (ask.maximum or MAX_MINOR):
        return WishFlaw.AMOUNT_ABOVE
    return amount


def state(
    status: LinkStatus,
    *,
    expires_at: datetime | None,
    is_paid: bool,
    is_used_up: bool,
    now: datetime,
) -> LinkState:
    """`is_paid` only matters to a link that can be paid once, `is_used_up` to one with a limit.

    What cannot be undone is named first.
    """
    if is_paid:
        return LinkState.PAID
    if status == LinkStatus.ARCHIVED:
        return LinkState.ARCHIVED
    if is_used_up:
        return LinkState.USED_UP
    if expires_at is not None and expires_at <= now:
        return LinkState.EXPIRED
    return LinkState.PAUSED if status == LinkStatus.PAUSED else LinkState.ACTIVE


def amounts(text: str) -> list[Money]:
    """Every amount that somebody who searches for `text` may mean: "50" is 50.00 USD and 50 JPY."""
    found = []
    for currency in CURRENCIES:
        try:
            found.append(Money.parse(text, currency))
        except InvalidAmount:
            continue
    return found
