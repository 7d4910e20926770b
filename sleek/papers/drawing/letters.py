"""What of a text can stand on paper."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict

from sleek.papers.drawing import fonts
from sleek.papers.rules import Sheet

# Letters that steer rather than say something. Overrides of the direction could let an amount read
# backwards; the others have no shape, or none that two readers agree on.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_ODD_SPACES = re.compile("[\t\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]")
_UNSEEN = {"Cf", "Cc", "Zs"}
# Unicode's Default_Ignorable_Code_Point: fillers, choices among a letter's variants, places kept
# free. No face need have them, and none of them is drawn.
_SHAPELESS = (
    range(0x034F, 0x0350),
    range(0x115F, 0x1161),
    range(0x17B4, 0x17B6),
    range(0x180B, 0x1810),
    range(0x2065, 0x2066),
    range(0x3164, 0x3165),
    range(0xFE00, 0xFE10),
    range(0xFFA0, 0xFFA1),
    range(0xFFF0, 0xFFF9),
    range(0xE0000, 0xE1000),
)


def clean(value: object) -> object:
    """The same, without what steers, in all texts of a JSON value."""
    if isinstance(value, str):
        return _STEERING.sub("", _ODD_SPACES.sub(" ", value.replace("\r\n", "\n")))
    if isinstance(value, dict):
        return {key: clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [clean(each) for each in value]
    return value


def missing_letters(sheet: Sheet) -> str:
    """Those of the sheet's letters that no font here has, each once, in their order there. A sheet
    with any of them cannot be drawn.
    """
    seen = dict.fromkeys("".join(_texts(clean(asdict(sheet)))))
    wanted = {letter for letter in seen if _is_seen(letter)}
    lacking = fonts.lacking(wanted)
    lacking -= {letter for letter in lacking if not fonts.lacking({_twin(letter)}, of_ours=True)}
    return "".join(letter for letter in seen if letter in lacking)


def _twin(letter: str) -> str:
    """The letter that is the same to Unicode and is drawn in its face where no face has this one:
    most ideographs that are there for the sake of older character sets have one.
    """
    twin = unicodedata.normalize("NFC", letter)
    return twin if len(twin) == 1 else letter


def _is_seen(letter: str) -> bool:
    is_shapeless = any(ord(letter) in letters for letters in _SHAPELESS)
    return unicodedata.category(letter) not in _UNSEEN and not is_shapeless


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
