"""The form for a transaction password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.merchants import rules
from sleek.merchants.rules import Weakness
from sleek.web.dashboard.forms.account import MAX_PASSWORD_LENGTH
from sleek.web.dashboard.forms.dress import dress

WEAK: dict[Weakness, Promise] = {
    Weakness.SHORT: _("At least six digits or characters, please."),
    Weakness.REPEATED: _("The same characters over and over are guessed first. Mix them."),
    Weakness.SEQUENCE: _("Digits or letters in a row are guessed first. Mix them."),
}


class TransactionPasswordForm(forms.Form):
    new_password = forms.CharField(
        label=_("New transaction password"),
        strip=False,
        max_length=MAX_PASSWORD_LENGTH,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("At least six digits or characters, different from your log-in password."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean_new_password(self) -> str:
        password = str(self.cleaned_data["new_password"])
        weakness = rules.transaction_password_weakness(password)
        if weakness:
            raise ValidationError(str(WEAK[weakness]))
        try:
            CommonPasswordValidator().validate(password)
        except ValidationError as error:
            raise ValidationError(
                _("It is on the list of the most common ones. Choose another.")
            ) from error
        return password
