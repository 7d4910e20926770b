"""A template of papers, a seal, a certificate that is brought along."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sleek.invoices.queries import COLUMNS
from sleek.merchants.models import Merchant
from sleek.merchants.rules import is_color
from sleek.papers.actions import DesignLook
from sleek.papers.models import Design
from sleek.papers.rules import Layout, Place, SealKind, Tongue
from sleek.web.dashboard.forms.dress import dress

OWN, BRAND = "own", "brand"


def _long(label: Any, most: int, rows: int) -> forms.CharField:
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(label=label, max_length=most, required=False, widget=widget)


class DesignForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("template", "Name"), max_length=80)
    layout = forms.ChoiceField(
        label=gettext_lazy("Layout"),
        choices=[
            (Layout.PLAIN, pgettext_lazy("layout", "Plain")),
            (Layout.LETTERHEAD, pgettext_lazy("layout", "Letterhead")),
            (Layout.BILINGUAL, pgettext_lazy("layout", "Bilingual")),
            (Layout.COMPACT, pgettext_lazy("layout", "Compact")),
        ],
    )
    tongue = forms.ChoiceField(
        label=gettext_lazy("Language of the paper"),
        choices=[
            (Tongue.CHINESE, "中文"),
            (Tongue.ENGLISH, "English"),
            (Tongue.BOTH, "中文 + English"),
        ],
    )
    color_from = forms.ChoiceField(
        label=gettext_lazy("Colour"),
        choices=[(BRAND, gettext_lazy("the brand's")), (OWN, gettext_lazy("of its own"))],
    )
    accent_color = forms.CharField(
        label=gettext_lazy("Its own colour"),
        required=False,
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    font = forms.ChoiceField(
        label=gettext_lazy("Font"),
        required=False,
        choices=[
            ("", gettext_lazy("as in the settings")),
            ("sans", "Noto Sans"),
            ("serif", "Noto Serif"),
        ],
    )
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"),
        required=False,
        choices=[(key, column[0]) for key, column in COLUMNS.items()],
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
        help_text=gettext_lazy("None ticked: those that have something to say."),
    )
    heading = forms.CharField(label=gettext_lazy("Heading"), max_length=80, required=False)
    opening = _long(gettext_lazy("Text above the lines"), 1000, 2)
    closing = _long(gettext_lazy("Text below the totals"), 4000, 3)
    footer = forms.CharField(label=gettext_lazy("Footer"), max_length=300, required=False)
    seal = forms.ChoiceField(label=gettext_lazy("Seal"), required=False)
    seal_place = forms.ChoiceField(
        label=gettext_lazy("Place of the seal"),
        required=False,
        choices=[
            (Place.PAYEE, gettext_lazy("over your name")),
            (Place.TOTALS, gettext_lazy("beside the totals")),
            (Place.CORNER, gettext_lazy("bottom right")),
        ],
    )
    straddles = forms.BooleanField(
        label=gettext_lazy("Also across the edges of all pages"), required=False
    )

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seals = {each.public_id: each for each in merchant.seals.filter(archived_at=None)}
        field = self.fields["seal"]
        assert isinstance(field, forms.ChoiceField)
        seals = [(key, seal.name) for key, seal in self._seals.items()]
        field.choices = [("", _("none")), *seals]
        dress(self)

    def clean_accent_color(self) -> str:
        color = str(self.cleaned_data["accent_color"]).lower()
        if self.cleaned_data.get("color_from") != OWN:
            return ""
        if not is_color(color):
            raise forms.ValidationError(_("Choose a colour, such as #0f5c73."))
        return color

    @property
    def look(self) -> DesignLook:
        """As far as it can be read."""
        said = self.cleaned_data
        return DesignLook(
            name=" ".join(str(said.get("name", "")).split()) or "—",
            layout=Layout(said.get("layout") or Layout.PLAIN),
            tongue=Tongue(said.get("tongue") or Tongue.CHINESE),
            accent_color=said.get("accent_color") or "",
            font=said.get("font") or "",
            columns=tuple(said.get("columns", ())),
            heading=str(said.get("heading", "")).strip(),
            opening=str(said.get("opening", "")).strip(),
            closing=str(said.get("closing", "")).strip(),
            footer=str(said.get("footer", "")).strip(),
            seal=self._seals.get(said.get("seal") or ""),
            seal_place=Place(said.get("seal_place") or Place.PAYEE),
            straddles=bool(said.get("straddles")),
        )


class SealForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            (SealKind.FINANCE, gettext_lazy("Finance seal")),
            (SealKind.COMPANY, gettext_lazy("Company seal")),
        ],
    )
    name = forms.CharField(label=pgettext_lazy("seal", "Name"), max_length=80, required=False)
    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("PNG or JPEG, at most 5 MB. The larger the sharper."),
        error_messages={"required": gettext_lazy("Choose a picture of the seal.")},
    )
    is_scan = forms.BooleanField(
        label=gettext_lazy("It stands on white paper: make the white clear"), required=False
    )
    width_mm = forms.IntegerField(
        label=gettext_lazy("Width in mm"),
        initial=40,
        help_text=gettext_lazy("As the real one: most are 38 to 45 mm wide."),
        error_messages={"invalid": gettext_lazy("Enter a whole number.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class CertificateForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File (.p12 or .pfx)"),
        error_messages={"required": gettext_lazy("Choose the file of the certificate.")},
    )
    password = forms.CharField(
        label=gettext_lazy("Its password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


def initial_of(design: Design) -> dict[str, object]:
    names = [name for name in DesignForm.base_fields if name not in ("color_from", "seal")]
    shown: dict[str, object] = {name: getattr(design, name) for name in names}
    seal = design.seal
    return shown | {
        "color_from": OWN if design.accent_color else BRAND,
        "accent_color": design.accent_color or "#0f5c73",
        "seal": seal.public_id if seal and not seal.archived_at else "",
    }
