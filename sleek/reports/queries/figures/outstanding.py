"""What was asked for and is not paid yet: single-use links that can still be paid.

Links that many people may pay are left out, since nobody owes them anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from sleek.core import clock
from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.reports.queries.figures import news


@dataclass(frozen=True, slots=True)
class Owed:
    total: Money
    count: int


def outstanding(merchant: Merchant, currency: str) -> Owed:
    terms: dict[str, Any] = {
        "merchant": merchant.pk,
        "currency": currency,
        "kinds": [*news.FOLLOWED],
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OWED, terms)
        total, count = cursor.fetchone()
    return Owed(Money(int(total), currency), count)


# Links with unread news are looked up themselves.
_OWED = f"""
    WITH touched AS MATERIALIZED (SELECT reports_touched({news.UNREAD}) AS links), owed AS (
        SELECT o.amount, o.expires_at FROM reports_outstanding o, touched
        WHERE o.merchant_id = %(merchant)s AND o.currency = %(currency)s
          AND o.link_id <> ALL (touched.links)
        UNION ALL
        SELECT amount, expires_at
        FROM ({news.OWED} AND l.id = ANY ((SELECT links FROM touched)::bigint[])) looked_up
        WHERE merchant_id = %(merchant)s AND currency = %(currency)s
    )
    SELECT coalesce(sum(amount), 0), count(*) FROM owed
    WHERE expires_at IS NULL OR expires_at > %(now)s
"""
