"""The faces that papers are set in, and which letters they have.

Noto Sans SC and Noto Serif SC come by pip and have all of GB 18030 but most of the rarest
ideographs (extension B and later). Other scripts come by npm, as many as are installed; then what
the machine has. Typst's own faces are left out, since nobody could say what is in them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings

LEADING = {
    "sans": ("Noto Sans SC", "Noto Serif SC"),
    "serif": ("Noto Serif SC", "Noto Sans SC"),
}
_UNICODE = {(3, 10), (0, 4), (0, 6)}  # platform and encoding of tables that hold all planes
_BASIC = {(3, 1), (0, 3)}


@cache
def fonts() -> typst.Fonts:
    """Found once per process; reading the folders anew costs more than a page."""
    return typst.Fonts(
        include_system_fonts=True, include_embedded_fonts=False, font_paths=list(_folders())
    )


def _folders() -> Iterator[Path]:
    yield Path(pylopdf_fonts_zh_cn.__file__).parent
    yield from sorted(settings.NODE_MODULES.glob("@expo-google-fonts/*/400Regular"))


@cache
def faces(font: str) -> tuple[str, ...]:
    """The families in the order in which a letter is looked for. What the machine has beside them
    is found by Typst itself.
    """
    brought = {
        face.family
        for face in fonts().fonts()
        if face.path and Path(face.path).parent in set(_folders())
    }
    leading = LEADING[font]
    return (*leading, *sorted(brought - set(leading)))


def lacking(letters: set[str], *, of_ours: bool = False) -> set[str]:
    """Those that no face has, or none of ours. The machine's own are opened only for what ours do
    not have.
    """
    rest = {ord(letter) for letter in letters}
    folders = {str(folder) for folder in _folders()}
    for path, index in _files():
        if not rest or (of_ours and str(Path(path).parent) not in folders):
            break
        rest -= _coverage(path, index)
    return {chr(code) for code in rest}


@cache
def _files() -> tuple[tuple[str, int], ...]:
    ours = [str(folder) for folder in _folders()]

    def rank(file: tuple[str, int]) -> int:
        folder = str(Path(file[0]).parent)
        return ours.index(folder) if folder in ours else len(ours)

    found = {(face.path, face.index) for face in fonts().fonts() if face.path}
    return tuple(sorted(found, key=lambda file: (rank(file), file)))


@cache
def _coverage(path: str, index: int) -> frozenset[int]:
    """The code points of a face, by its `cmap`; none where we cannot read it."""
    try:
        return frozenset(_code_points(Path(path).read_bytes(), index))
    except (OSError, struct.error, IndexError):
        return frozenset()


def _code_points(content: bytes, index: int) -> Iterator[int]:
    start = 0
    if content[:4] == b"ttcf":
        (start,) = struct.unpack_from(">I", content, 12 + 4 * index)
    (count,) = struct.unpack_from(">H", content, start + 4)
    records = (struct.unpack_from(">4s4xI4x", content, start + 12 + 16 * n) for n in range(count))
    at = dict(records).get(b"cmap")
    if at is None:
        return
    (count,) = struct.unpack_from(">H", content, at + 2)
    tables = [struct.unpack_from(">HHI", content, at + 4 + 8 * n) for n in range(count)]
    chosen = {(platform, encoding): at + offset for platform, encoding, offset in tables}
    for keys, read in ((_UNICODE, _segments_of_all_planes), (_BASIC, _segments_of_the_first)):
        for key in sorted(keys & chosen.keys(), reverse=True):
            yield from read(content, chosen[key])
            return


def _segments_of_all_planes(content: bytes, at: int) -> Iterator[int]:
    """Format 12; any other has nothing to say here."""
    layout, count = struct.unpack_from(">H10xI", content, at)
    for n in range(count if layout == 12 else 0):
        first, last = struct.unpack_from(">II4x", content, at + 16 + 12 * n)
        yield from range(first, last + 1)


def _segments_of_the_first(content: bytes, at: int) -> Iterator[int]:
    """Format 4. A code within a segment may still have no glyph of its own."""
    layout, double = struct.unpack_from(">H4xH", content, at)
    if layout != 4:
        return
    count = double // 2
    ends = struct.unpack_from(f">{count}H", content, at + 14)
    starts, deltas, offsets = (
        struct.unpack_from(f">{count}H", content, at + 16 + double * part) for part in (1, 2, 3)
    )
    for n, (first, last) in enumerate(zip(starts, ends, strict=True)):
        here = at + 16 + 3 * double + 2 * n
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = (
                code + deltas[n]
                if not offsets[n]
                else _glyph(content, here, offsets[n], code - first)
            )
            if glyph % 0x10000:
                yield code


def _glyph(content: bytes, here: int, offset: int, place: int) -> int:
    (glyph,) = struct.unpack_from(">H", content, here + offset + 2 * place)
    return int(glyph)
