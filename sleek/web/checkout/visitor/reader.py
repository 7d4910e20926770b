"""The payer's language, likely country and currency, from what the browser says.

A choice made here and now goes first, then the one remembered, then the browser's wishes; a payer
whose languages we do not speak reads English. Payers are spoken to in more languages than the back
office, so they choose, and are remembered, apart from it.
"""

from __future__ import annotations

from babel import Locale, UnknownLocaleError
from babel.numbers import get_territory_currencies
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from sleek.web.ui import cookies

FALLBACK = "en"
PARAMETER = "lang"
# Languages that one country speaks for; English or Arabic alone say nothing about a currency.
_ONE_COUNTRY = {"zh": "CN", "ja": "JP", "ko": "KR", "th": "TH", "vi": "VN", "pl": "PL", "tr": "TR"}
_TRADITIONAL = ("zh-tw", "zh-hk", "zh-mo", "zh-hant")


def chosen_language(request: HttpRequest) -> str:
    """What the address asks for, if we speak it."""
    wish = request.GET.get(PARAMETER, "")
    return wish if wish in settings.PAYER_LANGUAGES else ""


def language(request: HttpRequest) -> str:
    remembered = (cookies.payer_language(request), cookies.language(request))
    for wish in (chosen_language(request), *remembered, *_wishes(request)):
        spoken = _spoken(wish.lower())
        if spoken:
            return spoken
    return FALLBACK


def currency(request: HttpRequest) -> str:
    """What the payer likely counts in: that of the first region which the browser names, if any."""
    territory = country(request)
    current = get_territory_currencies(territory) if territory else []
    return current[0] if current else ""


def country(request: HttpRequest) -> str:
    """The first that the browser names or means, if any. Travellers prove it wrong."""
    return next(filter(None, map(_territory, _wishes(request))), "")


def _spoken(wish: str) -> str:
    """Which of our languages somebody who wishes this one reads: "pt" for pt-BR, nothing for ko."""
    if wish.startswith("zh"):
        return "zh-hant" if wish.startswith(_TRADITIONAL) else "zh-hans"
    name = wish.partition("-")[0]
    return name if name in settings.PAYER_LANGUAGES else ""


def _wishes(request: HttpRequest) -> list[str]:
    header = request.headers.get("Accept-Language", "")
    return [wish for wish, _weight in parse_accept_lang_header(header) if wish != "*"]


def _territory(wish: str) -> str:
    """ "GB" for en-GB, "CN" for zh, nothing for en or es-419."""
    try:
        locale = Locale.parse(wish, sep="-")
    except (UnknownLocaleError, ValueError):
        return ""
    territory = locale.territory or _ONE_COUNTRY.get(locale.language, "")
    return territory if territory.isalpha() else ""
