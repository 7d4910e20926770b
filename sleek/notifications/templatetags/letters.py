"""What only mails use."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

register = template.Library()

# `SK-2026-00001`, and whatever else is joined by hyphens or slashes and counts. One that is longer
# than a phone is wide breaks after all.
_NUMBER = re.compile(r"(?=[A-Za-z0-9/_-]*[0-9])[A-Za-z0-9]+(?:[/_-][A-Za-z0-9]+)+", re.ASCII)
_LONGEST = 24  # characters


@register.filter
def unbroken(text: str) -> SafeString:
    """A number stays on one line. It keeps its own hyphens, since people copy it."""
    told, done = SafeString(""), 0
    for number in _NUMBER.finditer(text):
        if len(number[0]) <= _LONGEST:
            told += escape(text[done : number.start()])
            told += format_html('<span style="white-space:nowrap">{}</span>', number[0])
            done = number.end()
    return told + escape(text[done:])
