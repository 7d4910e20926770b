"""Countries, languages and currencies by their names in the languages of payers."""

from __future__ import annotations

import unicodedata
from functools import cache

from babel import Locale

from sleek.customers.rules.book import LANGUAGES

_ALSO = {
    "usa": "US", "unitedstatesofamerica": "US", "u.s.a.": "US", "u.s.": "US", "uk": "GB",
    "england": "GB", "greatbritain": "GB", "holland": "NL", "korea": "KR", "uae": "AE",
    "中国大陆": "CN", "prc": "CN", "mainlandchina": "CN", "hongkong": "HK", "香港": "HK",
    "中国香港": "HK", "macau": "MO", "macao": "MO", "澳门": "MO", "中国澳门": "MO",
    "中国台湾": "TW", "russia": "RU",
}  # fmt: skip
_MONEYS_ALSO = {
    "us$": "USD", "usdollar": "USD", "美金": "USD", "rmb": "CNY", "cnh": "CNY", "元": "CNY",
    "人民币元": "CNY", "¥": "CNY", "€": "EUR", "£": "GBP", "$": "USD", "hk$": "HKD", "港元": "HKD",
}  # fmt: skip
_TONGUES_ALSO = {"zh": "zh-hans", "中文": "zh-hans", "chinese": "zh-hans", "简体": "zh-hans",
                 "繁体": "zh-hant", "cn": "zh-hans", "zhcn": "zh-hans", "zhtw": "zh-hant",
                 "zhhk": "zh-hant", "engb": "en", "enus": "en"}  # fmt: skip


def key(text: str) -> str:
    """Full-width letters, capitals, spaces and hyphens make no difference."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if not letter.isspace() and letter not in "-_")


@cache
def countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for locale in _locales():
        for code, name in locale.territories.items():
            if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES:
                found.setdefault(key(str(name)), str(code))
                found[key(str(code))] = str(code)
    return found | _ALSO


@cache
def currencies() -> dict[str, str]:
    names = [(str(name), str(code)) for loc in _locales() for code, name in loc.currencies.items()]
    found = {key(name): code for name, code in reversed(names)}
    return found | {key(code): code for _, code in names} | _MONEYS_ALSO


@cache
def tongues() -> dict[str, str]:
    """Languages that payers' pages speak."""
    found = dict(_TONGUES_ALSO)
    for locale in _locales():
        for code in LANGUAGES:
            script = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}.get(code, code)
            found[key(str(locale.languages.get(script, code)))] = code
    return found | {key(code): code for code in LANGUAGES}


# Groups of countries, tests and the unknown.
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


def _locales() -> list[Locale]:
    names = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}
    return [Locale.parse(names.get(code, code)) for code in LANGUAGES]
