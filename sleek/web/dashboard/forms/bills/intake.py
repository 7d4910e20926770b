"""How tables are taken over: lines into a bill, and rows that become bills each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy, to_locale

from sleek.customers.rules import TERMS_DAYS_MAX
from sleek.invoices.queries import DOCUMENTS, NATURES, Mode, Usual, Wish
from sleek.invoices.queries.sources.intake import WITH_TAX, WITHOUT_TAX
from sleek.invoices.rules import DocumentKind, Nature
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.forms.merchant import currencies

_TAXES = [
    (WITH_TAX, gettext_lazy("contain tax")),
    (WITHOUT_TAX, gettext_lazy("are without tax")),
]


class IntakeForm(forms.Form):
    mode = forms.ChoiceField(
        label=gettext_lazy("The lines of this table"),
        choices=[
            (Mode.ADD, gettext_lazy("come after those that are on the bill")),
            (Mode.REPLACE, gettext_lazy("stand instead of those that are on the bill")),
        ],
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    tax = forms.ChoiceField(label=pgettext_lazy("bill", "Prices"), choices=_TAXES)
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
        _offer(self, wish.currency)
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


class UsualForm(forms.Form):
    """What holds for the bills of a table where a row says nothing of it."""

    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    tax = forms.ChoiceField(label=pgettext_lazy("bill", "Prices"), choices=_TAXES)
    nature = forms.ChoiceField(
        label=gettext_lazy("Nature of the fee"), choices=list(NATURES.items())
    )
    due_days = forms.IntegerField(
        label=gettext_lazy("Days to pay"), min_value=0, max_value=TERMS_DAYS_MAX
    )

    def __init__(self, data: QueryDict | None, *, usual: Usual) -> None:
        super().__init__(data, initial=usual.pack())
        _offer(self, usual.currency)
        dress(self)

    def usual(self) -> Usual:
        said = self.cleaned_data
        return Usual(
            currency=said["currency"],
            is_tax_inclusive=said["tax"] == WITH_TAX,
            nature=Nature(said["nature"]),
            due_days=said["due_days"],
        )


def _offer(form: forms.Form, currency: str) -> None:
    """The usual currencies, and the one that is chosen."""
    known = currencies(to_locale(get_language() or "en"))
    if currency not in dict(known):
        known = [(currency, currency), *known]
    field: Any = form.fields["currency"]
    field.choices = known
