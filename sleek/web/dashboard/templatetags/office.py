"""What only the back office's templates use."""

from __future__ import annotations

from django import template
from django.template.context import Context

from sleek.refunds.models import Refund
from sleek.web.dashboard import tabs
from sleek.web.dashboard.telling import personal as telling
from sleek.web.dashboard.telling.refunds import steps
from sleek.web.dashboard.telling.refunds import words as refund_words
from sleek.web.dashboard.telling.refunds.steps import Step

register = template.Library()


@register.simple_tag(takes_context=True)
def personal(context: Context, text: str, kind: str) -> str:
    """`{% personal payer.email 'email' %}`: masked for whoever may not see personal data."""
    return telling.shown(text, kind, getattr(context["request"], "rights", frozenset()))


@register.filter
def refund_reason(key: str) -> str:
    return refund_words.reason(key)


@register.simple_tag(takes_context=True)
def refund_steps(context: Context, refund: Refund) -> list[Step]:
    """Its three steps, with people's names as far as the reader may see them."""
    return steps.steps(refund, getattr(context["request"], "rights", frozenset()))


@register.inclusion_tag("dashboard/settings/_tabs.html", takes_context=True)
def settings_tabs(context: Context) -> dict[str, object]:
    request = context["request"]
    rights: frozenset[str] = getattr(request, "rights", frozenset())
    return {
        "groups": [tabs.open_to(rights, tabs.WORKSPACE), tabs.open_to(rights, tabs.PERSON)],
        "current": tabs.current(request.path),
    }
