"""Which column of a table says what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.reconciliation.rules.bankfiles import Columns, Table
from sleek.reconciliation.rules.bankfiles.table import ORDERS
from sleek.web.dashboard.forms.dress import dress

_SINGLE: dict[str, Promise] = {
    "booked_on": gettext_lazy("Day"),
    "credit": gettext_lazy("Amount that came in"),
    "debit": gettext_lazy("Amount that went out"),
    "amount": gettext_lazy("Amount, negative where it went out"),
    "currency": gettext_lazy("Currency"),
    "payer_name": gettext_lazy("Payer"),
    "payer_account": gettext_lazy("Payer's account"),
    "reference": gettext_lazy("Bank reference"),
}
_ORDERS: dict[str, Promise] = {
    "ymd": gettext_lazy("Year, month, day"),
    "dmy": gettext_lazy("Day, month, year"),
    "mdy": gettext_lazy("Month, day, year"),
}


class ColumnsForm(forms.Form):
    order = forms.ChoiceField(
        label=gettext_lazy("Days are written"),
        choices=[(key, _ORDERS[key]) for key in ORDERS],
    )
    decimal_mark = forms.ChoiceField(
        label=gettext_lazy("Decimals stand after"),
        choices=[
            (".", gettext_lazy("a point: 1,234.50")),
            (",", gettext_lazy("a comma: 1.234,50")),
        ],
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        table: Table,
        kept: Mapping[str, object] | None = None,
    ) -> None:
        columns = Columns.unpack(kept or {})
        super().__init__(data, initial=columns.pack() | {"text": list(columns.text)})
        heads = [(name, name) for name in table.head]
        for name, label in _SINGLE.items():
            self.fields[name] = forms.ChoiceField(
                label=str(label), choices=[("", _("— none —")), *heads], required=False
            )
        self.fields["text"] = forms.MultipleChoiceField(
            label=_("Purpose"),
            choices=heads,
            required=False,
            help_text=_("All columns in which the payer's reference may stand."),
            widget=forms.CheckboxSelectMultiple,
        )
        self.order_fields([*_SINGLE, "text", "order", "decimal_mark"])
        dress(self)

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if not told.get("booked_on"):
            self.add_error("booked_on", _("Say in which column the day stands."))
        if not told.get("amount") and not told.get("credit"):
            self.add_error("credit", _("Say in which column the amount stands."))
        if told.get("credit"):
            told["amount"] = ""
        return told

    def columns(self) -> Columns:
        return Columns.unpack(self.cleaned_data)
