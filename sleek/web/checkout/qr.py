"""A QR code as a drawing: dark on white with its quiet zone, on a dark page too."""

from __future__ import annotations

from urllib.parse import urlsplit

import segno
from django.utils.safestring import SafeString, mark_safe

# What a link may open on a phone. Anything else that a provider sends is only shown as a code.
OPENED = frozenset({"https", "http", "alipays", "weixin"})


def svg(content: str) -> SafeString:
    """Without width and height: the style sheet sizes it."""
    code = segno.make_qr(content, error="m")
    drawing = code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="code")
    return mark_safe(drawing)  # segno draws paths: no part of the content is in them


def is_address(content: str) -> bool:
    return urlsplit(content).scheme in OPENED
