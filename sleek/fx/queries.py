"""Reading exchange rates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sleek.core import clock
from sleek.core.money import InvalidAmount, Money
from sleek.fx import rules
from sleek.fx.models import Rate

CACHE_S = 60.0  # a new day's rates are seen by every process after this long


@dataclass(frozen=True, slots=True)
class Quote:
    """An amount in another currency, with the rate, its day and its source."""

    amount: Money
    rate: Decimal
    on: date
    source: str


@dataclass(frozen=True, slots=True)
class _Known:
    per_euro: Decimal
    on: date
    source: str


def convert(amount: Money, currency: str) -> Quote | None:
    """What an amount is worth in another currency; none where no rate is known.

    Two currencies whose last rates are of different days are dated by the older one.
    """
    rates = latest()
    source, target = rates.get(amount.currency), rates.get(currency)
    if source is None or target is None:
        return None
    rate = rules.cross_rate(source.per_euro, target.per_euro)
    try:
        converted = rules.convert(amount, rate, currency)
    except InvalidAmount:
        return None
    return Quote(converted, rate, min(source.on, target.on), target.source)


def rate_on(day: date, source: str, target: str) -> Decimal | None:
    """What one of a currency was worth in another on a day, by the last rates until then; none
    where those are too old to say it.
    """
    recent = Rate.objects.filter(on__lte=day, on__gt=day - timedelta(days=rules.RECENT_DAYS))
    own = recent.filter(currency__in=[source, target])
    newest = dict(own.order_by("currency", "-on").distinct("currency").values_list(*_RATE))
    if rules.EURO in (source, target) and recent.exists():
        newest[rules.EURO] = Decimal(1)
    if not {source, target} <= newest.keys():
        return None
    return rules.cross_rate(newest[source], newest[target])


_RATE = ("currency", "per_euro")


def currencies() -> list[str]:
    """Every currency that can be converted, in alphabetical order."""
    return sorted(latest())


def latest() -> dict[str, _Known]:
    """The newest rate of each currency, the euro included; kept in this process for a minute."""
    global _cached, _cached_until
    if clock.monotonic() >= _cached_until:
        _cached, _cached_until = _read(), clock.monotonic() + CACHE_S
    return _cached


def forget() -> None:
    """Look at the database next time."""
    global _cached_until
    _cached_until = 0.0


_cached: dict[str, _Known] = {}
_cached_until = 0.0


def _read() -> dict[str, _Known]:
    newest = Rate.objects.order_by("currency", "-on").distinct("currency")
    known = {rate.currency: _Known(rate.per_euro, rate.on, rate.source) for rate in newest}
    if not known:
        return {}
    last = max(known.values(), key=lambda rate: rate.on)
    current = {
        currency: rate for currency, rate in known.items() if rules.is_current(rate.on, last.on)
    }
    return current | {rules.EURO: _Known(Decimal(1), last.on, last.source)}
