"""Learning exchange rates."""

from __future__ import annotations

import logging

from django.db import transaction

from sleek.core import clock
from sleek.fx import queries, rules
from sleek.fx.models import Rate
from sleek.fx.rules import Day

logger = logging.getLogger(__name__)


@transaction.atomic
def learn(day: Day) -> list[str]:
    """Keep a day's rates; returns the currencies that were believed.

    A day that was learned before stays as it was. A rate that cannot have moved so far is refused
    and logged, so that a slip at the source misleads nobody; the currency then keeps its last rate,
    and its date says how old that is.
    """
    if day.on > clock.now().date():
        logger.warning("fx.day_in_the_future", extra={"on": day.on, "source": day.source})
        return []
    known = Rate.objects.filter(on__lt=day.on).order_by("currency", "-on").distinct("currency")
    before = {rate.currency: rate for rate in known}
    believed = []
    for currency, told in day.per_euro.items():
        last = before.get(currency)
        if last and not rules.is_believable(last.per_euro, told, (day.on - last.on).days):
            facts = {"currency": currency, "on": day.on, "known": last.per_euro, "told": told}
            logger.warning("fx.jump_refused", extra=facts)
            continue
        believed.append(Rate(on=day.on, currency=currency, per_euro=told, source=day.source))
    Rate.objects.bulk_create(believed, ignore_conflicts=True)
    transaction.on_commit(queries.forget)
    return [rate.currency for rate in believed]
