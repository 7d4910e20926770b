"""Providers in this process: their books, and channels over them that each follow the rules of one
family of real ones.

Every call passes through the world: while a question or an answer is under way others act, and
either may get lost. What is in the books is what really happened; nobody of Sleek reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, TypeVar

from sleek.channels.base import (
    Acknowledgement,
    Capabilities,
    Failure,
    Flow,
    Method,
    NextStep,
    Order,
    Outcome,
    RefundOrder,
    RefundReport,
    Refused,
    Report,
    Short,
    Unavailable,
)
from sleek.channels.base import Notice as Message
from sleek.core import clock
from sleek.core.money import Money

if TYPE_CHECKING:
    from tests.simulation.world import World

Answer = TypeVar("Answer")
ANY_CURRENCY = Method("card", (Flow.REDIRECT,), None)
FEE = 3  # per cent, rounded down


@dataclass
class Trade:
    """One order at a provider, as the provider knows it."""

    channel: str
    key: str
    asked: Money
    ends_at: datetime
    exists: bool = True
    is_closed: bool = False
    is_approved: bool = False  # the payer agreed, and the money waits to be taken
    was_called_off: bool = False  # the provider has said once that it can no longer be paid
    received: Money | None = None
    paid_at: datetime | None = None
    failure: Failure | None = None

    @property
    def reference(self) -> str:
        return f"T-{self.key}"


@dataclass
class Gift:
    """One refund, as the provider knows it."""

    key: str
    trade: Trade
    amount: Money
    outcome: Outcome


@dataclass
class Books:
    """What all providers of one world know."""

    trades: dict[str, Trade] = field(default_factory=dict)
    gifts: dict[str, Gift] = field(default_factory=dict)
    transfers: dict[str, Gift] = field(default_factory=dict)  # what the merchant gave back by bank

    def captured(self, trade: Trade) -> int:
        return trade.received.minor if trade.received else 0

    def given_back(self, trade: Trade) -> int:
        gifts = [gift for gift in self.gifts.values() if gift.trade is trade]
        return sum(gift.amount.minor for gift in gifts if gift.outcome != Outcome.FAILED)

    def transferred(self, trade: Trade) -> int:
        return sum(each.amount.minor for each in self.transfers.values() if each.trade is trade)


class Family:
    """What all families share. It keeps an idempotency key for ever, as theirs is long enough."""

    id: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    acknowledgement: ClassVar[Acknowledgement] = Acknowledgement(200, "ok")
    fields: ClassVar[tuple[object, ...]] = ()
    world: ClassVar[World]

    def __init__(self, credentials: Mapping[str, str]) -> None:
        pass

    @property
    def books(self) -> Books:
        return self.world.books

    def start(self, order: Order) -> NextStep:
        def act() -> NextStep:
            self._make(order)
            return self._step(order)

        return self._call("start", order.key, act)

    def fetch(self, order: Order) -> Report:
        return self._call("fetch", order.key, lambda: self._look(order))

    def cancel(self, order: Order) -> Report:
        return self._call("cancel", order.key, lambda: self._call_off(order))

    def refund(self, order: RefundOrder) -> RefundReport:
        return self._call("refund", order.key, lambda: self._give_back(order))

    def fetch_refund(self, order: RefundOrder) -> RefundReport:
        return self._call("fetch_refund", order.key, lambda: self._report_gift(order.key))

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Message:
        raise NotImplementedError("here notices come translated")

    def check(self) -> None:
        pass

    # What the payer does there

    def may_be_paid(self, trade: Trade) -> bool:
        is_over = trade.ends_at <= clock.now()
        return not (trade.is_closed or trade.received or trade.failure or is_over)

    def take(self, trade: Trade, amount: Money) -> None:
        """The payer pays. The provider tells."""
        trade.exists, trade.received, trade.paid_at = True, amount, clock.now()
        self.world.note(f"{self.id} has {amount} for {trade.key}")
        self.world.tell(self, trade)

    def decline(self, trade: Trade) -> bool:
        """The payer's card is refused; here they may try another on the same page."""
        return False

    # What the provider does

    def _call(self, verb: str, key: str, act: Callable[[], Answer]) -> Answer:
        return self.world.call(self.id, verb, key, act)

    def _make(self, order: Order) -> Trade:
        known = self.books.trades.get(order.key)
        if known is None:
            known = Trade(self.id, order.key, order.amount, order.expires_at)
            self.books.trades[order.key] = known
        return known

    def _step(self, order: Order) -> NextStep:
        return NextStep(Flow.REDIRECT, url=f"https://{self.id}.example/{order.key}")

    def _look(self, order: Order) -> Report:
        trade = self.books.trades.get(order.key)
        if trade is None or not trade.exists:
            is_over = clock.now() >= order.expires_at
            return Report(order.key, Outcome.CANCELED if is_over else Outcome.PENDING)
        return self.report(trade)

    def report(self, trade: Trade) -> Report:
        if trade.received is not None:
            return self._success(trade, trade.received)
        if trade.failure:
            return Report(trade.key, Outcome.FAILED, failure=trade.failure, failure_code="no")
        if trade.is_closed or trade.ends_at <= clock.now():
            trade.is_closed = trade.was_called_off = True
            return Report(trade.key, Outcome.CANCELED, reference=trade.reference)
        return Report(trade.key, Outcome.PENDING, reference=trade.reference)

    def _success(self, trade: Trade, received: Money) -> Report:
        report = Report(
            trade.key,
            Outcome.SUCCEEDED,
            received,
            trade.reference,
            payer="•1",
            event_at=trade.paid_at,
        )
        if not self.capabilities.tells_fee:
            return report
        return replace(report, fee=Money(received.minor * FEE // 100, received.currency))

    def _call_off(self, order: Order) -> Report:
        trade = self.books.trades.get(order.key)
        if trade is None or not trade.exists:
            return self._look(order)
        if trade.received is None and not trade.failure and self.capabilities.can_close:
            trade.is_closed = True
            self.world.slip(self, trade)
        return self.report(trade)

    def _give_back(self, order: RefundOrder) -> RefundReport:
        if order.key in self.books.gifts:
            return self._report_gift(order.key)
        trade = self._trade_of(order)
        if trade is None or trade.received is None:
            raise Refused("no such payment", reason="no_such_payment")
        left = trade.received.minor - self.books.given_back(trade)
        if order.amount.currency != trade.received.currency or order.amount.minor > left:
            raise Refused("more than was paid", reason="too_much")
        if self.world.strikes("short"):
            raise Short("not enough here", reason="short")
        if self.world.strikes("refund_refused"):
            raise Refused("we will not", reason="will_not")
        outcome = Outcome.PENDING if self.world.strikes("refund_pends") else Outcome.SUCCEEDED
        gift = Gift(order.key, trade, order.amount, outcome)
        self.books.gifts[order.key] = gift
        self.world.note(f"{self.id} gives back {order.amount} of {trade.key}: {outcome}")
        self.world.follow_gift(self, gift)
        return self._report_gift(order.key)

    def _trade_of(self, order: RefundOrder) -> Trade | None:
        return self.books.trades.get(order.payment_key)

    def _report_gift(self, key: str) -> RefundReport:
        gift = self.books.gifts.get(key)
        if gift is None:
            return RefundReport(key, Outcome.PENDING)
        return RefundReport(key, gift.outcome, gift.amount, reference=f"R-{key}")


class Closer(Family):
    """An order can be closed, and a lost start leaves nothing that the payer could reach."""

    id = "sim_closer"
    capabilities = Capabilities((ANY_CURRENCY,), tells_fee=True, lifetime=timedelta(minutes=30))


class Page(Family):
    """The payer's own browser brings the order: until then the provider knows of none, and closing
    does not help.
    """

    id = "sim_page"
    capabilities = Capabilities((ANY_CURRENCY,), tells_fee=False, lifetime=timedelta(hours=1))

    def _make(self, order: Order) -> Trade:
        trade = super()._make(order)
        if trade.received is None and not trade.is_closed:
            trade.exists = False
        return trade


class Keeper(Family):
    """Nothing can be closed: an order ends by its time alone."""

    id = "sim_keeper"
    capabilities = Capabilities(
        (ANY_CURRENCY,), tells_fee=False, lifetime=timedelta(hours=2), can_close=False
    )

    def decline(self, trade: Trade) -> bool:
        """For good: a new try is needed."""
        if not self.may_be_paid(trade):
            return False
        trade.exists, trade.failure = True, Failure.INSUFFICIENT_FUNDS
        return True


class Grabber(Family):
    """Money moves when we ask and it is wanted; calling off is no more than not to ask."""

    id = "sim_grabber"
    capabilities = Capabilities((ANY_CURRENCY,), tells_fee=True, lifetime=timedelta(hours=3))

    def take(self, trade: Trade, amount: Money) -> None:
        trade.is_approved = True
        self.world.note(f"{self.id} may take {amount} for {trade.key}")
        self.world.tell(self, trade)

    def _look(self, order: Order) -> Report:
        trade = self.books.trades.get(order.key)
        if trade and trade.is_approved and trade.received is None and order.is_wanted:
            super().take(trade, trade.asked)
        return super()._look(order)

    def _call_off(self, order: Order) -> Report:
        trade = self.books.trades.get(order.key)
        if trade is not None and trade.received is None:
            trade.was_called_off = True
            return Report(order.key, Outcome.CANCELED)
        return self._look(order)


class Slot(Family):
    """A bank: money comes in parts and without asking, and is typed in when the line is read. It is
    the merchant's own account, so what goes back is transferred by people.
    """

    id = "sim_slot"
    capabilities = Capabilities(
        (ANY_CURRENCY,),
        tells_fee=False,
        lifetime=timedelta(days=3),
        takes_parts=True,
        gives_back=False,
        is_direct=True,
    )

    def start(self, order: Order) -> NextStep:
        self._make(order).exists = False  # no network: nothing is at the bank but what arrives
        return NextStep(Flow.HERE, data={"reference": order.key})

    def _look(self, order: Order) -> Report:
        is_over = clock.now() >= order.expires_at
        return Report(order.key, Outcome.CANCELED if is_over else Outcome.PENDING)

    def _call_off(self, order: Order) -> Report:
        return Report(order.key, Outcome.CANCELED)


class NoAnswer(Unavailable):
    """The question or its answer is lost."""


FAMILIES: dict[str, type[Family]] = {
    family.id: family for family in (Closer, Page, Keeper, Grabber, Slot)
}
