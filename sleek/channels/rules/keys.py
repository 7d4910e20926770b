"""Keys as people paste them: with line breaks lost, doubled or written out. Pure."""

from __future__ import annotations

import re

LINE = 64  # characters of base64, as PEM has them
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)


def tidy(text: str) -> str:
    """The same key in good form. What has another form is left alone but for its edges."""
    text = text.replace("\\r", "").replace("\\n", "\n").strip().strip("\"'")
    blocks = _BLOCK.findall(text)
    if any(":" in body for _, body in blocks):
        return text  # headers of an encrypted key must keep their lines
    if blocks:
        return "\n".join(_pem(kind, "".join(body.split())) for kind, body in blocks) + "\n"
    bare = "".join(text.split())
    return bare if re.fullmatch(r"[A-Za-z0-9+/=_-]+", bare) else text


def _pem(kind: str, body: str) -> str:
    lines = [body[start : start + LINE] for start in range(0, len(body), LINE)]
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"])
