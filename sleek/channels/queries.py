"""What connections cost, and which are unwell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sleek.channels.base import Cost, Method
from sleek.channels.models import Breaker, Connection, Price
from sleek.channels.rules import Grade, Health, PriceSource
from sleek.core import clock
from sleek.core.money import Money

PROBED = 20  # in one round


@dataclass(frozen=True, slots=True)
class Priced:
    """What a connection keeps by one method of payments in one currency, and who says so."""

    cost: Cost
    source: PriceSource

    def of(self, amount: Money) -> Money:
        return self.cost.of(amount)


class PriceList:
    """The prices of some connections, read once."""

    def __init__(self, connections: Iterable[Connection]) -> None:
        ids = [connection.pk for connection in connections]
        rows = Price.objects.filter(connection_id__in=ids, grade=Grade.GOOD) if ids else []
        self._rows = {(r.connection_id, r.method, r.currency, r.source): r for r in rows}

    def of(self, connection: Connection, method: Method, currency: str) -> Priced | None:
        """The merchant's own word first, then what was really charged, then the public list."""
        places = (
            (currency, PriceSource.OWN),
            ("", PriceSource.OWN),
            (currency, PriceSource.MEASURED),
        )
        for place, source in places:
            row = self._rows.get((connection.pk, method.id, place, source))
            if row:
                return Priced(_cost(row, currency), source)
        return Priced(method.cost, PriceSource.LISTED) if method.cost else None


def cost(share: Decimal, fixed: int, currency: str) -> Cost:
    return Cost(share, {currency: fixed} if fixed else {})


def _cost(row: Price, currency: str) -> Cost:
    return cost(row.share, row.fixed, currency)


def healths(connections: Iterable[Connection]) -> dict[tuple[int, str], Health]:
    """By connection and method, where something was ever wrong."""
    ids = [connection.pk for connection in connections]
    rows = Breaker.objects.filter(connection_id__in=ids) if ids else []
    return {(row.connection_id, row.method): row.health for row in rows}


def to_probe() -> list[Breaker]:
    """Those whose providers are asked now, one for each connection."""
    due = Breaker.objects.filter(try_at__lte=clock.now()).order_by("connection_id", "try_at")
    return list(due.distinct("connection_id").select_related("connection")[:PROBED])
