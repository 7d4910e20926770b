"""What a merchant tells about itself: a short form at set-up, and all of it in the settings."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.numbers import get_currency_name
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from sleek.core import clock
from sleek.merchants import rules
from sleek.merchants.actions import DETAILS, Profile
from sleek.merchants.models import Merchant
from sleek.web.dashboard.forms.dress import dress

# What small exporters are paid in, the commonest first. The channels decide what can be paid.
# fmt: off
CURRENCIES = [
    "USD", "EUR", "CNY", "GBP", "HKD", "JPY", "AUD", "CAD", "SGD", "CHF",
    "NZD", "KRW", "TWD", "THB", "MYR", "IDR", "VND", "PHP", "INR", "AED",
    "SAR", "BRL", "MXN", "ZAR", "SEK", "NOK", "DKK", "PLN", "TRY",
]
# fmt: on
# Codes of babel for groups of countries, for tests and for the unknown.
NOT_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
COUNTRIES_FIRST = ["CN", "HK", "TW", "MO", "SG"]
ZONES_FIRST = [
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Singapore",
    "Europe/London",
    "America/New_York",
]


class SetUpForm(forms.Form):
    """What a link and a payment need, and no more."""

    name = forms.CharField(
        label=_("Display name"),
        max_length=120,
        help_text=_("What payers read at the top of your payment page."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    legal_name = forms.CharField(
        label=_("Legal name"),
        max_length=200,
        required=False,
        help_text=_("As registered. It prints on receipts."),
    )
    country = forms.ChoiceField(label=_("Country or region"))
    default_currency = forms.ChoiceField(
        label=_("Default currency"),
        help_text=_("New links start with it. Each link may use another."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Your days begin and end by it, in figures and reports.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    accent_color = forms.CharField(
        label=_("Brand colour"),
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("The colour of the button on your payment page."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("country", countries(_locale()))
        self._choices("default_currency", currencies(_locale()))
        self._choices("time_zone", zones())
        dress(self)

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_accent_color(self) -> str:
        color = str(self.cleaned_data["accent_color"]).lower()
        if not rules.is_color(color):
            raise ValidationError(_("A colour looks like #0f5c73."))
        return color

    def profile(self) -> Profile:
        values = self.cleaned_data
        details = {name: values[name] for name in DETAILS if name in values}
        plain = {name: value for name, value in values.items() if name not in details}
        return Profile(**plain, details=details)

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class SettingsForm(SetUpForm):
    accent_color = None  # type: ignore[assignment]  # the brands' own; so Django drops a field
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=24,  # people group the digits with spaces
        required=False,
        help_text=_("18 characters, for businesses in mainland China."),
    )
    tax_number = forms.CharField(label=_("Tax number"), max_length=40, required=False)
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    saves_methods = forms.BooleanField(
        label=_("Payers may save their card"),
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
        help_text=_(
            "Whoever ticks the box on your payment page pays with one press the next time. "
            "Switched off, no card is saved or charged; those that were saved are offered again "
            "once you switch it on."
        ),
    )
    font = forms.ChoiceField(
        label=_("Font of documents"),
        choices=[("sans", _("Sans serif")), ("serif", _("Serif"))],
        required=False,
        initial="sans",
        widget=forms.RadioSelect({"class": "form-check-input"}),
        help_text=_("For receipts and bills."),
    )

    def clean_credit_code(self) -> str:
        text = str(self.cleaned_data["credit_code"])
        try:
            return rules.credit_code(text) if text else ""
        except rules.Malformed:
            raise ValidationError(
                _(
                    "This is not a valid unified social credit code. "
                    "Compare it with your business licence."
                )
            ) from None

    def clean_tax_number(self) -> str:
        text = str(self.cleaned_data["tax_number"])
        try:
            return rules.tax_number(self._country, text) if text else ""
        except rules.NotATaxNumber as refusal:
            words = {
                "kinds": " / ".join(kind.name for kind in refusal.kinds),
                "example": refusal.kinds[0].example,
            }
            said = _("This is not a valid %(kinds)s. It looks like %(example)s.")
            raise ValidationError(said % words) from None

    def clean_phone(self) -> str:
        text = str(self.cleaned_data["phone"])
        try:
            return rules.phone(self._country, text) if text else ""
        except rules.NotAPhone:
            words = {"example": rules.phone_example(self._country)}
            said = _(
                "Nobody can be called by this number. It looks like %(example)s; a number of "
                "another country begins with + and its code. Leave extensions out."
            )
            raise ValidationError(said % words) from None

    def clean_font(self) -> str:
        return str(self.cleaned_data["font"] or self.initial["font"])

    @property
    def _country(self) -> str:
        """Cleaned before the fields that depend on it; empty when it was refused itself."""
        return str(self.cleaned_data.get("country", ""))


def initial_of(merchant: Merchant) -> dict[str, object]:
    shown: dict[str, object] = {
        name: str(getattr(merchant, name, "")) for name in SettingsForm.base_fields
    }
    shown["saves_methods"] = merchant.saves_methods
    return shown | {"phone": rules.phone_shown(merchant.country, merchant.phone)}


@cache
def countries(locale: str) -> list[tuple[str, str]]:
    territories = Locale.parse(locale).territories.items()
    names = {str(code): name for code, name in territories if str(code).isalpha()}
    real = {code for code in names if len(code) == 2} - NOT_COUNTRIES
    rest = sorted(real - set(COUNTRIES_FIRST), key=lambda code: names[code])
    return [(code, names[code]) for code in [*COUNTRIES_FIRST, *rest]]


@cache
def currencies(locale: str) -> list[tuple[str, str]]:
    return [(code, f"{code} · {get_currency_name(code, locale=locale)}") for code in CURRENCIES]


def zones() -> list[tuple[str, str]]:
    """By offset of today, since that is how people look for theirs."""
    now = clock.now()
    rest = sorted((_offset(name, now), name) for name in _places() if name not in ZONES_FIRST)
    ordered = [(_offset(name, now), name) for name in ZONES_FIRST] + rest
    return [(name, f"{name.replace('_', ' ')} (UTC{_hours(offset)})") for offset, name in ordered]


_CONTINENTS = {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}


@cache
def _places() -> list[str]:
    """Python opens the file of each zone to list them."""
    return [name for name in available_timezones() if name.split("/")[0] in _CONTINENTS]


def _offset(zone: str, now: datetime) -> timedelta:
    return now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


def _hours(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    sign = "+" if minutes >= 0 else "\N{MINUS SIGN}"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _locale() -> str:
    return to_locale(get_language() or settings.LANGUAGE_CODE)
