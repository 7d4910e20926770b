"""The payer's language and likely currency, from what the browser says.

A choice made here and now goes first, then the one remembered, then the browser's wishes; a payer
whose languages we do not speak reads English, whatever the back office speaks.
"""

from __future__ import annotations

from babel import Locale, UnknownLocaleError
from babel.numbers import get_territory_currencies
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

FALLBACK = "en"
PARAMETER = "lang"
# Languages that one country speaks for; English or Arabic alone say nothing about a currency.
_ONE_COUNTRY = {"zh": "CN", "ja": "JP", "ko": "KR", "th": "TH", "vi": "VN", "pl": "PL", "tr": "TR"}


def chosen_language(request: HttpRequest) -> str:
    """What the address asks for, if we speak it."""
    wish = request.GET.get(PARAMETER, "")
    return wish if wish in dict(settings.LANGUAGES) else ""


def language(request: HttpRequest) -> str:
    remembered = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    for wish in filter(None, (chosen_language(request), remembered, *_wishes(request))):
        try:
            return get_supported_language_variant(wish)
        except (LookupError, ValueError):
            continue
    return FALLBACK


def currency(request: HttpRequest) -> str:
    """What the payer likely counts in: that of the first region which the browser names, if any."""
    for wish in _wishes(request):
        territory = _territory(wish)
        if territory:
            current = get_territory_currencies(territory)
            return current[0] if current else ""
    return ""


def _wishes(request: HttpRequest) -> list[str]:
    header = request.headers.get("Accept-Language", "")
    return [wish for wish, _weight in parse_accept_lang_header(header) if wish != "*"]


def _territory(wish: str) -> str:
    """ "GB" for en-GB, "CN" for zh, nothing for en."""
    try:
        locale = Locale.parse(wish, sep="-")
    except (UnknownLocaleError, ValueError):
        return ""
    return locale.territory or _ONE_COUNTRY.get(locale.language, "")
