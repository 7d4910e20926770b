"""The browsers in which somebody is logged in: noticing each, and naming it in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from sleek.core import clock
from sleek.merchants import actions as merchants
from sleek.merchants.models import User
from sleek.web.dashboard import waiting

SEEN_EVERY = timedelta(minutes=1)  # noting each request would write as often as it reads
_KEY = "device"

# The first that fits: browsers claim to be each other, the later in this list by the earlier.
_BROWSERS = [
    ("MicroMessenger/", "WeChat"),
    ("DingTalk/", "DingTalk"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("QQBrowser/", "QQ Browser"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
_SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
]


def see(request: HttpRequest, user: User) -> None:
    """Note that this browser came by, once a minute at most."""
    key = request.session.session_key
    kept = request.session.get(_KEY, {})
    now = clock.now()
    if not key or (kept.get("key") == key and not _is_old(kept["at"], now)):
        return
    merchants.see_device(
        user,
        key,
        before=kept.get("key", ""),
        user_agent=request.headers.get("User-Agent", ""),
        address=waiting.client_address(request),
    )
    request.session[_KEY] = {"key": key, "at": now.isoformat()}


def in_words(user_agent: str) -> str:
    """`Chrome, Windows`; what says nothing we know is a browser that we do not know."""
    found = [_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)]
    return _(", ").join(name for name in found if name) or _("a browser we do not know")


def is_phone(user_agent: str) -> bool:
    return any(mark in user_agent for mark in ("iPhone", "Android", "Mobile", "HarmonyOS"))


def _first(names: list[tuple[str, str]], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")


def _is_old(seen_at: str, now: datetime) -> bool:
    return not timedelta(0) <= now - datetime.fromisoformat(seen_at) < SEEN_EVERY
