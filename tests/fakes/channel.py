"""A provider in this process: its books are a dict, its network fails when a test says so.

`bank` holds what every `Till` (the channel over it) sees; a fixture gives a fresh one to each test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import ClassVar

import pytest

from sleek.channels import registry
from sleek.channels.base import (
    Acknowledgement,
    Capabilities,
    ChannelError,
    Credential,
    Device,
    Flow,
    Gone,
    Method,
    NextStep,
    Notice,
    Order,
    Outcome,
    RefundOrder,
    RefundReport,
    Refused,
    Report,
    Saved,
    Secrecy,
    Short,
    StatementLine,
    Unavailable,
    Untrusted,
)
from sleek.core.money import Money


@dataclass
class Bank:
    """What the provider knows, and what is wrong with it today."""

    orders: dict[str, Order] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    refunds: dict[str, RefundReport] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    is_down: bool = False
    refuses: bool = False
    is_short: bool = False  # the merchant's balance here covers no refund
    refund_orders: list[RefundOrder] = field(default_factory=list)
    faults: dict[str, ChannelError] = field(default_factory=dict)  # by the secret that asks
    form: dict[str, str] = field(default_factory=dict)  # what the payer's browser carries there
    forgotten: list[str] = field(default_factory=list)  # tokens

    def pay(self, key: str, amount: Money | None = None, fee: Money | None = None) -> Report:
        received = amount or self.orders[key].amount
        order = self.orders.get(key)
        kept = Saved(f"token-{key}", "Visa •4242") if order and order.saves else None
        self.reports[key] = Report(
            key, Outcome.SUCCEEDED, received, reference=f"T-{key}", fee=fee, saved=kept
        )
        return self.reports[key]

    def count(self, verb: str) -> int:
        return sum(name == verb for name, _ in self.calls)

    def answer(self, verb: str, key: str, secret: str = "") -> None:
        self.calls.append((verb, key))
        if secret in self.faults:
            raise self.faults[secret]
        if self.is_down:
            raise Unavailable("no answer")
        if self.refuses:
            raise Refused("no", reason="till_says_no")


class Till:
    id: ClassVar[str] = "till"
    capabilities: ClassVar[Capabilities] = Capabilities(
        methods=(
            Method("card", (Flow.REDIRECT,), None),
            Method(
                "alipay",
                (Flow.QR, Flow.REDIRECT, Flow.MOBILE),
                frozenset({"CNY"}),
                within={Device.WECHAT: ()},
            ),
        ),
        tells_fee=True,
        lifetime=timedelta(minutes=30),
        saves=frozenset({"card"}),
    )
    acknowledgement: ClassVar[Acknowledgement] = Acknowledgement(200, "thanks")
    fields: ClassVar[tuple[Credential, ...]] = (Credential("secret", Secrecy.SECRET),)
    bank: ClassVar[Bank] = Bank()

    def __init__(self, credentials: Mapping[str, str]) -> None:
        self.secret = credentials["secret"]

    def start(self, order: Order) -> NextStep:
        self.bank.answer("start", order.key, self.secret)
        self.bank.orders[order.key] = order
        if order.saved in self.bank.forgotten:
            raise Gone("kept no more", reason="till_forgot")
        url = f"https://till.example/{order.key}"
        if order.flow == Flow.QR:
            return NextStep(Flow.QR, qr=url, reference=f"T-{order.key}")
        return NextStep(order.flow, url=url, reference=f"T-{order.key}", data=self.bank.form)

    def fetch(self, order: Order) -> Report:
        self.bank.answer("fetch", order.key, self.secret)
        return self.bank.reports.get(order.key, Report(order.key, Outcome.PENDING))

    def cancel(self, order: Order) -> Report:
        self.bank.answer("cancel", order.key, self.secret)
        return self.bank.reports.setdefault(order.key, Report(order.key, Outcome.CANCELED))

    def refund(self, order: RefundOrder) -> RefundReport:
        self.bank.refund_orders.append(order)
        self.bank.answer("refund", order.key)
        if self.bank.is_short and order.key not in self.bank.refunds:
            raise Short("too little here", reason="till_is_short")
        done = RefundReport(order.key, Outcome.SUCCEEDED, order.amount, reference=f"R-{order.key}")
        return self.bank.refunds.setdefault(order.key, done)

    def fetch_refund(self, order: RefundOrder) -> RefundReport:
        self.bank.answer("fetch_refund", order.key)
        return self.bank.refunds.get(order.key, RefundReport(order.key, Outcome.PENDING))

    def forget(self, token: str) -> None:
        self.bank.answer("forget", token, self.secret)
        self.bank.forgotten.append(token)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        if headers.get("till-secret") != self.secret:
            raise Untrusted("not from the till")
        said = json.loads(body)
        report = Report(
            said["key"],
            Outcome(said["outcome"]),
            Money(said["amount"], said["currency"]),
            reference=f"T-{said['key']}",
        )
        return Notice(said["id"], "till.news", report=report)

    def statement(self, day: date) -> Iterator[StatementLine]:
        raise Unavailable("the till keeps none")

    def check(self) -> None:
        self.bank.answer("check", "", self.secret)


class PartsTill(Till):
    """One through which money may come in several parts, as by bank transfer."""

    capabilities = replace(Till.capabilities, takes_parts=True)


def behind_the_till(patch: pytest.MonkeyPatch) -> Bank:
    """A fresh provider behind the channel "till", while the patch lasts."""
    fresh = Bank()
    patch.setattr(Till, "bank", fresh)
    patch.setitem(registry._CHANNELS, "till", "tests.fakes.channel:Till")
    return fresh
