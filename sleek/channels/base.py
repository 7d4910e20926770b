"""The channel interface, all of it, and the values that cross it. Pure: no Django, no network.

What a channel cannot do is absent from its `Capabilities`, so no caller tries and sees.
`Unavailable` and `Refused` are different errors because only the first may be retried. A status
that a mapping does not know is PENDING: a word that a provider adds next year must never release
goods or money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol
from urllib.parse import urlsplit

from sleek.core.errors import SleekError
from sleek.core.money import Money


class ChannelError(SleekError):
    """Anything a channel raises on purpose."""

    code = "channel_error"


class Unavailable(ChannelError):
    """No answer, or none that says what happened.

    The provider may or may not have acted. Ask again later.
    """

    code = "channel_unavailable"


class Refused(ChannelError):
    """The provider said no; asking again with the same words changes nothing.

    `reason` is its own code, `failure` what that means for the payer, where it means anything.
    """

    code = "channel_refused"

    def __init__(
        self, message: object = "", *, reason: str = "", failure: Failure | None = None
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.failure = failure


class Untrusted(ChannelError):
    """A notice or reply whose signature, age or addressee is wrong. Nothing of it may be used."""

    code = "untrusted"


class Outcome(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"  # closed or expired at the provider: it can no longer be paid there


class Failure(StrEnum):
    """Why a payment failed, in words common to all channels; advice to the payer hangs on these."""

    ENTRY_WRONG = "entry_wrong"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    LIMIT = "limit"
    DECLINED = "declined"
    AUTHENTICATION = "authentication"
    EXPIRED_CARD = "expired_card"
    CAREFUL = "careful"  # lost or stolen: the payer is told no more than "declined"
    PROVIDER = "provider"
    UNKNOWN = "unknown"


class Flow(StrEnum):
    """How a payer is brought to the provider."""

    REDIRECT = "redirect"  # desktop page
    MOBILE = "mobile"  # phone page or app
    QR = "qr"  # shown here, scanned with the phone


class Unfit(StrEnum):
    """Why a method cannot take a payment."""

    CURRENCY = "currency"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    COUNTRY = "country"  # of the payer
    DEVICE = "device"  # it only opens on a phone


@dataclass(frozen=True, slots=True)
class Method:
    """One way to pay that a channel offers.

    `currencies` None means any, so does `countries`; limits are in minor units by currency.
    """

    id: str  # "card", "alipay": the payer's word for it, shared between channels
    flows: tuple[Flow, ...]
    currencies: frozenset[str] | None
    minimum: Mapping[str, int] = field(default_factory=dict)
    maximum: Mapping[str, int] = field(default_factory=dict)
    countries: frozenset[str] | None = None

    def takes(self, amount: Money) -> bool:
        return self.unfit(amount) is None

    def unfit(self, amount: Money, *, country: str = "", is_mobile: bool = True) -> Unfit | None:
        """What stands in the way, if anything. An unknown country does not."""
        if self.currencies is not None and amount.currency not in self.currencies:
            return Unfit.CURRENCY
        if amount.minor < self.minimum.get(amount.currency, 1):
            return Unfit.TOO_SMALL
        if amount.minor > self.maximum.get(amount.currency, amount.minor):
            return Unfit.TOO_LARGE
        if country and self.countries is not None and country not in self.countries:
            return Unfit.COUNTRY
        return Unfit.DEVICE if self.flows == (Flow.MOBILE,) and not is_mobile else None

    def bound(self, why: Unfit, currency: str) -> Money | None:
        """The limit that an amount broke."""
        limits = {Unfit.TOO_SMALL: self.minimum, Unfit.TOO_LARGE: self.maximum}.get(why, {})
        return Money(limits[currency], currency) if currency in limits else None


@dataclass(frozen=True, slots=True)
class Capabilities:
    methods: tuple[Method, ...]
    tells_fee: bool  # `fetch` reports what the channel kept, soon after success
    lifetime: timedelta  # how long an attempt may be paid at the provider


@dataclass(frozen=True, slots=True)
class Order:
    """What a channel is asked to collect. `key` is our id and the provider's idempotency key."""

    key: str
    amount: Money
    method: str
    flow: Flow
    description: str
    return_url: str  # the payer's browser comes back here, whatever happened
    notice_url: str
    expires_at: datetime
    language: str = "en"
    reference: str = ""  # the provider's own id, once it is known
    payer_address: str = ""  # the payer's IP address, where somebody is there to start it


@dataclass(frozen=True, slots=True)
class NextStep:
    """Where the payer goes now: an address to open (`url`), or content of a QR code (`qr`)."""

    flow: Flow
    url: str = ""
    qr: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        # A payer's browser is sent there: nothing but a web address may come out of a reply.
        if self.flow == Flow.QR and not self.qr:
            raise Unavailable("the provider's answer holds no code to scan")
        if self.flow != Flow.QR and not is_web_address(self.url):
            raise Unavailable("the provider's answer leads to no web page")


def is_web_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


@dataclass(frozen=True, slots=True)
class Report:
    """A channel's word on one payment.

    `amount` is what moved, in what the provider said: compare, never assume.
    """

    key: str
    outcome: Outcome
    amount: Money | None = None
    reference: str = ""
    failure: Failure | None = None
    failure_code: str = ""  # the provider's own code, for support
    fee: Money | None = None
    payer: str = ""  # a masked hint such as "Visa •4242"
    event_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What a channel is asked to give back;

    `payment_key` and `reference` name the payment, `total` its full amount.
    """

    key: str
    payment_key: str
    reference: str
    amount: Money
    total: Money
    reason: str = ""
    refund_reference: str = ""


@dataclass(frozen=True, slots=True)
class RefundReport:
    """A channel's word on one refund."""

    key: str
    outcome: Outcome
    amount: Money | None = None
    reference: str = ""
    failure_code: str = ""
    event_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A provider's verified message. Without a report it only tells us what to ask about: `key`."""

    id: str
    kind: str
    report: Report | None = None
    refund_report: RefundReport | None = None
    key: str = ""  # our attempt's id, when the notice names it


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the provider wants to read so that it stops repeating a notice."""

    status: int
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


class Channel(Protocol):
    """One provider, over one connection's credentials."""

    id: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    acknowledgement: ClassVar[Acknowledgement]

    def __init__(self, credentials: Mapping[str, str]) -> None: ...

    def start(self, order: Order) -> NextStep:
        """Prepare the payment. Raises `Unavailable` or `Refused`; then the payer has seen nothing
        to pay.
        """

    def fetch(self, order: Order) -> Report:
        """Ask what became of it. A payment the provider does not know (yet) is PENDING, or CANCELED
        past its end.
        """

    def cancel(self, order: Order) -> Report:
        """Make it unpayable, and say what it is now: it may have been paid a moment ago."""

    def refund(self, order: RefundOrder) -> RefundReport: ...

    def fetch_refund(self, order: RefundOrder) -> RefundReport: ...

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Verify and translate. Raises `Untrusted` on any doubt. `headers` has lower-case names."""

    def check(self) -> None:
        """Prove the credentials with a harmless request. Raises `Refused` or `Unavailable`."""
