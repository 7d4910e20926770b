"""Whether two names may be the same payer's, as banks write names. Pure.

Banks cut names at 35 letters, drop accents or spell them out (Müller: Mueller, Muller), write in
Latin letters what is Cyrillic, and put the forms of companies in other words or nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

ALIKE = 88  # of 100
LEAST_LETTERS = 4  # a shorter name says too little
CUT_AT = 30  # banks cut at 35 letters or so; what is left must still begin alike

_FORMS_OF_COMPANIES = """
    ab ag aps as asa bv co company corp corporation doo eirl eood eurl fze gbr gmbh group holding
    inc incorporated international intl kft kg kk limited limitada llc llp lp ltd ltda mbh nv ohg
    ooo oy oyj plc private pt pte pty pvt sa sae sarl sas sdn bhd se sl spa srl sro trading ug
    und and the de of mr mrs ms herr frau
"""
_FORMS = frozenset(_FORMS_OF_COMPANIES.split())
_CHINESE_FORMS = re.compile(
    "股份有限公司|有限责任公司|有限公司|集团|公司|股份|有限合伙|合伙企业|个体工商户"
)
_SPELLED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "ß": "ss", "œ": "oe"}
)
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})
_CYRILLIC = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэіїє", "abvgdeziiklmnoprstufyeiie", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
    | {"ё": "e", "ь": "", "ъ": "", "ґ": "g"}
)
_WORDS = re.compile(r"[^\W_]+")


def alike(one: str, other: str) -> bool:
    """Nothing is certain about names: this is one clue among others, never enough by itself."""
    return any(_are_close(mine, theirs) for mine in _readings(one) for theirs in _readings(other))


@lru_cache(maxsize=4096)
def _readings(name: str) -> frozenset[str]:
    """The name's own words in small letters, in each way a bank may spell them."""
    plain = unicodedata.normalize("NFKC", name).lower().translate(_CYRILLIC)
    plain = _CHINESE_FORMS.sub(" ", plain)
    spellings = (plain.translate(_SPELLED), _without_accents(plain.translate(_PLAIN)))
    readings = {" ".join(_own_words(spelling)) for spelling in spellings}
    return frozenset(r for r in readings if len(r) >= LEAST_LETTERS or _is_chinese(r))


def _own_words(text: str) -> list[str]:
    # "G.m.b.H." and "S. A." are read as one word each.
    joined = re.sub(r"\b(\w)\.\s?(?=\w\b)", r"\1", text)
    words = _WORDS.findall(joined)
    return [word for word in words if word not in _FORMS] or words


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _is_chinese(text: str) -> bool:
    return len(text) >= 2 and "\u4e00" <= text[0] <= "\u9fff"


def _are_close(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) >= CUT_AT and long.startswith(short):
        return True
    if _is_chinese(short):
        return short in long or fuzz.ratio(short, long) >= ALIKE
    if fuzz.token_sort_ratio(one, other) >= ALIKE:
        return True
    # All words of the shorter are in the longer, and they are more than one.
    words = set(short.split())
    return len(words) > 1 and words <= set(long.split())
