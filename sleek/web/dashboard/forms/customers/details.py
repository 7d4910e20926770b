"""Entering a customer. What is right is decided by `customers.rules`, for tables as well."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from sleek.customers.models import Customer
from sleek.customers.rules import LETTERS, METHODS, Details, Unfit, read_customer
from sleek.merchants import rules as merchants
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.forms.merchant import countries, currencies
from sleek.web.dashboard.telling import customers as telling
from sleek.web.dashboard.telling.share.messages import languages
from sleek.web.ui import words

_FREE = {"autocomplete": "off"}
_HELP: dict[str, Promise] = {
    "name": _("In full, as registered: it prints on bills. For a person, the whole name."),
    "contact": _("Whom your letters greet."),
    "email": _("Bills and receipts go there."),
    "phone": _("A number of the customer's country, or one that begins with + and its code."),
    "country": _("Phone and tax number are checked by its rules."),
    "address": _("As registered. It prints on bills."),
    "credit_code": _("18 characters, for businesses in mainland China."),
    "tax_number": _("VAT or company number, checked by the country's rules."),
    "language": _("Bills, letters and payment pages speak it."),
    "currency": _("New bills for this customer begin with it."),
    "method": _("Offered first on their bills. They may choose another."),
    "terms_days": _("How many days after issue a bill is due. Empty: as you usually ask."),
    "tags": _("To find customers by. Separate them with commas; customers do not see them."),
    "memo": _("Customers do not see it."),
}


def _text(name: str, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(_FREE | attrs)
    return forms.CharField(max_length=LETTERS[name], required=False, widget=widget)


class CustomerForm(forms.Form):
    """`details` is what a valid form says."""

    details: Details

    name = forms.CharField(max_length=LETTERS["name"], widget=forms.TextInput(_FREE))
    contact = _text("contact")
    email = _text("email", inputmode="email")
    country = forms.ChoiceField(required=False)
    phone = _text("phone", inputmode="tel")
    address = _text("address")
    tax_number = _text("tax_number", spellcheck="false")
    credit_code = _text("credit_code", spellcheck="false")
    language = forms.ChoiceField(required=False)
    currency = forms.ChoiceField(required=False)
    method = forms.ChoiceField(required=False)
    terms_days = forms.CharField(
        max_length=4, required=False, widget=forms.TextInput(_FREE | {"inputmode": "numeric"})
    )
    tags = forms.CharField(max_length=900, required=False, widget=forms.TextInput(_FREE))
    memo = forms.CharField(
        max_length=LETTERS["memo"], required=False, widget=forms.Textarea({"rows": 3})
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in telling.FIELDS.items():
            self.fields[name].label = str(label)
            self.fields[name].help_text = str(_HELP[name])
        locale = to_locale(get_language() or "en")
        self._choices("country", countries(locale))
        self._choices("language", languages())
        self._choices("currency", currencies(locale))
        self._choices("method", [(key, words.method(key)) for key in METHODS])
        dress(self)

    def clean(self) -> dict[str, Any]:
        told = {name: str(text) for name, text in self.cleaned_data.items()}
        # What Django has refused already keeps its own complaint.
        told["name"] = told.get("name", "") or "-"
        try:
            self.details = read_customer(told)
        except Unfit as unfit:
            for fault in unfit.faults:
                if fault.field not in self.errors:
                    self.add_error(fault.field, telling.fault(fault))
        return self.cleaned_data

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        """One that an import brought, and that is not among the usual, stays choosable."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        kept = str(self.initial.get(name, ""))
        more = [(kept, kept)] if kept and kept not in dict(choices) else []
        field.choices = [("", "—"), *more, *choices]


def initial_of(customer: Customer) -> dict[str, object]:
    shown: dict[str, object] = {
        name: getattr(customer, name) for name in CustomerForm.base_fields if name != "seen"
    }
    days = customer.terms_days
    return shown | {
        "phone": merchants.phone_abroad(customer.phone),
        "tags": ", ".join(customer.tags),
        "terms_days": "" if days is None else days,
    }
