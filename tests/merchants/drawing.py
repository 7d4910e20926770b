"""Files that people upload as pictures, honest and not."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, TiffImagePlugin


def picture(kind: str = "png", size: tuple[int, int] = (60, 40), mode: str = "RGB") -> bytes:
    return saved(Image.new(mode, size, "#2f6b4f"), kind)


def saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format=kind, **how)
    return out.getvalue()


def animation() -> bytes:
    """Red first, then blue."""
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    return saved(frames[0], "gif", save_all=True, append_images=frames[1:])


def photograph() -> bytes:
    """Stored 60 by 40 and to be turned upright; it says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right by 90 degrees
    exif[0x010E] = "PRIVATE-NOTE"
    exif.get_ifd(0x8825)[2] = tuple(TiffImagePlugin.IFDRational(n) for n in (29, 16, 8))
    return saved(Image.new("RGB", (60, 40), "#2f6b4f"), "jpeg", exif=exif)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))
