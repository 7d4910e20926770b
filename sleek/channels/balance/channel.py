"""Paying from the payer's own wallet on this installation.

The payer logs in, chooses a wallet and confirms; `payments.actions.pay_from_balance` moves the
money in one transaction. There is no provider and no credential: before the confirmation nothing
has happened, after it everything has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from sleek.channels.base import (
    Acknowledgement,
    Capabilities,
    Cost,
    Credential,
    Flow,
    Method,
    NextStep,
    Notice,
    Order,
    Outcome,
    RefundOrder,
    RefundReport,
    Refused,
    Report,
    StatementLine,
    Untrusted,
)
from sleek.core import clock

LIFETIME = timedelta(hours=1)  # to log in and to find the second step


class Balance:
    id: ClassVar[str] = "balance"
    capabilities: ClassVar[Capabilities] = Capabilities(
        methods=(Method("balance", (Flow.HERE,), currencies=None, cost=Cost(Decimal(0))),),
        tells_fee=False,
        lifetime=LIFETIME,
        is_direct=True,
    )
    acknowledgement: ClassVar[Acknowledgement] = Acknowledgement(404)
    fields: ClassVar[tuple[Credential, ...]] = ()

    def __init__(self, credentials: Mapping[str, str]) -> None:
        """There are none."""

    def start(self, order: Order) -> NextStep:
        return NextStep(Flow.HERE)

    def fetch(self, order: Order) -> Report:
        is_over = order.expires_at <= clock.now()
        return Report(order.key, Outcome.CANCELED if is_over else Outcome.PENDING)

    def cancel(self, order: Order) -> Report:
        return Report(order.key, Outcome.CANCELED)

    def refund(self, order: RefundOrder) -> RefundReport:
        """Done as soon as it is asked for: `payments.actions.give_back_to_balance` moves it."""
        return RefundReport(
            order.key, Outcome.SUCCEEDED, order.amount, order.key, event_at=clock.now()
        )

    def fetch_refund(self, order: RefundOrder) -> RefundReport:
        return self.refund(order)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        raise Untrusted("A wallet sends no notices.")

    def statement(self, day: date) -> Iterator[StatementLine]:
        raise Refused("The ledger is the statement.", reason="ledger")

    def check(self) -> None:
        """Nothing can be wrong with it."""
