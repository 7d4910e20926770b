"""Reading payments: what can be offered to a payer, and what is due."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q

from sleek.channels import registry
from sleek.channels.base import Failure, Flow, Method, Unavailable, Unfit
from sleek.channels.models import Connection
from sleek.core import clock
from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.merchants.models import Terms
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


@dataclass(frozen=True, slots=True)
class Misfit:
    """A method that the merchant takes, but not for this payment; with the limit it broke."""

    method: str
    why: Unfit
    bound: Money | None


@dataclass(frozen=True, slots=True)
class Survey:
    """What a payer can use here, best first, and why not the rest of what the merchant takes."""

    offers: list[Offer]
    misfits: list[Misfit]


def offers(merchant_id: int, amount: Money, *, is_mobile: bool, country: str = "") -> list[Offer]:
    return survey(merchant_id, amount, is_mobile=is_mobile, country=country).offers


def survey(merchant_id: int, amount: Money, *, is_mobile: bool, country: str = "") -> Survey:
    """What can work for this merchant, amount and device, best first. `country` is the payer's
    likely one.

    Of several connections for a method one is offered: one that is well before one that did not
    answer just now, the merchant's own before the operator's. A method made for few currencies is
    at home in this one, so it comes before those that take any.
    """
    sick = _sick_connections()
    found: dict[str, tuple[bool, float, Offer]] = {}
    misfits: dict[str, Misfit] = {}
    for connection, method in _enabled(merchant_id, sick):
        why = method.unfit(amount, country=country, is_mobile=is_mobile)
        if why:
            bound = method.bound(why, amount.currency)
            misfits.setdefault(method.id, Misfit(method.id, why, bound))
            continue
        breadth = math.inf if method.currencies is None else len(method.currencies)
        offer = _offer(connection, method, is_mobile=is_mobile)
        found.setdefault(method.id, (connection.pk in sick, breadth, offer))
    return Survey(
        offers=[offer for _, _, offer in sorted(found.values(), key=lambda each: each[:2])],
        misfits=[misfit for misfit in misfits.values() if misfit.method not in found],
    )


def terms_of(link: PaymentLink) -> Terms | None:
    """What its payers must agree to before they pay: the newest text."""
    if not link.asks_terms:
        return None
    return Terms.objects.filter(merchant_id=link.merchant_id).order_by("-version").first()


def terms_owed(payment: Payment) -> Terms | None:
    """What its payer has yet to agree to."""
    terms = terms_of(payment.link) if payment.link else None
    if terms is None or payment.acceptances.filter(terms=terms).exists():
        return None
    return terms


def _enabled(merchant_id: int, sick: set[int]) -> Iterator[tuple[Connection, Method]]:
    """Each method of each connection that is switched on, the best connection first."""
    connections = Connection.objects.filter(
        Q(merchant_id=merchant_id) | Q(merchant__isnull=True), is_enabled=True
    ).order_by(F("merchant_id").asc(nulls_last=True), "pk")
    for connection in sorted(connections, key=lambda connection: connection.pk in sick):
        for method in registry.capabilities(connection.channel).methods:
            if method.id in connection.methods:
                yield connection, method


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
        failure=Failure.PROVIDER,  # by whose index they are found
        failure_code=Unavailable.code,
        created_at__gt=clock.now() - SICK_FOR,
    )
    return set(recent.values_list("connection_id", flat=True)[:SICK_LOOKED_AT])


def attempts_to_check() -> list[Attempt]:
    """Attempts whose provider must be asked now, the longest waiting first."""
    due = Attempt.objects.filter(check_at__lte=clock.now()).order_by("check_at")
    return list(due.select_related("payment", "connection")[:DUE])


def payments_to_expire() -> list[Payment]:
    due = Payment.objects.filter(status__in=rules.PAYABLE, expires_at__lte=clock.now())
    return list(due.order_by("expires_at")[:DUE])


def guarded_as(payment: Payment) -> str:
    """By what the guard counts tries together: the link, or a payment that has none."""
    return payment.link.public_id if payment.link else payment.public_id
