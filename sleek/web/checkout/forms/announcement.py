"""Saying that a transfer is on its way."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sleek.web.checkout.forms.details import MISSING, WRONG_EMAIL
from sleek.web.checkout.forms.plea import MAX_EMAIL

ACCEPTED = "image/png,image/jpeg,image/webp,image/gif,application/pdf"


class AnnouncementForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=MAX_EMAIL,
        help_text=_("We write to you once it has arrived."),
        widget=forms.EmailInput(
            {
                "class": "input",
                "autocomplete": "email",
                "dir": "ltr",
                "data-missing": MISSING,
                "data-wrong": WRONG_EMAIL,
            }
        ),
        error_messages={"invalid": WRONG_EMAIL, "max_length": WRONG_EMAIL},
    )
    proof = forms.FileField(
        label=_("Proof of the transfer"),
        required=False,
        allow_empty_file=True,
        help_text=_("A PDF or a picture of at most 5 MB. It lets the payee find it sooner."),
        widget=forms.FileInput({"class": "input", "accept": ACCEPTED}),
    )
