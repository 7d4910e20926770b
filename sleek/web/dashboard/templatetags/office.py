"""What only the back office's templates use."""

from __future__ import annotations

from django import template
from django.template.context import Context

from sleek.web.dashboard import tabs
from sleek.web.dashboard.telling import personal as telling

register = template.Library()


@register.simple_tag(takes_context=True)
def personal(context: Context, text: str, kind: str) -> str:
    """`{% personal payer.email 'email' %}`: masked for whoever may not see personal data."""
    return telling.shown(text, kind, getattr(context["request"], "rights", frozenset()))


@register.inclusion_tag("dashboard/settings/_tabs.html", takes_context=True)
def settings_tabs(context: Context) -> dict[str, object]:
    request = context["request"]
    rights: frozenset[str] = getattr(request, "rights", frozenset())
    return {
        "groups": [tabs.open_to(rights, tabs.WORKSPACE), tabs.open_to(rights, tabs.PERSON)],
        "current": tabs.current(request.path),
    }
