"""How a connection fares, for the list and its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.channels.models import Breaker, Connection
from sleek.channels.rules import Health, State
from sleek.payments import queries as payments
from sleek.payments.rules.routing import Rate
from sleek.web.dashboard.telling.channels import failures

WORDS: dict[str, tuple[Promise, str, str]] = {
    State.CLOSED: (_("Answers"), "circle-check", "good"),
    State.HALF_OPEN: (_("Answers again; one payer tries it out"), "refresh", "wait"),
    State.OPEN: (_("Does not answer"), "alert-triangle", "bad"),
}
OFF = (_("Switched off"), "circle", "")


@dataclass(frozen=True, slots=True)
class Condition:
    """One method of a connection, right now."""

    method: str
    word: Promise
    icon: str
    tone: str
    rate: Rate
    trouble_at: datetime | None
    trouble: Promise | None
    code: str
    try_at: datetime | None

    @property
    def share(self) -> float | None:
        return self.rate.succeeded / self.rate.tried if self.rate.tried else None


def conditions(connection: Connection, breakers: Sequence[Breaker]) -> list[Condition]:
    known = {row.method: row for row in breakers if row.connection_id == connection.pk}
    return [_condition(connection, method, known.get(method)) for method in connection.methods]


def _condition(connection: Connection, method: str, row: Breaker | None) -> Condition:
    health = row.health if row else Health()
    word, icon, tone = WORDS[health.state] if connection.is_enabled else OFF
    code = row.code if row else ""
    return Condition(
        method,
        word,
        icon,
        tone,
        payments.rate(connection, method, health),
        max(health.troubles, default=None),
        failures.help_for(connection.channel, code).what if code else None,
        code,
        health.try_at,
    )
