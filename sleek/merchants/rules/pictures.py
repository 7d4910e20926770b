"""Reading pictures that people upload, and writing them anew.

What we keep is drawn by us from the pixels alone, so whatever else a file carries (a script behind
the picture, where it was taken, a second file) is gone. Only the four raster formats below are ever
handed to a decoder, and a picture's size is looked at before its pixels are.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageChops, ImageMath, ImageOps

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
LOGO_SIDE = 400  # pixels of the longer side, at most
PHOTO_SIDE = 1200
PAPER_SIDE = 2000
STAMP_SIDE = 500
_PAPER_NOISE = 40  # of 255: what is lighter on a scan of a stamp is the paper
_PHOTO_QUALITY = 82
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
# What decoders raise on files that lie: Pillow has no single type for it.
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    struct.error,
    zlib.error,
)


class PictureFlaw(StrEnum):
    """Why a file is not taken as a picture."""

    TOO_HEAVY = "too_heavy"
    TOO_LARGE = "too_large"
    VECTOR = "vector"
    PHONE_FORMAT = "phone_format"
    UNREADABLE = "unreadable"
    EMPTY = "empty"  # nothing can be seen on it


class Unusable(Exception):
    """The file is not taken; `flaw` says why."""

    def __init__(self, flaw: PictureFlaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as we wrote it."""

    content: bytes
    media_type: str
    width: int
    height: int


def logo(content: bytes) -> Drawn:
    """With its transparency, sharp at every edge. Raises `Unusable`."""
    image = _read(content)
    image.thumbnail((LOGO_SIDE, LOGO_SIDE), Image.Resampling.LANCZOS)
    return _write(image, "png", optimize=True)


def photo(content: bytes) -> Drawn:
    """For a page on a phone. Raises `Unusable`."""
    image = _read(content)
    image.thumbnail((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.LANCZOS)
    return _write(image, "webp", quality=_PHOTO_QUALITY, method=4)


def paper(content: bytes) -> Drawn:
    """A photo of a document, on which small print can be read. Raises `Unusable`."""
    image = _read(content)
    image.thumbnail((PAPER_SIDE, PAPER_SIDE), Image.Resampling.LANCZOS)
    return _write(image, "webp", quality=_PHOTO_QUALITY, method=4)


def stamp(content: bytes) -> Drawn:
    """A seal, to be printed over words: as it is, without clear edges. Raises `Unusable`."""
    return _write_stamp(_read(content).convert("RGBA"))


def stamp_on_white(content: bytes) -> Drawn:
    """A seal from a scan: the paper becomes clear and the ink keeps its colour, so that words below
    it can be read. Raises `Unusable`.
    """
    image = _read(content)
    if image.mode == "RGBA":
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image)
        image = ground.convert("RGB")
    image.thumbnail((STAMP_SIDE, STAMP_SIDE), Image.Resampling.LANCZOS)
    return _write_stamp(_inked(image))


def _inked(image: Image.Image) -> Image.Image:
    """Each point as ink of full colour on clear ground that, on white, looks as it did."""
    darkness = [ImageChops.invert(band) for band in image.split()]
    ink = ImageChops.lighter(ImageChops.lighter(darkness[0], darkness[1]), darkness[2])
    alpha = ink.point(
        [max(0, (v - _PAPER_NOISE) * 255 // (255 - _PAPER_NOISE)) for v in range(256)]
    )
    bands = [
        ImageMath.lambda_eval(
            lambda given: given["convert"](
                255 - given["dark"] * 255 / given["max"](given["ink"], 1), "L"
            ),
            dark=dark,
            ink=ink,
        )
        for dark in darkness
    ]
    return Image.merge("RGBA", (*bands, alpha))


def _write_stamp(image: Image.Image) -> Drawn:
    """Cut to what is seen of it, so that its width on paper is the seal's own."""
    seen = image.getchannel("A").point([0] * 8 + [255] * 248).getbbox()
    if seen is None:
        raise Unusable(PictureFlaw.EMPTY)
    cut = image.crop(seen)
    cut.thumbnail((STAMP_SIDE, STAMP_SIDE), Image.Resampling.LANCZOS)
    return _write(cut, "png", optimize=True)


def _read(content: bytes) -> Image.Image:
    """The pixels, upright, of the first frame, on an image that never saw the file."""
    flaw = _flaw_at_sight(content)
    if flaw:
        raise Unusable(flaw)
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures; our own, smaller, limit refuses them below.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=_FORMATS) as file:
                if file.width * file.height > MAX_PIXELS:
                    raise Unusable(PictureFlaw.TOO_LARGE)
                file.seek(0)
                upright = ImageOps.exif_transpose(file)
                has_alpha = "A" in upright.mode or "transparency" in upright.info
                pixels = upright.convert("RGBA" if has_alpha else "RGB")
    except Image.DecompressionBombError as error:
        raise Unusable(PictureFlaw.TOO_LARGE) from error
    except _BROKEN as error:
        raise Unusable(PictureFlaw.UNREADABLE) from error
    fresh = Image.new(pixels.mode, pixels.size)
    fresh.paste(pixels)
    return fresh


def _flaw_at_sight(content: bytes) -> PictureFlaw | None:
    head = content[:1024]
    if len(content) > MAX_BYTES:
        return PictureFlaw.TOO_HEAVY
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return PictureFlaw.PHONE_FORMAT
    if b"<svg" in head.lower() or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        return PictureFlaw.VECTOR
    return None


def _write(image: Image.Image, kind: str, **how: object) -> Drawn:
    out = io.BytesIO()
    image.save(out, format=kind, **how)
    return Drawn(out.getvalue(), f"image/{kind}", image.width, image.height)
