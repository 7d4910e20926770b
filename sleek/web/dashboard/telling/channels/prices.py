"""Prices in words: “2.9 % + 0.30 USD”, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_percent
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from sleek.channels import registry
from sleek.channels.base import Cost
from sleek.channels.models import Connection, Price
from sleek.channels.queries import PriceList
from sleek.channels.rules import Grade, PriceSource
from sleek.core.money import Money
from sleek.web.ui.templatetags.sleek_ui import plain_money

SOURCES: dict[str, Promise] = {
    PriceSource.OWN: gettext_lazy("your contract"),
    PriceSource.MEASURED: gettext_lazy("measured"),
    PriceSource.LISTED: gettext_lazy("list price"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What one method of a connection costs in one currency."""

    method: str
    price: str
    source: Promise | None
    measured: str  # what the charged fees say, good or not


def rows(connection: Connection, currency: str) -> list[Row]:
    """In a currency that the method takes: the merchant's own, or the only ones there are."""
    prices = PriceList([connection])
    found = connection.prices.filter(source=PriceSource.MEASURED)
    measured = {(row.method, row.currency): row for row in found}
    told = []
    for method in registry.methods(connection):
        if method.id not in connection.methods:
            continue
        own = currency if method.currencies is None or currency in method.currencies else ""
        chosen = own or min(method.currencies or [currency])
        priced = prices.of(connection, method, chosen)
        told.append(
            Row(
                method.id,
                said(priced.cost, chosen) if priced else "",
                SOURCES[priced.source] if priced else None,
                _measured(measured.get((method.id, chosen)), chosen),
            )
        )
    return told


def said(cost: Cost, currency: str) -> str:
    fixed = cost.fixed.get(currency, 0)
    share = percent(cost.share)
    if not fixed:
        return share
    money = plain_money(Money(fixed, currency))
    return f"{share} + {money}" if cost.share else money


def percent(share: Decimal) -> str:
    return str(format_percent(share, "0.####%", locale=to_locale(get_language() or "en")))


def _measured(row: Price | None, currency: str) -> str:
    if row is None:
        return ""
    if row.grade == Grade.THIN:
        words = _("Too few fees to tell what it really costs (%(count)s so far).")
        return words % {"count": row.charge_count}
    if row.grade == Grade.UNFIT:
        words = _("%(count)s fees follow no single price: not enough to tell.")
        return words % {"count": row.charge_count}
    cost = Cost(row.share, {currency: row.fixed})
    words = _("Really charged: %(price)s, from %(count)s fees.")
    return words % {"price": said(cost, currency), "count": row.charge_count}
