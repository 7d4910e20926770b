"""What stands on a paper, to find it by; and its file, to compare."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sleek.web.checkout.forms.details import MISSING

MAX_BYTES = 5 * 1024 * 1024


class PaperForm(forms.Form):
    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        help_text=_("As it is printed at the top, like SK-2026-00001."),
        widget=forms.TextInput({"class": "input", "autocomplete": "off", "dir": "ltr"}),
        error_messages={"required": MISSING},
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Twelve letters and digits beside the small QR code."),
        widget=forms.TextInput(
            {"class": "input", "autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}
        ),
        error_messages={"required": MISSING},
    )


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("The PDF that you have"),
        allow_empty_file=True,
        help_text=_("It is compared and then forgotten. At most 5 MB."),
        widget=forms.FileInput({"class": "input", "accept": "application/pdf"}),
        error_messages={"required": _("Please choose the file."), "invalid": MISSING},
    )
