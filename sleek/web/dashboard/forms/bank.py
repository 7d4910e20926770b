"""Where customers may transfer money to, checked as far as a number tells by itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sleek.merchants import rules
from sleek.merchants.actions import BankDetails
from sleek.merchants.models import Merchant
from sleek.merchants.rules import CodeFlaw
from sleek.web.dashboard.forms.dress import dress

FLAWS = {
    CodeFlaw.IBAN: _(
        "This IBAN has a mistake: its check digits do not fit. Compare it with your bank's papers."
    ),
    CodeFlaw.IBAN_NEEDED: _(
        "An account in your country is written as an IBAN, which begins with %(country)s."
    ),
    CodeFlaw.ACCOUNT: _("An account number has 5 to 34 digits, and an IBAN begins with letters."),
    CodeFlaw.BIC: _(
        "There is no such BIC. It has 8 or 11 characters, such as BKCHCNBJ: "
        "the bank, its country, the place."
    ),
    CodeFlaw.CNAPS: _(
        "A CNAPS code has 12 digits, the last of which checks the others; these do not fit."
    ),
    CodeFlaw.BANK_CODE: _("Enter a BIC of 8 or 11 characters, or the 12 digits of a CNAPS code."),
}


class BankForm(forms.Form):
    bank_holder = forms.CharField(
        label=_("Account holder"),
        max_length=200,
        required=False,
        help_text=_("As the bank knows it, usually your legal name."),
    )
    bank_name = forms.CharField(label=_("Bank"), max_length=200, required=False)
    bank_account = forms.CharField(
        label=_("Account number or IBAN"),
        max_length=60,  # people group the digits
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    bank_code = forms.CharField(
        label=_("SWIFT/BIC or CNAPS code"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("From abroad a BIC is needed; within mainland China the 12 digits of CNAPS."),
    )

    def __init__(self, data: QueryDict | None, *, merchant: Merchant) -> None:
        super().__init__(data, initial=_initial(merchant))
        self._country = merchant.country
        dress(self)

    def clean_bank_account(self) -> str:
        text = str(self.cleaned_data["bank_account"])
        try:
            return rules.bank_account(self._country, text) if text else ""
        except rules.Malformed as refusal:
            raise self._told(refusal) from None

    def clean_bank_code(self) -> str:
        text = str(self.cleaned_data["bank_code"])
        try:
            return rules.bank_code(text) if text else ""
        except rules.Malformed as refusal:
            raise self._told(refusal) from None

    def clean(self) -> dict[str, Any]:
        """All of it or none: half an address for money is worse than no address."""
        values = self.cleaned_data
        if any(values.values()):
            needed = {
                "bank_holder": _("Whose account is it? The bank compares the name."),
                "bank_account": _("Add the account number, or empty all fields."),
            }
            for name, sentence in needed.items():
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return values

    def details(self) -> BankDetails:
        return BankDetails(**self.cleaned_data)

    def _told(self, refusal: rules.Malformed) -> ValidationError:
        return ValidationError(FLAWS[refusal.flaw] % {"country": self._country})


def _initial(merchant: Merchant) -> dict[str, str]:
    shown = {name: str(getattr(merchant, name)) for name in BankForm.base_fields}
    return shown | {"bank_account": rules.bank_account_shown(merchant.bank_account)}
