"""What templates ask about passkeys."""

from __future__ import annotations

from django import template
from django.template.context import Context

from sleek.web.dashboard.security import passkeys

register = template.Library()


@register.simple_tag(takes_context=True)
def passkeys_are_possible(context: Context) -> bool:
    return passkeys.are_possible(context["request"])
