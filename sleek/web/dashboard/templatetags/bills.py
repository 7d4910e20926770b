"""What only pages of bills use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django import template
from django.template.context import Context

from sleek.core.money import Money
from sleek.invoices.models import Entitlement, Invoice
from sleek.invoices.queries import NATURES
from sleek.web.dashboard.telling.bills import files, words

Thing = TypeVar("Thing")
register = template.Library()


@register.filter
def at(things: Sequence[Thing], place: int) -> Thing | None:
    return things[place] if 0 <= place < len(things) else None


@register.filter
def threshold(promise: Entitlement) -> Money:
    return Money(promise.threshold, promise.threshold_currency)


@register.filter
def nature(invoice: Invoice) -> str:
    return str(NATURES[invoice.nature])


@register.filter
def bill_name(invoice: Invoice) -> str:
    return words.name(invoice)


@register.simple_tag(takes_context=True)
def payer(context: Context, invoice: Invoice) -> str:
    """Their name, masked where it is a person's and the reader may not see it."""
    return files.payer(invoice, getattr(context["request"], "rights", frozenset()))
