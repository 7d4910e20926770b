"""Step 2 of a link: the brand it wears, what its page shows, and what it asks the payer for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sleek.links import rules
from sleek.links.actions import Look
from sleek.links.models import PaymentLink
from sleek.links.rules import OWN_FIELDS, Field, FieldKey, Flaw
from sleek.merchants.models import Brand, Merchant, Picture
from sleek.merchants.rules import is_color
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.forms.links.flaws import explain, field_of

NEW = "new"
MAX_DESCRIPTION = 2000
MAX_THANKS = 500
_BETWEEN_TAGS = re.compile(r"[,，、;；\n]+")

WORDS: dict[FieldKey, Promise] = {
    FieldKey.NAME: pgettext_lazy("payer's field", "Name"),
    FieldKey.COMPANY: pgettext_lazy("payer's field", "Company"),
    FieldKey.EMAIL: pgettext_lazy("payer's field", "E-mail"),
    FieldKey.PHONE: pgettext_lazy("payer's field", "Phone"),
    FieldKey.PO_NUMBER: pgettext_lazy("payer's field", "PO number"),
    FieldKey.ADDRESS: pgettext_lazy("payer's field", "Address"),
}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One line of the table of fields; an own field is asked for as soon as it has a label."""

    word: Promise | None
    asked: forms.BoundField
    required: forms.BoundField


