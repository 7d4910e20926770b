"""Reading payments: what can be offered to a payer, and what is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from sleek.channels import registry
from sleek.channels.base import Failure, Flow
from sleek.channels.models import Connection
from sleek.core import clock
from sleek.core.money import Money
from sleek.payments import rules
from sleek.payments.models import Attempt, Payment

DUE = 50  # attempts or payments looked at in one round
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
    """What can work for this merchant, amount and device; healthy channels first, in the order of
    their connections.

    A merchant's own connection goes before the operator's for the same method.
    """
    connections = Connection.objects.filter(
        Q(merchant_id=merchant_id) | Q(merchant__isnull=True), is_enabled=True
    ).order_by("merchant_id", "pk")
    found: dict[str, Offer] = {}
    for connection in connections:
        for offer in _of(connection, amount, is_mobile=is_mobile):
            found.setdefault(offer.method, offer)
    sick = _sick_connections()
    return sorted(found.values(), key=lambda offer: offer.connection.pk in sick)


def _of(connection: Connection, amount: Money, *, is_mobile: bool) -> Iterable[Offer]:
    wanted = (
        (Flow.MOBILE, Flow.REDIRECT, Flow.QR)
        if is_mobile
        else (Flow.QR, Flow.REDIRECT, Flow.MOBILE)
    )
    for method in registry.capabilities(connection.channel).methods:
        if method.id in connection.methods and method.takes(amount):
            flow = min(method.flows, key=wanted.index)
            yield Offer(connection, method.id, flow, method.flows)


def _sick_connections() -> set[int]:
    recent = Attempt.objects.filter(
        failure=Failure.PROVIDER, created_at__gt=clock.now() - SICK_FOR, next_url="", next_qr=""
    )
    return set(recent.values_list("connection_id", flat=True)[:100])


def attempts_to_check() -> list[Attempt]:
    """Attempts whose provider must be asked now, the longest waiting first."""
    due = Attempt.objects.filter(check_at__lte=clock.now()).order_by("check_at")
    return list(due.select_related("payment", "connection")[:DUE])


def payments_to_expire() -> list[Payment]:
    due = Payment.objects.filter(status__in=rules.PAYABLE, expires_at__lte=clock.now())
    return list(due.order_by("expires_at")[:DUE])
