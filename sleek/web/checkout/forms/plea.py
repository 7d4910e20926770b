"""Asking for a new link where one is closed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sleek.web.checkout.forms.details import MISSING, TOO_LONG, WRONG_EMAIL

MAX_NOTE, MAX_EMAIL = 500, 254


class PleaForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=MAX_EMAIL,
        widget=forms.EmailInput(
            {
                "class": "input",
                "autocomplete": "email",
                "dir": "ltr",
                "data-missing": MISSING,
                "data-wrong": WRONG_EMAIL,
            }
        ),
        error_messages={"required": MISSING, "invalid": WRONG_EMAIL, "max_length": WRONG_EMAIL},
    )
    note = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea({"class": "input", "rows": "2", "maxlength": str(MAX_NOTE)}),
        error_messages={"max_length": TOO_LONG},
    )
