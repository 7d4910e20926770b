"""Handing a link on: its address, its QR code, and words for a message."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sleek.links.models import PaymentLink
from sleek.web.ui.templatetags.sleek_ui import plain_money

FILES = {"svg": "image/svg+xml", "png": "image/png"}
QUIET_ZONE = 4  # modules of white around, as the standard asks
PNG_SCALE = 20  # pixels a module: some 900 across, sharp on a 7 cm print
# On a screen fewer and larger modules scan best; on paper a stain or a fold must not matter.
ON_SCREEN, ON_PAPER = "m", "h"


@dataclass(frozen=True, slots=True)
class MessageTo:
    """Opens an app with a message already written."""

    name: str
    icon: str
    url: str


def address(link: PaymentLink) -> str:
    return f"{settings.PUBLIC_URL}/p/{link.token}/"


def drawing(url: str) -> SafeString:
    """The code for the page: always dark on white, in dark mode too, or cameras give up."""
    code = segno.make_qr(url, error=ON_SCREEN)
    svg = code.svg_inline(
        border=QUIET_ZONE, dark="#1d1c1a", light="#ffffff", omitsize=True, svgclass="qr"
    )
    return mark_safe(svg)  # drawn by us; the address's characters are not in it


def file(url: str, kind: str) -> tuple[bytes, str]:
    """The code as a file's content and its type."""
    code, out = segno.make_qr(url, error=ON_PAPER), BytesIO()
    scale = PNG_SCALE if kind == "png" else 10
    code.save(out, kind=kind, scale=scale, border=QUIET_ZONE, light="#ffffff")
    return out.getvalue(), FILES[kind]


def messages_to(link: PaymentLink, url: str) -> list[MessageTo]:
    subject = f"{link.merchant.name}: {link.reason}"
    text = _("%(reason)s, %(amount)s. Pay here: %(url)s") % {
        "reason": link.reason,
        "amount": plain_money(link.money),
        "url": url,
    }
    return [
        MessageTo("WhatsApp", "brand-whatsapp", f"https://wa.me/?text={quote(text)}"),
        MessageTo(_("E-mail"), "mail", f"mailto:?subject={quote(subject)}&body={quote(text)}"),
        MessageTo(
            "Telegram",
            "brand-telegram",
            f"https://t.me/share/url?url={quote(url)}&text={quote(link.reason)}",
        ),
    ]
