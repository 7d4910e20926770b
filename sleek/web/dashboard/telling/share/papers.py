"""Papers to print and pictures to post: a code alone, a poster, a sheet of stickers.

Drawn by Typst. All words reach the drawing as JSON values, never as markup, so nobody's text can
become an instruction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import cast

import pylopdf_fonts_zh_cn
import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sleek.links.models import PaymentLink, Sticker
from sleek.merchants.models import Brand
from sleek.merchants.rules import reads_on
from sleek.web.dashboard.telling.share import codes
from sleek.web.dashboard.telling.share.messages import asked
from sleek.web.ui.templatetags.sleek_ui import plain_money

PER_SHEET = {1: (1, 1), 4: (2, 2), 8: (2, 4), 24: (4, 6)}  # stickers on an A4 page: columns, rows
MAX_STICKERS = 500  # of one file
_FOLDER = Path(__file__).parents[2] / "templates/dashboard/papers"
_PIXELS_AN_INCH = 254  # of a picture: 10 a millimetre
# Width and height in millimetres.
_PAPERS = {"code": (105, 148), "poster": (210, 297), "picture": (108, 144)}


def code(link: PaymentLink) -> bytes:
    """The code on an A6 page, with what it is for in small print. PDF."""
    return _draw("poster", _poster(link, "code") | {"is_plain": True}, "pdf")


def poster(link: PaymentLink, kind: str) -> bytes:
    """`pdf` on A4, `png` for chats and social networks."""
    return _draw("poster", _poster(link, "poster" if kind == "pdf" else "picture"), kind)


def sheet(brand: Brand, stickers: Sequence[Sticker], per_page: int) -> bytes:
    """Stickers on A4 with marks to cut along. PDF."""
    columns, rows = PER_SHEET[per_page]
    data = _face(brand) | {
        "columns": columns,
        "rows": rows,
        "stickers": [
            {
                "label": sticker.label,
                "code": codes.paper_drawing(codes.sticker_address(sticker), brand.logo),
            }
            for sticker in stickers
        ],
    }
    return _draw("stickers", data, "pdf")


def _poster(link: PaymentLink, paper: str) -> dict[str, object]:
    width, height = _PAPERS[paper]
    amount, url = asked(link), codes.address(link)
    return _face(link.brand) | {
        "width": width,
        "height": height,
        "reason": link.reason,
        "amount": plain_money(amount) if amount else "",
        "code": codes.paper_drawing(url, link.brand.logo),
        "address": url.partition("://")[2].rstrip("/"),
        "is_plain": False,
    }


def _face(brand: Brand) -> dict[str, object]:
    words = [_("Scan to pay")]
    if get_language() != "en":
        words.append("Scan to pay")  # buyers abroad read the paper, too
    return {
        "language": (get_language() or "en").partition("-")[0],
        "payee": brand.display_name,
        "accent": brand.accent_color,
        "on_accent": reads_on(brand.accent_color),
        "scan": words,
    }


def _draw(name: str, data: dict[str, object], kind: str) -> bytes:
    compiler = typst.Compiler(
        _FOLDER / f"{name}.typ", root=_FOLDER, font_paths=_fonts(), ignore_system_fonts=True
    )
    drawn = compiler.compile(
        format=cast(object, kind),  # type: ignore[arg-type]  # "pdf" or "png"
        ppi=_PIXELS_AN_INCH,
        sys_inputs={"data": json.dumps(data)},
    )
    return cast(bytes, drawn)


@cache
def _fonts() -> typst.Fonts:
    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    return typst.Fonts(include_system_fonts=True, font_paths=[folder])
