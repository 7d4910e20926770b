"""The words by which a reader of a paper proves to hold it."""

from __future__ import annotations

import re

CODE_LENGTH = 12
_GROUP = 4
_ALIKE = str.maketrans("OIL", "011")
_CODE = re.compile(rf"[0-9A-HJKMNP-TV-Z]{{{CODE_LENGTH}}}")


def shown(code: str) -> str:
    """In groups, as people read it aloud: `K7QX-3M9R-T2WB`."""
    return "-".join(code[place : place + _GROUP] for place in range(0, len(code), _GROUP))


def plain(typed: str) -> str:
    """What somebody copied from paper, as we keep it; empty if it is no code."""
    code = re.sub(r"[\s\-–—]", "", typed[:80]).upper().translate(_ALIKE)
    return code if _CODE.fullmatch(code) else ""
