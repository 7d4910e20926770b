"""What only the pages of customers use."""

from __future__ import annotations

from django import template
from django.template.context import Context

from sleek.customers.models import Customer
from sleek.web.dashboard.telling.customers import files

register = template.Library()


@register.simple_tag(takes_context=True)
def customer_name(context: Context, customer: Customer) -> str:
    """Masked for whoever may not see personal data, where it may be a person's."""
    return files.name_of(customer, getattr(context["request"], "rights", frozenset()))


@register.filter
def named(code: str, names: dict[str, str]) -> str:
    """What a code is called: `{{ customer.country|named:country_names }}`."""
    return names.get(code, code)
