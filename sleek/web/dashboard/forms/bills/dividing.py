"""The stages of a bill that is out, to be divided anew: those that nobody has paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sleek.invoices.models import Instalment, Invoice
from sleek.invoices.rules import Stage
from sleek.web.dashboard.forms.bills import rows
from sleek.web.dashboard.forms.bills.editing import BY_AMOUNT, BY_PERCENT
from sleek.web.dashboard.forms.bills.rows import STAGE, StageForm
from sleek.web.dashboard.forms.bills.selects import LongSelect
from sleek.web.dashboard.forms.bills.staging import staged
from sleek.web.dashboard.forms.dress import dress


class SplitForm(forms.Form):
    split = forms.ChoiceField(
        label=pgettext_lazy("bill", "Divided"),
        choices=[
            (BY_AMOUNT, gettext_lazy("by amount")),
            (BY_PERCENT, gettext_lazy("by per cent of what is left")),
        ],
        required=False,
        widget=LongSelect,
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


@dataclass(frozen=True, slots=True)
class Division:
    """`form` and its rows as they were typed."""

    form: SplitForm
    stages: list[StageForm]
    currency: str

    @property
    def seen(self) -> str:
        return str(self.form["seen"].value() or "")

    @property
    def is_valid(self) -> bool:
        """Whether each row says a share; that they add up is for the rules to say."""
        is_good = all([self.form.is_valid(), *(each.is_valid() for each in self.stages)])
        if not self._filled():
            self.form.add_error(None, _("Enter at least one stage for what is left."))
        for each in self._filled():
            try:
                self._staged(each)
            except ValidationError as error:
                each.add_error("share", error)
        return is_good and not self.form.errors and not any(each.errors for each in self.stages)

    @property
    def wish(self) -> list[Stage]:
        """All that can be read of it."""
        self.form.is_valid()
        found = []
        for each in self._filled():
            try:
                found.append(self._staged(each))
            except ValidationError:
                continue
        return found

    def focus(self, name: str) -> None:
        for each in self.stages:
            for field in each:
                if field.html_name == name:
                    field.field.widget.attrs["autofocus"] = True

    def _filled(self) -> list[StageForm]:
        return [each for each in self.stages if each.is_valid() and each.typed]

    def _staged(self, form: StageForm) -> Stage:
        by_amount = self.form.cleaned_data.get("split") != BY_PERCENT
        return staged(form, by_amount=by_amount, currency=self.currency)


def fresh(free: Sequence[Instalment], *, seen: str) -> QueryDict:
    """As the bill is divided now."""
    data = QueryDict(mutable=True)
    data.update({"split": BY_AMOUNT, "seen": seen})
    told = [
        {
            "label": stage.label,
            "deliverable": stage.deliverable,
            "share": f"{stage.money.decimal:f}",
            "due_on": stage.due_on.isoformat() if stage.due_on else "",
        }
        for stage in free
    ]
    rows.put(data, STAGE, told)
    return data


def opened(invoice: Invoice, data: QueryDict) -> Division:
    stages = [
        StageForm(data, prefix=f"{STAGE}-{place}") for place in range(rows.count(data, STAGE))
    ]
    return Division(SplitForm(data), stages, invoice.currency)
