"""A brand, and the terms that payers agree to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sleek.links import rules as links
from sleek.merchants.actions import MAX_TERMS, Face
from sleek.merchants.models import Brand, Picture
from sleek.merchants.rules import is_color
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.forms.links.flaws import explain


class BrandForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("brand", "Name"),
        max_length=120,
        required=False,
        help_text=_("What payers read at the top. Empty: your business's display name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    accent_color = forms.CharField(
        label=_("Brand colour"),
        initial="#0f5c73",
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("The colour of the button on your payment page."),
    )
    removes_logo = forms.BooleanField(label=_("Remove the logo"), required=False)
    thank_you = forms.CharField(
        label=_("Thank-you message"),
        max_length=500,
        required=False,
        help_text=_("What payers read after paying."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    redirect_url = forms.CharField(
        label=_("Redirect after payment"),
        max_length=links.MAX_URL,
        required=False,
        help_text=_("An address of yours with https://, told the signed result."),
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean_accent_color(self) -> str:
        color = str(self.cleaned_data["accent_color"]).lower()
        if not is_color(color):
            raise ValidationError(_("A colour looks like #0f5c73."))
        return color

    def clean_redirect_url(self) -> str:
        url = str(self.cleaned_data["redirect_url"]).strip()
        if url and not links.is_redirect(url):
            raise ValidationError(explain(links.Flaw.REDIRECT_NOT_HTTPS))
        return url

    def face(self, logo: Picture | None) -> Face:
        values = self.cleaned_data
        return Face(
            name=values["name"],
            logo=None if values["removes_logo"] else logo,
            accent_color=values["accent_color"],
            thank_you=values["thank_you"],
            redirect_url=values["redirect_url"],
        )


def initial_of(brand: Brand) -> dict[str, object]:
    return {name: getattr(brand, name, "") for name in BrandForm.base_fields}


class TermsForm(forms.Form):
    text = forms.CharField(
        label=_("Terms"),
        max_length=MAX_TERMS,
        help_text=_("Delivery, refunds, what happens when something is late. Plain text."),
        error_messages={"required": _("Write the terms that your payers agree to.")},
        widget=forms.Textarea(attrs={"rows": 16}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