class LookForm(forms.Form):
    brand = forms.ChoiceField(label=_("Brand"), required=False, widget=forms.RadioSelect)
    brand_name = forms.CharField(label=_("Name of the new brand"), max_length=120, required=False)
    brand_color = forms.CharField(
        label=_("Brand colour"),
        required=False,
        initial="#0f5c73",
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=MAX_DESCRIPTION,
        required=False,
        help_text=_("Below the amount: what is included, when it is delivered."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    thank_you = forms.CharField(
        label=_("Thank-you message"),
        max_length=MAX_THANKS,
        required=False,
        help_text=_("After paying. Empty: the brand's."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    redirect_url = forms.CharField(
        label=_("Redirect after payment"),
        max_length=rules.MAX_URL,
        required=False,
        help_text=_(
            "An address of yours with https://, told the signed result. Empty: the brand's."
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )
    asks_terms = forms.BooleanField(label=_("Payers agree to your terms first"), required=False)
    as_default = forms.BooleanField(
        label=_("Use brand, thanks and redirect for my next links too"), required=False
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        help_text=_("For campaigns and fairs, with commas between. Payers do not see them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "known-tags"}),
    )

    def __init__(self, *args: Any, merchant: Merchant, may_brand: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant
        self.brands = list(
            merchant.brands.select_related("logo", "merchant")
            .filter(archived_at=None)
            .order_by("-is_default", "pk")
        )
        worn = self._worn()
        if worn and worn not in self.brands:
            self.brands.append(worn)
        choices = [(brand.public_id, brand.display_name) for brand in self.brands]
        field = self.fields["brand"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*choices, (NEW, _("A new brand"))] if may_brand else choices
        if not may_brand:
            del self.fields["as_default"]
        self.may_brand = may_brand
        self.terms = merchant.terms.order_by("-version").first()
        for key in FieldKey:
            self._add_field(key)
        dress(self)
        self.fields["brand"].widget.attrs["class"] = "form-check-input"

    def clean_brand_color(self) -> str:
        color = str(self.cleaned_data["brand_color"] or "#0f5c73").lower()
        if not is_color(color):
            raise ValidationError(_("A colour looks like #0f5c73."))
        return color

    def clean_asks_terms(self) -> bool:
        asks = bool(self.cleaned_data["asks_terms"])
        if asks and self.terms is None:
            raise ValidationError(_("Write your terms first, in the settings under Brands."))
        return asks

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["tag_list"] = [
            " ".join(tag.split()) for tag in _BETWEEN_TAGS.split(cleaned.get("tags", ""))
            if tag.strip()
        ]  # fmt: skip
        cleaned["redirect_url"] = cleaned.get("redirect_url", "").strip()
        if cleaned.get("brand") == NEW and not cleaned.get("brand_name", "").strip():
            self.add_error("brand_name", _("Give the new brand a name."))
        fields = [field for key in FieldKey if (field := self._field(key, cleaned))]
        cleaned["field_list"] = fields
        for flaw in rules.look_flaws(
            fields,
            cleaned["tag_list"],
            pictures=len(self.picture_ids),
            redirect_url=cleaned["redirect_url"],
        ):
            place = None if flaw == Flaw.TOO_MANY_PICTURES else field_of(flaw)
            self.add_error(place, explain(flaw))
        return cleaned

    @property
    def picture_ids(self) -> list[str]:
        if self.is_bound:
            values = self.data.getlist("picture") if hasattr(self.data, "getlist") else []
            return list(dict.fromkeys(str(value) for value in values))
        return list(self.initial.get("pictures", []))

    @property
    def pictures(self) -> list[Picture]:
        """Those of the merchant's that stay on the page, in their order."""
        found = self.merchant.pictures.defer("content").in_bulk(
            self.picture_ids[: 2 * rules.MAX_PICTURES], field_name="public_id"
        )
        return [found[each] for each in self.picture_ids if each in found]

    @property
    def chosen_brand(self) -> Brand | None:
        """None while it is a new one that nobody has made yet."""
        wish = str(self["brand"].value() or "")
        known = {brand.public_id: brand for brand in self.brands}
        return None if wish == NEW and self.may_brand else known.get(wish, self.brands[0])

    def look(self, brand: Brand) -> Look:
        cleaned = self.cleaned_data
        return Look(
            brand=brand,
            description=cleaned["description"],
            thank_you=cleaned["thank_you"],
            redirect_url=cleaned["redirect_url"],
            pictures=self.pictures,
            fields=cleaned["field_list"],
            asks_terms=cleaned["asks_terms"],
            tags=cleaned["tag_list"],
        )

    @property
    def rows(self) -> list[FieldRow]:
        return [
            FieldRow(WORDS.get(key), self[_asked(key)], self[f"{key}_required"]) for key in FieldKey
        ]

    @property
    def has_details(self) -> bool:
        """Whether step 2 says something, so that it must stand open."""
        names = ("description", "thank_you", "redirect_url", "asks_terms", "brand_name")
        first = self.brands[0].public_id
        return (
            any(self[name].value() or self[name].errors for name in names)
            or bool(self.picture_ids)
            or (self["brand"].value() or first) != first
            or any(row.asked.value() for row in self.rows)
        )

    def _worn(self) -> Brand | None:
        """An archived brand stays a choice for the link that wears it."""
        worn = self.initial.get("brand")
        brands = self.merchant.brands.select_related("logo", "merchant")
        return brands.filter(public_id=worn).first() if worn else None

    def _add_field(self, key: FieldKey) -> None:
        if key in OWN_FIELDS:
            self.fields[_asked(key)] = forms.CharField(
                label=_("Own field"), max_length=rules.MAX_LABEL, required=False
            )
        else:
            self.fields[_asked(key)] = forms.BooleanField(label=str(WORDS[key]), required=False)
        self.fields[f"{key}_required"] = forms.BooleanField(
            label=pgettext_lazy("payer's field", "required"), required=False
        )

    def _field(self, key: FieldKey, cleaned: dict[str, Any]) -> Field | None:
        asked = cleaned.get(_asked(key))
        if not asked or not str(asked).strip():
            return None
        label = " ".join(str(asked).split()) if key in OWN_FIELDS else ""
        return Field(key, bool(cleaned.get(f"{key}_required")), label)


def _asked(key: FieldKey) -> str:
    return f"{key}_label" if key in OWN_FIELDS else f"{key}_asked"


def typed_like(link: PaymentLink) -> dict[str, object]:
    """What one would enter to give another link the same page."""
    typed: dict[str, object] = {
        "brand": link.brand.public_id,
        "description": link.description,
        "thank_you": link.thank_you,
        "redirect_url": link.redirect_url,
        "asks_terms": link.asks_terms,
        "tags": ", ".join(link.tags),
        "pictures": [
            hung.picture.public_id
            for hung in link.link_pictures.select_related("picture").defer("picture__content")
        ],
    }
    for field in link.fields_asked:
        typed[_asked(field.key)] = field.label or True
        typed[f"{field.key}_required"] = field.is_required
    return typed
