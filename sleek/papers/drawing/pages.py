"""From a sheet to its pages."""

from __future__ import annotations

import base64
import io
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
from PIL import Image

from sleek.papers.drawing import fonts, hybrid, letters
from sleek.papers.rules import Layout, Sheet

STRADDLED_PAGES = 8  # that share one seal across their edges; more of them take several seals
PREVIEW_PPI = 110
_STANDARD = "a-3b"
# Of the eight, all can be read; looking for the prettiest costs as much as a page.
_MASK = 3
_LAYOUTS = Path(__file__).parent / "layouts"


class Undrawable(Exception):
    """A letter that no font has, or a picture that is not there."""


def draw(
    sheet: Sheet, pictures: Mapping[str, bytes], attachments: Mapping[str, bytes] | None = None
) -> bytes:
    """The paper as a PDF/A-3b with its attachments. `pictures` by their public ids; `attachments`
    by the names that the sheet gives. Some 20 to 60 ms of computing a page. Raises `Undrawable`.
    """
    made = _compile(sheet, pictures, attachments or {}, format="pdf", pdf_standards=_STANDARD)
    assert isinstance(made, bytes)
    return hybrid.declared(made) if hybrid.NAME in sheet.attachments else made


def preview(sheet: Sheet, pictures: Mapping[str, bytes]) -> list[bytes]:
    """The same drawing, as a PNG for each page. Raises `Undrawable`."""
    empty = dict.fromkeys(sheet.attachments, b"")
    made = _compile(sheet, pictures, empty, format="png", ppi=PREVIEW_PPI)
    return [made] if isinstance(made, bytes) else made


def _compile(
    sheet: Sheet, pictures: Mapping[str, bytes], attachments: Mapping[str, bytes], **how: Any
) -> bytes | list[bytes]:
    # A compiler serves one thread, and making one costs next to nothing; the fonts are shared.
    compiler = typst.Compiler(
        _files(sheet, pictures, attachments),  # type: ignore[type-var]
        font_paths=fonts.fonts(),
        ignore_system_fonts=True,
    )
    try:
        made = compiler.compile(timestamp=sheet.made_at, **how)
    except typst.TypstError as error:
        raise Undrawable(error.message) from error
    assert made is not None
    return made


def _files(
    sheet: Sheet, pictures: Mapping[str, bytes], attachments: Mapping[str, bytes]
) -> dict[str, bytes]:
    files = {"main.typ": _source(Layout(sheet.layout)), "parts.typ": _source("parts")}
    files["data.json"] = json.dumps(_data(sheet), ensure_ascii=False).encode()
    if sheet.logo:
        files["logo.svg"] = _picture(_found(pictures, sheet.logo))
    if sheet.seal:
        files["seal.svg"] = _picture(_found(pictures, sheet.seal.picture))
    if sheet.pay:
        files["pay.svg"] = _code(sheet.pay.url)
    if sheet.verify:
        files["verify.svg"] = _code(sheet.verify.url)
    for name in sheet.attachments:
        files[f"{name}.json"] = json.dumps(list(_found(attachments, name))).encode()
    return files


def _data(sheet: Sheet) -> dict[str, object]:
    # What has no number was not issued: only issuing seals.
    bare = sheet if sheet.number else replace(sheet, seal=None)
    said = letters.clean(asdict(bare))
    assert isinstance(said, dict)
    types = {name: mimetypes.guess_type(name)[0] for name in sheet.attachments}
    return said | {
        "faces": fonts.faces(sheet.font),
        "straddle_pages": STRADDLED_PAGES,
        "media_types": {name: kind or "application/octet-stream" for name, kind in types.items()},
    }


@cache
def _source(name: str) -> bytes:
    return (_LAYOUTS / f"{name}.typ").read_bytes()


def _found(files: Mapping[str, bytes], name: str) -> bytes:
    try:
        return files[name]
    except KeyError:
        raise Undrawable(f"{name} is not there") from None


def _code(url: str) -> bytes:
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False, mask=_MASK).save(drawn, kind="svg", border=0, scale=4)
    return drawn.getvalue()


def _picture(content: bytes) -> bytes:
    """Within a drawing, since Typst takes no other files from memory than texts."""
    with Image.open(io.BytesIO(content)) as image:
        (width, height), kind = image.size, Image.MIME[image.format or "PNG"]
    encoded = base64.b64encode(content).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:{kind};base64,{encoded}"/></svg>'
    ).encode()
