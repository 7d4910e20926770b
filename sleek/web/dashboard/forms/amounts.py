"""Amounts as people type them, and why a text is none."""

from __future__ import annotations

import re
import unicodedata

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sleek.core.money import MAX_MINOR, Money, exponent
from sleek.web.ui.templatetags.sleek_ui import plain_money

MAX_TYPED = 20  # characters of an amount
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")
_PLAIN = re.compile(r"-?\d*\.?\d*")


def parse(typed: str, currency: str) -> Money:
    """With commas, full-width digits, spaces. Raises `InvalidAmount`."""
    return Money.parse(_plain(typed), currency)


def explain(typed: str, currency: str) -> str:
    """Why the text is no amount, in words that say what to write instead; empty when it is one that
    is only too large.
    """
    text, digits = _plain(typed), exponent(currency)
    if not _PLAIN.fullmatch(text) or not any(map(str.isdigit, text)):
        example = "1234.50" if digits else "1234"
        return _("Write the amount in digits, like %(example)s.") % {"example": example}
    if "." in text and digits == 0:
        return _("%(currency)s has no decimals. Enter a whole number.") % {"currency": currency}
    if "." in text and len(text.partition(".")[2]) > digits:
        return ngettext(
            "%(currency)s has at most %(count)s decimal.",
            "%(currency)s has at most %(count)s decimals.",
            digits,
        ) % {"currency": currency, "count": digits}
    return ""


class SeenField(forms.IntegerField):
    """What there was, in minor units, as the page was made: sent along, and never typed."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=0, max_value=MAX_MINOR, widget=forms.HiddenInput)


def seen(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def too_small(currency: str) -> str:
    least = plain_money(Money(1, currency))
    return _("The amount must be at least %(least)s.") % {"least": least}


def _plain(typed: str) -> str:
    text = unicodedata.normalize("NFKC", typed).replace(" ", "")
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text
