"""The channel interface, all of it, and the values that cross it. Pure: no Django, no network.

What a channel cannot do is absent from its `Capabilities`, so no caller tries and sees.
`Unavailable` and `Refused` are different errors because only the first may be retried. A status
that a mapping does not know is PENDING: a word that a provider adds next year must never release
goods or money.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import ClassVar, Protocol, runtime_checkable
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


class Short(Refused):
    """The merchant's balance at the provider does not cover a refund; it may, later."""

    code = "channel_short"


class Gone(Refused):
    """The provider keeps that method no more: it charges nothing, now or later."""

    code = "channel_gone"


class Untrusted(ChannelError):
    """A notice or reply whose signature, age or addressee is wrong. Nothing of it may be used."""

    code = "untrusted"


class Outcome(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"  # the payer has done their part, and the money is not sure yet
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
    IN_APP = "in_app"  # a call that the provider's own app offers to pages shown within it
    HERE = "here"  # on our own page: what to write on a bank transfer, a wallet to pay from


class Device(StrEnum):
    """What shows our page to the payer; the apps do so in a browser of their own."""

    DESKTOP = "desktop"
    PHONE = "phone"
    WECHAT = "wechat"
    ALIPAY = "alipay"

    @property
    def is_app(self) -> bool:
        return self in (Device.WECHAT, Device.ALIPAY)


# What each can open, best first. The call of an app is open only to the methods that say so.
OPENS: dict[Device, tuple[Flow, ...]] = {
    Device.DESKTOP: (Flow.QR, Flow.REDIRECT, Flow.HERE),
    Device.PHONE: (Flow.MOBILE, Flow.REDIRECT, Flow.HERE, Flow.QR),
    Device.WECHAT: (Flow.MOBILE, Flow.REDIRECT, Flow.HERE, Flow.QR),
    Device.ALIPAY: (Flow.MOBILE, Flow.REDIRECT, Flow.HERE, Flow.QR),
}


class Unfit(StrEnum):
    """Why a method cannot take a payment."""

    CURRENCY = "currency"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    COUNTRY = "country"  # of the payer
    DEVICE = "device"  # it only opens on a phone
    APP = "app"  # it only opens outside the app that shows the page
    UNWELL = "unwell"  # its provider does not answer at the moment


@dataclass(frozen=True, slots=True)
class Cost:
    """What a channel keeps of a payment: a share of it and a fixed sum, in minor units.

    `fixed` is by currency; what is not listed has none.
    """

    share: Decimal
    fixed: Mapping[str, int] = field(default_factory=dict)

    def of(self, amount: Money) -> Money:
        """Rounded half up to the minor unit, and never more than the amount."""
        part = (amount.minor * self.share).to_integral_value(ROUND_HALF_UP)
        minor = min(int(part) + self.fixed.get(amount.currency, 0), amount.minor)
        return Money(minor, amount.currency)


@dataclass(frozen=True, slots=True)
class Method:
    """One way to pay that a channel offers.

    `currencies` None means any, so does `countries`; limits are in minor units by currency.
    `within` says what opens inside an app where that differs from the rule, `needs` which
    credential a flow cannot do without, `introduced` by which flows the app says who the payer is
    before it takes money: the channel `Introduces`.
    """

    id: str  # "card", "alipay": the payer's word for it, shared between channels
    flows: tuple[Flow, ...]
    currencies: frozenset[str] | None
    minimum: Mapping[str, int] = field(default_factory=dict)
    maximum: Mapping[str, int] = field(default_factory=dict)
    countries: frozenset[str] | None = None
    cost: Cost | None = None  # the provider's list price; a connection may have its own
    within: Mapping[Device, tuple[Flow, ...]] = field(default_factory=dict)
    needs: Mapping[Flow, str] = field(default_factory=dict)
    introduced: frozenset[Flow] = frozenset()
    currency_in: str = ""  # the credential that names a connection's only currency

    def takes(self, amount: Money) -> bool:
        return self.unfit(amount) is None

    def unfit(
        self, amount: Money, *, country: str = "", device: Device | None = None
    ) -> Unfit | None:
        """What stands in the way, if anything. An unknown country or device does not."""
        if self.currencies is not None and amount.currency not in self.currencies:
            return Unfit.CURRENCY
        if amount.minor < self.minimum.get(amount.currency, 1):
            return Unfit.TOO_SMALL
        if amount.minor > self.maximum.get(amount.currency, amount.minor):
            return Unfit.TOO_LARGE
        if country and self.countries is not None and country not in self.countries:
            return Unfit.COUNTRY
        if device is None or self.opens(device):
            return None
        return Unfit.APP if device.is_app else Unfit.DEVICE

    def opens(self, device: Device) -> tuple[Flow, ...]:
        """Those of its flows that this device can open, best first."""
        able = self.within.get(device, OPENS[device])
        return tuple(flow for flow in able if flow in self.flows)

    def having(self, credentials: Mapping[str, str]) -> Method:
        """As one connection offers it: without the flows for which a credential is missing, and in
        its currency.
        """
        missing = {flow for flow, name in self.needs.items() if not credentials.get(name)}
        own = credentials.get(self.currency_in, "")
        return replace(
            self,
            flows=tuple(flow for flow in self.flows if flow not in missing),
            currencies=frozenset({own}) if own else self.currencies,
        )

    def bound(self, why: Unfit, currency: str) -> Money | None:
        """The limit that an amount broke."""
        limits = {Unfit.TOO_SMALL: self.minimum, Unfit.TOO_LARGE: self.maximum}.get(why, {})
        return Money(limits[currency], currency) if currency in limits else None


@dataclass(frozen=True, slots=True)
class Capabilities:
    methods: tuple[Method, ...]
    tells_fee: bool  # `fetch` reports what the channel kept, soon after success
    lifetime: timedelta  # how long an attempt may be paid at the provider
    can_close: bool = True  # else `cancel` only says what it is now: it ends by its time
    takes_parts: bool = False  # money may come in several parts, and in another amount than asked
    gives_back: bool = True  # else a refund goes another way: by bank, or to a wallet
    has_statement: bool = False
    # No provider stands between: nobody is asked, and what came is the merchant's to use at once.
    is_direct: bool = False
    # Methods that it can keep for a payer's later payments: such a channel `Keeps`.
    saves: frozenset[str] = frozenset()


class Secrecy(StrEnum):
    """How a credential is entered and shown again."""

    OPEN = "open"
    SECRET = "secret"
    KEY = "key"  # secret, of several lines
    OPEN_KEY = "open_key"


@dataclass(frozen=True, slots=True)
class Credential:
    """One thing that a connection must know. `name` is its key among the credentials."""

    name: str
    secrecy: Secrecy = Secrecy.OPEN
    is_required: bool = True


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
    payer_id: str = ""  # who the payer is to the provider's app, where it must be known
    started_at: datetime | None = None  # when the attempt was made
    saves: bool = False  # keep the method for later payments that the payer starts: they agreed
    saved: str = ""  # the provider's token of a kept method, to charge now
    is_proof_asked: bool = False  # the payer's bank shall make sure that it is them
    # Whether the money is still wanted. Where taking it is an act of ours (PayPal), `fetch` does it
    # only then.
    is_wanted: bool = True


@dataclass(frozen=True, slots=True)
class NextStep:
    """Where the payer goes now: an address to open (`url`), or content of a QR code (`qr`).

    With `data` an address is sent it as a form. In the provider's app it is what its call takes; on
    our own page, what the payer is told.
    """

    flow: Flow
    url: str = ""
    qr: str = ""
    reference: str = ""
    data: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A payer's browser is sent there: nothing but a web address may come out of a reply.
        if self.flow == Flow.QR and not self.qr:
            raise Unavailable("the provider's answer holds no code to scan")
        if self.flow in (Flow.REDIRECT, Flow.MOBILE) and not is_web_address(self.url):
            raise Unavailable("the provider's answer leads to no web page")
        if self.flow == Flow.IN_APP and not self.data:
            raise Unavailable("the provider's answer holds no call for its app")


def is_web_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


@dataclass(frozen=True, slots=True)
class Saved:
    """A method that a provider keeps for its payer: the token that charges it, and what may be
    shown of it.
    """

    token: str
    hint: str = ""  # such as "Visa •4242"
    expires_on: date | None = None  # its last day


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
    saved: Saved | None = None  # what was kept, where the order asked for it; `fetch` tells it


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
    started_at: datetime | None = None  # when it was free to go: the same at each try


@dataclass(frozen=True, slots=True)
class RefundReport:
    """A channel's word on one refund.

    With `is_short` the provider has it and waits for the merchant's balance to cover it; one that
    it refused for that is `Short`. `trace` is the number by which the payer's bank finds it.
    """

    key: str
    outcome: Outcome
    amount: Money | None = None
    reference: str = ""
    failure_code: str = ""
    event_at: datetime | None = None
    trace: str = ""
    is_short: bool = False


class Movement(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"
    FEE = "fee"  # not of one payment
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of what a provider says it did on a day. `amount` is signed: what came is positive.

    `key` is our id of the attempt or refund, where the line names one.
    """

    movement: Movement
    amount: Money
    fee: Money
    event_at: datetime
    key: str = ""
    reference: str = ""
    kind: str = ""  # the provider's own word


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
    fields: ClassVar[tuple[Credential, ...]]  # its credentials, as a form asks for them

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

    def refund(self, order: RefundOrder) -> RefundReport:
        """Give back. Raises `Short` when the merchant's balance there does not cover it."""

    def fetch_refund(self, order: RefundOrder) -> RefundReport: ...

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Verify and translate. Raises `Untrusted` on any doubt. `headers` has lower-case names."""

    def statement(self, day: date) -> Iterator[StatementLine]:
        """What the provider says it did on a day of its own calendar, if it `has_statement`.

        Raises `Unavailable` while it is not made yet.
        """

    def check(self) -> None:
        """Prove the credentials with a harmless request. Raises `Refused` or `Unavailable`."""


@runtime_checkable
class Keeps(Protocol):
    """What a channel does besides that can keep a method: let go of it again."""

    def forget(self, token: str) -> None:
        """Nobody can charge it any more; one that is gone already is fine.

        Raises `Refused` or `Unavailable`.
        """


@runtime_checkable
class Introduces(Protocol):
    """What a channel does besides whose app must say who the payer is."""

    def introduction(self, return_url: str, state: str) -> str:
        """Where the payer's browser asks the app; it comes back with `state` and a word."""

    def introduced(self, word: str) -> str:
        """The payer's id at the app, for a word that is good once. It is personal data.

        Raises `Refused` or `Unavailable`.
        """
