"""How a table's lines are taken over into a bill."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy, to_locale

from sleek.invoices.queries import DOCUMENTS, Mode, Wish
from sleek.invoices.queries.sources.intake import WITH_TAX, WITHOUT_TAX
from sleek.invoices.rules import DocumentKind
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.forms.merchant import currencies


class IntakeForm(forms.Form):
    mode = forms.ChoiceField(
        label=gettext_lazy("The lines of this table"),
        choices=[
            (Mode.ADD, gettext_lazy("come after those that are on the bill")),
            (Mode.REPLACE, gettext_lazy("stand instead of those that are on the bill")),
        ],
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    tax = forms.ChoiceField(
        label=pgettext_lazy("bill", "Prices"),
        choices=[
            (WITH_TAX, gettext_lazy("contain tax")),
            (WITHOUT_TAX, gettext_lazy("are without tax")),
        ],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of document"), choices=list(DOCUMENTS.items())
    )
    number = forms.CharField(
        label=gettext_lazy("Number of the document"),
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, data: QueryDict | None, *, wish: Wish) -> None:
        super().__init__(data, initial=wish.pack())
        known = currencies(to_locale(get_language() or "en"))
        if wish.currency not in dict(known):
            known = [(wish.currency, wish.currency), *known]
        field: Any = self.fields["currency"]
        field.choices = known
        dress(self)

    def wish(self) -> Wish:
        said = self.cleaned_data
        return Wish(
            mode=Mode(said["mode"]),
            currency=said["currency"],
            is_tax_inclusive=said["tax"] == WITH_TAX,
            kind=DocumentKind(said["kind"]),
            number=" ".join(said["number"].split()),
        )
