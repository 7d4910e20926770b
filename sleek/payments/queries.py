"""Reading payments: what can be offered to a payer, and what is due."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q

from sleek.channels import registry
from sleek.channels.base import Flow, Method, Unavailable
from sleek.channels.models import Connection
from sleek.core import clock
from sleek.core.money import Money
from sleek.payments import rules
from sleek.payments.models import Attempt, Payment

DUE = 50  # attempts or payments looked at in one round
SICK_LOOKED_AT = 100
SICK_FOR = timedelta(minutes=2)  # a channel that would not start is offered last for so long


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to pay that can work for this amount.

    `id` names it in a form: `connection.method.flow`.
    """

    connection: Connection
    method: str
    flow: Flow
    flows: tuple[Flow, ...]

    @property
    def id(self) -> str:
        return f"{self.connection.public_id}.{self.method}.{self.flow}"


def offers(merchant_id: int, amount: Money, *, is_mobile: bool) -> list[Offer]:
    """What can work for this merchant, amount and device, best first.

    Of several connections for a method one is offered: one that is well before one that did not
    answer just now, the merchant's own before the operator's. A method made for few currencies is
    at home in this one, so it comes before those that take any.
    """
    connections = Connection.objects.filter(
        Q(merchant_id=merchant_id) | Q(merchant__isnull=True), is_enabled=True
    ).order_by(F("merchant_id").asc(nulls_last=True), "pk")
    sick = _sick_connections()
    found: dict[str, tuple[bool, float, Offer]] = {}
    for connection in sorted(connections, key=lambda connection: connection.pk in sick):
        for method in registry.capabilities(connection.channel).methods:
            if method.id in connection.methods and method.takes(amount):
                breadth = math.inf if method.currencies is None else len(method.currencies)
                offer = _offer(connection, method, is_mobile=is_mobile)
                found.setdefault(method.id, (connection.pk in sick, breadth, offer))
    return [offer for _, _, offer in sorted(found.values(), key=lambda each: each[:2])]


def _offer(connection: Connection, method: Method, *, is_mobile: bool) -> Offer:
    wanted = (
        (Flow.MOBILE, Flow.REDIRECT, Flow.QR)
        if is_mobile
        else (Flow.QR, Flow.REDIRECT, Flow.MOBILE)
    )
    return Offer(connection, method.id, min(method.flows, key=wanted.index), method.flows)


def _sick_connections() -> set[int]:
    """Those that gave no answer; a refusal of one order says nothing about the next."""
    recent = Attempt.objects.filter(
        failure_code=Unavailable.code, created_at__gt=clock.now() - SICK_FOR
    )
    return set(recent.values_list("connection_id", flat=True)[:SICK_LOOKED_AT])


def attempts_to_check() -> list[Attempt]:
    """Attempts whose provider must be asked now, the longest waiting first."""
    due = Attempt.objects.filter(check_at__lte=clock.now()).order_by("check_at")
    return list(due.select_related("payment", "connection")[:DUE])


def payments_to_expire() -> list[Payment]:
    due = Payment.objects.filter(status__in=rules.PAYABLE, expires_at__lte=clock.now())
    return list(due.order_by("expires_at")[:DUE])
