"""QR codes of links and stickers, with the brand's logo in the middle where it has one."""

from __future__ import annotations

import base64
from io import BytesIO

import segno
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from PIL import Image

from sleek.links.models import PaymentLink, Sticker
from sleek.merchants.models import Picture

FILES = {"svg": "image/svg+xml", "png": "image/png"}
QUIET_ZONE = 4  # modules of white around, as the standard asks
PNG_SCALE = 20  # pixels a module: some 900 across, sharp on a 7 cm print
# On a screen fewer and larger modules scan best. On paper a stain or a fold must not matter; and
# under a logo only the highest level leaves enough to read the rest by.
ON_SCREEN, ON_PAPER = "m", "h"
LOGO_SHARE = 0.22  # of the code's width; level H repairs some 30 % of its area, this hides 7 %
LOGO_MARGIN = 0.02
INK, GROUND = "#1d1c1a", "#ffffff"


def address(link: PaymentLink) -> str:
    return f"{settings.PUBLIC_URL}/p/{link.token}/"


def sticker_address(sticker: Sticker) -> str:
    return f"{settings.PUBLIC_URL}/s/{sticker.token}/"


def drawing(url: str, logo: Picture | None = None) -> SafeString:
    """The code for the page: always dark on white, in dark mode too, or cameras give up."""
    return mark_safe(_svg(url, ON_PAPER if logo else ON_SCREEN, logo, "qr"))


def paper_drawing(url: str, logo: Picture | None = None) -> str:
    """The code for a sheet of paper, as SVG."""
    return _svg(url, ON_PAPER, logo, "")


def file(url: str, kind: str, logo: Picture | None = None) -> tuple[bytes, str]:
    """The code as a file's content and its type."""
    if kind == "png":
        return _png(url, logo), FILES[kind]
    drawn = _svg(url, ON_PAPER, logo, "").replace("<svg ", '<svg width="1000" height="1000" ', 1)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{drawn}\n'.encode(), FILES[kind]


def _svg(url: str, level: str, logo: Picture | None, css: str) -> str:
    """Drawn by us: no character of the address is in it."""
    code = segno.make_qr(url, error=level, boost_error=False)
    drawn = code.svg_inline(
        border=QUIET_ZONE, dark=INK, light=GROUND, omitsize=True, svgclass=css or None
    ).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    if logo is None:
        return drawn
    whole, inside = code.symbol_size(border=QUIET_ZONE)[0], code.symbol_size(border=0)[0]
    box, side = inside * (LOGO_SHARE + 2 * LOGO_MARGIN), inside * LOGO_SHARE
    data = base64.b64encode(bytes(logo.content)).decode()
    middle = format_html(
        '<rect x="{0}" y="{0}" width="{1}" height="{1}" rx="1" fill="{2}"/>'
        '<image x="{3}" y="{3}" width="{4}" height="{4}" href="data:{5};base64,{6}"/>',
        *(f"{(whole - box) / 2:.2f}", f"{box:.2f}", GROUND),
        *(f"{(whole - side) / 2:.2f}", f"{side:.2f}", logo.media_type, data),
    )
    return drawn.replace("</svg>", f"{middle}</svg>")


def _png(url: str, logo: Picture | None) -> bytes:
    code, out = segno.make_qr(url, error=ON_PAPER, boost_error=False), BytesIO()
    code.save(out, kind="png", scale=PNG_SCALE, border=QUIET_ZONE, dark=INK, light=GROUND)
    if logo is None:
        return out.getvalue()
    with Image.open(out) as drawn, Image.open(BytesIO(bytes(logo.content))) as file:
        picture, mark = drawn.convert("RGB"), file.convert("RGBA")
    inside = code.symbol_size(scale=PNG_SCALE, border=0)[0]
    box, side = round(inside * (LOGO_SHARE + 2 * LOGO_MARGIN)), round(inside * LOGO_SHARE)
    mark = _fitted(mark, side)
    whole = picture.width
    picture.paste(GROUND, ((whole - box) // 2,) * 2 + ((whole + box) // 2,) * 2)
    picture.paste(mark, ((whole - mark.width) // 2, (whole - mark.height) // 2), mark)
    out = BytesIO()
    picture.save(out, format="png", optimize=True)
    return out.getvalue()


def _fitted(mark: Image.Image, side: int) -> Image.Image:
    scale = side / max(mark.size)
    size = (max(1, round(mark.width * scale)), max(1, round(mark.height * scale)))
    return mark.resize(size, Image.Resampling.LANCZOS)
