"""The languages that payers are offered, each by its own name, and how numbers are written in them,
for the script that writes totals as the server does.
"""

from __future__ import annotations

from datetime import date

from babel.numbers import get_decimal_symbol, get_group_symbol
from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info, to_locale

from sleek.core.money import exponent
from sleek.web.checkout import wording
from sleek.web.checkout.visitor import reader

CURRENT = mark_safe(' aria-current="true"')

register = template.Library()


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> SafeString:
    """The same page in each of the languages. Drawn here, since the engine takes ten times as long
    for so many links, and they are on every page.
    """
    spoken, parameters = get_language(), context["request"].GET.copy()
    links = []
    for code in settings.PAYER_LANGUAGES:
        parameters[reader.PARAMETER] = code
        current = CURRENT if code == spoken else ""
        links.append((parameters.urlencode(), html_language(code), current, own_name(code)))
    return format_html_join("", '<a href="?{0}" lang="{1}" hreflang="{1}"{2}>{3}</a>', links)


@register.filter
def html_language(code: str) -> str:
    """ "zh-Hans" for zh-hans."""
    return to_locale(code).replace("_", "-")


@register.filter
def own_name(code: str) -> str:
    return str(get_language_info(code)["name_local"])


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The field's input. Django draws each by a template of its own, which takes as long as the
    rest of the page.
    """
    widget, value = field.field.widget, field.value() or ""
    given = field.build_widget_attrs({"id": field.auto_id}, widget)
    attributes = flatatt(widget.build_attrs(widget.attrs, given))
    if isinstance(widget, forms.Textarea):
        return format_html(
            '<textarea name="{}"{}>\n{}</textarea>', field.html_name, attributes, value
        )
    kind = widget.input_type
    drawing = '<input type="{}" name="{}" value="{}"{}>'
    return format_html(drawing, kind, field.html_name, value, attributes)


@register.filter
def whole_day(value: date) -> str:
    """With its year, as on paper."""
    return wording.date_of(value)


@register.filter
def digits(currency: str) -> int:
    return exponent(currency)


@register.simple_tag
def number_signs() -> SafeString:
    locale = to_locale(get_language() or "en")
    group, decimal = get_group_symbol(locale), get_decimal_symbol(locale)
    return format_html('data-group="{}" data-decimal="{}"', group, decimal)
