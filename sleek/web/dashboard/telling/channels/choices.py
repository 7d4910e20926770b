"""Why a try went through the connection it did, from what the attempt kept, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.channels.base import Device
from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.payments import queries as payments
from sleek.payments.models import Attempt
from sleek.payments.queries import Route
from sleek.payments.rules.routing import Reason
from sleek.web.dashboard.telling.channels.prices import SOURCES

REASONS: dict[str, Promise] = {
    Reason.ONLY: _("The only connection for this method."),
    Reason.WISHED: _("First in your own order."),
    Reason.OTHERS_UNWELL: _("The others did not answer at that time."),
    Reason.CHEAPER: _("The cheapest for this amount."),
    Reason.LIKELIER: _("More payers got through here."),
    Reason.LEAST_LOSS: _("The best of price and success taken together."),
    Reason.OWN: _("As good as the others, and your own."),
    Reason.FIRST: _("As good as the others, and the oldest."),
    Reason.UNWELL: _("Did not answer at that time."),
    Reason.WISHED_LATER: _("Later in your own order."),
    Reason.DEARER: _("Dearer for this amount."),
    Reason.LESS_LIKELY: _("Fewer payers got through here."),
    Reason.MORE_LOSS: _("Behind in price and success taken together."),
    Reason.NOT_FIRST: _("As good, and next in line."),
}
FAILED_OVER = _("The connection before it did not start, so this one stood in.")


@dataclass(frozen=True, slots=True)
class Line:
    """One connection that could have taken it."""

    name: str
    channel: str
    is_chosen: bool
    why: Promise
    cost: Money | None
    source: Promise | None
    succeeded: int
    tried: int


@dataclass(frozen=True, slots=True)
class Explained:
    lines: list[Line]
    failed_over: Promise | None
    expected: Money | None
    charged: Money | None

    @property
    def off_by(self) -> Money | None:
        """How much dearer it was than expected, where both are known and differ."""
        if self.expected is None or self.charged is None:
            return None
        if self.charged.currency != self.expected.currency or self.charged == self.expected:
            return None
        return self.charged - self.expected

    @property
    def less_by(self) -> Money | None:
        return None if self.off_by is None else -self.off_by


def explain(attempt: Attempt) -> Explained | None:
    """None for a try that was made before decisions were kept, or not by us."""
    routes = attempt.decision.get("routes") if isinstance(attempt.decision, dict) else None
    if not routes:
        return None
    chosen = attempt.decision.get("chosen")
    fee = Money(attempt.fee, attempt.fee_currency) if attempt.fee is not None else None
    return Explained(
        [
            _line(route, attempt.currency, is_chosen=route["connection"] == chosen)
            for route in routes
        ],
        FAILED_OVER if attempt.decision.get("failed_over_from") else None,
        Money(attempt.cost, attempt.currency) if attempt.cost is not None else None,
        fee,
    )


def _line(route: Mapping[str, object], currency: str, *, is_chosen: bool) -> Line:
    cost, source = route.get("cost"), route.get("source")
    return Line(
        name=str(route["name"]),
        channel=str(route["channel"]),
        is_chosen=is_chosen,
        why=REASONS[str(route["reason"])],
        cost=Money(cost, currency) if isinstance(cost, int) else None,
        source=SOURCES.get(str(source)),
        succeeded=_count(route.get("succeeded")),
        tried=_count(route.get("tried")),
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one way to pay would leave of an amount."""

    method: str
    channel: str
    cost: Money | None
    net: Money | None
    source: Promise | None


def outlook(merchant: Merchant, amount: Money) -> list[Outlook]:
    """For each method the connection that would be taken, the cheapest first."""
    routes: dict[str, Route] = {}
    for device in (Device.DESKTOP, Device.PHONE):
        for offer in payments.offers(merchant.pk, amount, device=device):
            routes.setdefault(offer.method, offer.routes[0])
    told = [_outlook(route, amount) for route in routes.values()]
    return sorted(told, key=lambda each: (each.cost is None, each.cost.minor if each.cost else 0))


def _outlook(route: Route, amount: Money) -> Outlook:
    source = route.ranked.candidate.source
    return Outlook(
        route.way.method.id,
        route.connection.channel,
        route.cost,
        amount - route.cost if route.cost is not None else None,
        SOURCES[source] if source else None,
    )
