"""Which connection serves a method, and why: what each would cost, how it fared, whether it is
well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q

from sleek.channels import queries as channels
from sleek.channels.base import Flow, Method
from sleek.channels.models import Connection
from sleek.channels.queries import PriceList
from sleek.channels.rules import Health, breaker
from sleek.core import clock
from sleek.core.money import Money
from sleek.payments.models import Attempt
from sleek.payments.rules import AttemptStatus, routing
from sleek.payments.rules.routing import Candidate, Ranked, Rate


@dataclass(frozen=True, slots=True)
class Way:
    """A method at one connection, by the flows that this device opens."""

    connection: Connection
    method: Method
    flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A way with its place among those for the same method."""

    way: Way
    ranked: Ranked

    @property
    def connection(self) -> Connection:
        return self.way.connection

    @property
    def is_well(self) -> bool:
        return self.ranked.candidate.is_let_through

    @property
    def cost(self) -> Money | None:
        return self.ranked.candidate.cost

    def as_data(self) -> dict[str, object]:
        """For the attempt, which keeps why it went this way."""
        candidate = self.ranked.candidate
        return {
            "connection": self.connection.public_id,
            "name": self.connection.name,
            "channel": self.connection.channel,
            "cost": candidate.cost.minor if candidate.cost is not None else None,
            "source": candidate.source,
            "succeeded": candidate.rate.succeeded,
            "tried": candidate.rate.tried,
            "state": candidate.state,
            "loss": self.ranked.loss,
            "reason": self.ranked.reason,
        }


class Guide:
    """What is known of some connections at this moment, read once for all of a page's methods."""

    def __init__(self, connections: Sequence[Connection]) -> None:
        self._prices = PriceList(connections)
        self._healths = channels.healths(connections)
        self._now = clock.now()

    def routes(self, ways: Sequence[Way], amount: Money) -> list[Route]:
        """Ways of one method, the best first."""
        is_choice = len(ways) > 1
        candidates = [self._candidate(way, amount, is_choice=is_choice) for way in ways]
        by_key = {way.connection.pk: way for way in ways}
        ranked = routing.rank(candidates, amount)
        return [Route(by_key[each.candidate.key], each) for each in ranked]

    def is_well(self, way: Way) -> bool:
        return breaker.lets_through(self._health(way), self._now)

    def _health(self, way: Way) -> Health:
        return self._healths.get((way.connection.pk, way.method.id), Health())

    def _candidate(self, way: Way, amount: Money, *, is_choice: bool) -> Candidate:
        health = self._health(way)
        priced = self._prices.of(way.connection, way.method, amount.currency)
        return Candidate(
            key=way.connection.pk,
            is_own=way.connection.merchant_id is not None,
            cost=priced.of(amount) if priced else None,
            source=priced.source if priced else None,
            # Where there is no choice the tries need not be counted.
            rate=rate(way.connection, way.method.id, health) if is_choice else Rate(),
            state=health.state,
            is_let_through=self.is_well(way),
            place=way.connection.place,
        )


def is_used(connection: Connection) -> bool:
    """Whether somebody ever tried to pay through it."""
    return Attempt.objects.filter(connection=connection).exists()


def rate(connection: Connection, method: str, health: Health) -> Rate:
    """How the newest tries that are over went, as far as they tell of the connection. What was
    before its provider came back is over and done with, or nobody would try it again.
    """
    is_telling = Q(status=AttemptStatus.SUCCEEDED) | Q(
        status__in=(AttemptStatus.FAILED, AttemptStatus.CANCELED), failure__in=routing.TELLING
    )
    since = max(clock.now() - routing.RATE_WINDOW, health.since or datetime.min.replace(tzinfo=UTC))
    newest = Attempt.objects.filter(
        is_telling, connection=connection, method=method, created_at__gt=since
    ).order_by("-created_at")
    ends = list(newest.values_list("status", flat=True)[: routing.RATE_TRIES])
    return Rate(ends.count(AttemptStatus.SUCCEEDED), len(ends))


def answered(connection: Connection, method: str, since: datetime) -> int:
    """How many starts went well: against these a breaker weighs its troubles."""
    starts = Attempt.objects.filter(connection=connection, method=method, created_at__gte=since)
    return starts.exclude(status__in=(AttemptStatus.STARTED, AttemptStatus.FAILED)).count()
