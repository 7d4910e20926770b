"""The fees that providers really charged."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, QuerySet

from sleek.channels.rules import MOST_CHARGES, Charge
from sleek.core import clock
from sleek.payments.models import Attempt

MEASURED_OVER = timedelta(days=90)  # an older contract says nothing of today's


def charged() -> list[tuple[int, str, str]]:
    """Connection, method and currency of all fees of late."""
    known = _known().order_by("connection_id", "method", "currency")
    return list(known.values_list("connection_id", "method", "currency").distinct())


def charges(connection_id: int, method: str, currency: str) -> list[Charge]:
    """The newest. A fee in the currency that the provider settles in says nothing about this
    one's.
    """
    rows = _known().filter(connection_id=connection_id, method=method, currency=currency)
    newest = rows.order_by("-created_at").values_list("amount_received", "fee")[:MOST_CHARGES]
    return [Charge(amount or 0, fee or 0) for amount, fee in newest]


def _known() -> QuerySet[Attempt]:
    return Attempt.objects.filter(
        created_at__gt=clock.now() - MEASURED_OVER,
        fee__isnull=False,
        fee_currency=F("currency"),
        currency_received=F("currency"),
    )
