"""The payer's bank account, checked as far as a number tells by itself."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy, to_locale

from sleek.merchants import rules
from sleek.merchants.rules import CodeFlaw
from sleek.refunds.models import BankAccount
from sleek.web.checkout.forms.details import MISSING, TOO_LONG

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAX_NAME, MAX_ACCOUNT, MAX_CODE = 120, 60, 20
FLAWS = {
    CodeFlaw.IBAN: gettext_lazy("This IBAN has a mistake. Compare it with your bank's papers."),
    CodeFlaw.IBAN_NEEDED: gettext_lazy("In that country an account is written as an IBAN."),
    CodeFlaw.ACCOUNT: gettext_lazy("An account number has 5 to 34 digits."),
    CodeFlaw.BIC: gettext_lazy("There is no such BIC. It has 8 or 11 characters."),
    CodeFlaw.CNAPS: gettext_lazy("A CNAPS code has 12 digits; these have a mistake."),
    CodeFlaw.BANK_CODE: gettext_lazy("There is no such BIC. It has 8 or 11 characters."),
}


def _line(
    label: _StrPromise, size: int, *, required: bool = True, **attributes: str
) -> forms.CharField:
    look = {"class": "input", "autocomplete": "off", "spellcheck": "false", **attributes}
    return forms.CharField(
        label=label,
        max_length=size,
        required=required,
        widget=forms.TextInput(look | {"data-missing": MISSING} if required else look),
        error_messages={"required": MISSING, "max_length": TOO_LONG},
    )


class ClaimForm(forms.Form):
    holder = _line(gettext_lazy("Account holder"), MAX_NAME, autocomplete="name")
    country = forms.ChoiceField(
        label=gettext_lazy("Country or region of the bank"),
        widget=forms.Select({"class": "input", "data-missing": MISSING}),
        error_messages={"required": MISSING, "invalid_choice": MISSING},
    )
    account = _line(gettext_lazy("Account number or IBAN"), MAX_ACCOUNT, dir="ltr")
    code = _line(gettext_lazy("SWIFT/BIC or CNAPS code"), MAX_CODE, required=False, dir="ltr")
    bank = _line(gettext_lazy("Bank"), MAX_NAME, required=False)

    def __init__(self, data: QueryDict | None, *, home: str) -> None:
        """`home` is the country that the payee is in: from abroad a BIC is needed."""
        super().__init__(data, auto_id="%s")
        self._home = home
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *countries(to_locale(get_language() or "en"))]

    def clean_code(self) -> str:
        text = str(self.cleaned_data["code"])
        return self._checked(rules.bank_code, text) if text else ""

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        country, account = values.get("country", ""), values.get("account", "")
        if country and account:
            try:
                values["account"] = rules.bank_account(country, account)
            except rules.Malformed as refusal:
                self.add_error("account", FLAWS[refusal.flaw])
        is_abroad = bool(country) and country != self._home
        needs_code = is_abroad and not rules.uses_iban(country)
        if needs_code and not values.get("code") and "code" not in self.errors:
            self.add_error("code", MISSING)
        return values

    def bank_account(self) -> BankAccount:
        return BankAccount(**{name: self.cleaned_data[name] for name in BankAccount.__slots__})

    def _checked(self, check: Any, text: str) -> str:
        try:
            return str(check(text))
        except rules.Malformed as refusal:
            raise ValidationError(FLAWS[refusal.flaw]) from None


@cache
def countries(locale: str) -> list[tuple[str, str]]:
    """Each by its name in the reader's language, in its order."""
    names = Locale.parse(locale).territories.items()
    known = [(str(code), str(name)) for code, name in names if len(str(code)) == 2]
    real = [pair for pair in known if pair[0].isalpha() and pair[0] not in _NO_COUNTRIES]
    return sorted(real, key=lambda pair: pair[1])


_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})
