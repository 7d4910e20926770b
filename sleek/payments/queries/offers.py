"""What can be offered to a payer, and why not the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db.models import F, Q

from sleek.channels import registry
from sleek.channels.base import Device, Flow, Unfit
from sleek.channels.models import Connection
from sleek.core.money import Money
from sleek.payments.models import SavedMethod
from sleek.payments.queries.routes import Guide, Route, Way


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to pay that can work for this amount, by any of its `flows`.

    `id` names it in a form: `connection.method.flow`, or what is kept. `routes` are all connections
    that could serve it, the best first, which is this one.
    """

    connection: Connection
    method: str
    flow: Flow
    flows: tuple[Flow, ...]
    routes: tuple[Route, ...] = ()
    saved: SavedMethod | None = None  # what is charged, where the payer let it be kept

    @property
    def id(self) -> str:
        if self.saved:
            return f"saved.{self.saved.public_id}"
        return f"{self.connection.public_id}.{self.method}.{self.flow}"

    @property
    def connections(self) -> set[int]:
        """Those where an open try is as good as a new one here."""
        well = (route.connection.pk for route in self.routes if route.is_well)
        return {self.connection.pk, *well}

    def by(self, flow: Flow, connection_id: str) -> Offer | None:
        """The same method by one flow. The connection is today's best, whichever a page of some
        minutes ago names, unless its app was asked who the payer is.
        """
        able = [route for route in self.routes if flow in route.way.flows]
        named = [route for route in able if route.connection.public_id == connection_id]
        if not named:
            return None
        is_bound = flow in named[0].way.method.introduced
        return replace(_offer(named if is_bound else able), flow=flow)

    def detours(self) -> Iterator[Offer]:
        """Other connections for the same method, the best first, where another may be taken."""
        for route in self.routes:
            way = route.way
            unbound = [flow for flow in way.flows if flow not in way.method.introduced]
            if way.connection == self.connection or not unbound:
                continue
            flow = self.flow if self.flow in unbound else unbound[0]
            yield replace(self, connection=way.connection, flow=flow, flows=way.flows)


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


def offers(merchant_id: int, amount: Money, *, device: Device, country: str = "") -> list[Offer]:
    return survey(merchant_id, amount, device=device, country=country).offers


def survey(merchant_id: int, amount: Money, *, device: Device, country: str = "") -> Survey:
    """What can work for this merchant, amount and device, best first. `country` is the payer's
    likely one.

    Of several connections for a method the one is offered that routing puts first. A method none of
    whose connections answers is left out, while there is another. A method made for this currency
    alone is at home in it and comes first, then what loses least; last what few can use, or what
    takes days.
    """
    connections = _enabled(merchant_id)
    guide = Guide(connections)
    ways, misfits = _sorted_out(connections, amount, device, country)
    found = sorted((guide.routes(each, amount) for each in ways.values()), key=_standing)
    well = [each for each in found if each[0].is_well]
    if well:
        unwell = (each[0].way.method.id for each in found if not each[0].is_well)
        misfits |= {method: Misfit(method, Unfit.UNWELL, None) for method in unwell}
    return Survey(offers=[_offer(each) for each in well or found], misfits=[*misfits.values()])


def takes(merchant_id: int, channel: str) -> bool:
    """Whether payers can pay the merchant by that channel."""
    return any(each.channel == channel and each.methods for each in _enabled(merchant_id))


def _enabled(merchant_id: int) -> list[Connection]:
    rows = Connection.objects.filter(
        Q(merchant_id=merchant_id) | Q(merchant__isnull=True), is_enabled=True
    )
    return list(rows.order_by(F("merchant_id").asc(nulls_last=True), "pk"))


def _sorted_out(
    connections: Sequence[Connection], amount: Money, device: Device, country: str
) -> tuple[dict[str, list[Way]], dict[str, Misfit]]:
    """By method: the ways that fit, and for methods without any why not."""
    ways: dict[str, list[Way]] = {}
    misfits: dict[str, Misfit] = {}
    for connection in connections:
        for method in registry.methods(connection):
            if method.id not in connection.methods:
                continue
            why = method.unfit(amount, country=country, device=device)
            if why:
                misfit = Misfit(method.id, why, method.bound(why, amount.currency))
                misfits.setdefault(method.id, misfit)
            else:
                way = Way(connection, method, method.opens(device))
                ways.setdefault(method.id, []).append(way)
    return ways, {key: misfit for key, misfit in misfits.items() if key not in ways}


def _standing(routes: list[Route]) -> tuple[object, ...]:
    """Of one method among the others."""
    best = routes[0]
    able = registry.capabilities(best.connection.channel)
    is_at_home = any(len(route.way.method.currencies or ()) == 1 for route in routes)
    # A transfer, or a wallet of our own, is nobody's first choice where a card will do.
    return (not best.is_well, able.takes_parts, able.is_direct, not is_at_home, best.ranked.loss)


def _offer(routes: list[Route]) -> Offer:
    best = routes[0].way
    return Offer(best.connection, best.method.id, best.flows[0], best.flows, tuple(routes))
