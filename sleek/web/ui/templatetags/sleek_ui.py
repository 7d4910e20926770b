"""What every template may use: icons, money, moments, statuses, entries of a menu.

Numbers and dates follow the reader's language; moments are told in the current time zone, which is
the merchant's inside the back office.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import format_percent
from django import template
from django.conf import settings
from django.db.models import Model
from django.template.base import VariableDoesNotExist
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale

from sleek.core import amounts
from sleek.core.amounts import NO_BREAK
from sleek.core.money import Money
from sleek.web.ui import words

register = template.Library()


# Word, shape and colour: the word stands in `words`, these are the other two.
STATUS_LOOKS: dict[str, tuple[str, str]] = {
    "active": ("open", "circle-dot"),
    "archived": ("", "archive"),
    "canceled": ("", "ban"),
    "draft": ("", "pencil"),
    "expired": ("", "clock-off"),
    "failed": ("bad", "circle-x"),
    "ignored": ("", "circle-minus"),
    "in_review": ("wait", "eye"),
    "matched": ("good", "circle-check"),
    "open": ("wait", "circle-dot"),
    "paid": ("good", "circle-check"),
    "partly_refunded": ("", "arrow-back-up"),
    "paused": ("", "player-pause"),
    "pending": ("wait", "clock"),
    "processing": ("wait", "loader-2"),
    "queued": ("wait", "clock"),
    "refunded": ("", "arrow-back-up"),
    "refunding": ("wait", "arrow-back-up"),
    "held": ("wait", "lock"),
    "released": ("good", "lock-open"),
    "returned": ("", "arrow-back-up"),
    "requires_action": ("wait", "hand-finger"),
    "sent": ("good", "circle-check"),
    "started": ("wait", "player-play"),
    "succeeded": ("good", "circle-check"),
    "uncollectible": ("", "file-off"),
    "unknown": ("wait", "help-circle"),
    "used_up": ("good", "circle-check"),
    "void": ("bad", "ban"),
}
NEUTRAL_LOOK = ("", "circle")


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of Tabler's outline icons, inlined; it decorates, so words must stand beside it."""
    return _drawing(name)


@register.filter
def money(value: Money) -> SafeString:
    """`1,234.50 USD`, the currency set small beside the amount."""
    return format_html(
        '<span class="money">{}<span class="money-currency">{}</span></span>',
        amount(value),
        NO_BREAK + value.currency,
    )


@register.filter
def plain_money(value: Money) -> str:
    """`1,234.50 USD` as text alone: for titles, attributes, mails and files."""
    return amounts.plain_money(value)


@register.filter
def amount(value: Money) -> str:
    """`1,234.50`, where the currency stands elsewhere."""
    return amounts.amount(value)


@register.filter
def percent(value: float | None) -> str:
    """`98.5%`; nothing where there is nothing to say."""
    return "" if value is None else format_percent(value, format="#,##0.#%", locale=_locale())


@register.filter
def moment(value: datetime | None) -> SafeString:
    """Day and minute, short; the full moment with its zone is in the tooltip."""
    if value is None:
        return SafeString("")
    return _time(timezone.localtime(value), plain_moment(value))


@register.filter
def plain_moment(value: datetime) -> str:
    """Day and minute as text alone."""
    local = timezone.localtime(value)
    return f"{_day(local.date())} {format_time(local, 'HH:mm', locale=_locale())}"


@register.filter
def day(value: date | datetime | None) -> SafeString:
    if value is None:
        return SafeString("")
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return _time(local, _day(local.date()))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), _day(value))


@register.filter
def plain_day(value: date) -> str:
    """The day as text alone."""
    return _day(value)


@register.filter
def month(value: date) -> str:
    """The month with its year as text alone."""
    return format_skeleton("yMMM", value, locale=_locale())


@register.filter
def weekday(value: date) -> str:
    return format_date(value, "EEEE", locale=_locale())


@register.filter
def weekday_and_day(value: date) -> str:
    """A whole date with its weekday, for the head of a page."""
    return format_date(value, "full", locale=_locale())


@register.inclusion_tag("ui/components/status.html")
def status(subject: Model, state: str = "") -> dict[str, object]:
    """The status of a payment, attempt, refund or link, or a state derived from it."""
    key = state or str(getattr(subject, "status"))  # noqa: B009 - any model with a status
    tone, shape = STATUS_LOOKS.get(key, NEUTRAL_LOOK)
    word = words.status(str(subject._meta.model_name), key)
    return {"tone": tone, "icon": shape, "word": word}


@register.filter
def channel(key: str) -> str:
    return words.channel(key)


@register.filter
def method(key: str) -> str:
    return words.method(key)


@register.inclusion_tag("ui/components/nav_entry.html", takes_context=True)
def nav_entry(context: Context, url_name: str, icon: str, word: str) -> dict[str, object]:
    """One entry of the sidebar, current on every page below its address. How many things wait there
    stands in `request.waiting`, by the entry's name.
    """
    try:
        url = reverse(url_name)
    except NoReverseMatch:
        return {}
    request = context.get("request")
    here = getattr(request, "path", "")
    waiting: dict[str, int] = getattr(request, "waiting", {})
    return {
        "url": url,
        "url_name": url_name,
        "icon": icon,
        "word": word,
        "count": waiting.get(url_name, 0),
        "is_current": f"{here}/".startswith(f"{url}/"),
    }


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """The page's query with some keys changed (None removes): `?{% query page=2 %}`."""
    try:
        params = context["request"].GET.copy()
    except (KeyError, VariableDoesNotExist):
        return ""
    for key, value in changes.items():
        params.pop(key, None)
        if value is not None and value != "":
            params[key] = str(value)
    return str(params.urlencode())


def _locale() -> str:
    return to_locale(get_language() or settings.LANGUAGE_CODE)


def _day(value: date) -> str:
    """The year only when it is not this one."""
    this_year = value.year == timezone.localdate().year
    patterns = {"zh": ("M月d日", "y年M月d日"), "en": ("d MMM", "d MMM y")}
    if _locale()[:2] not in patterns:
        return format_skeleton("MMMd" if this_year else "yMMMd", value, locale=_locale())
    short, full = patterns[_locale()[:2]]
    return format_date(value, short if this_year else full, locale=_locale())


def _time(local: datetime, text: str) -> SafeString:
    full = format_datetime(local, "full", tzinfo=local.tzinfo, locale=_locale())
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), full, text
    )


@cache
def _drawing(name: str) -> SafeString:
    path = Path(settings.NODE_MODULES, "@tabler/icons/icons/outline", f"{name}.svg")
    drawing = re.sub(r"<!--.*?-->", "", path.read_text(), flags=re.DOTALL)
    inside = re.sub(r"^\s*<svg[^>]*>|\s*\n\s*|</svg>\s*$", "", drawing)
    return mark_safe(
        '<svg class="icon" aria-hidden="true" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        f' stroke-linecap="round" stroke-linejoin="round">{inside}</svg>'
    )
