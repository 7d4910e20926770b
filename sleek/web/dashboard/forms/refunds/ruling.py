"""How much each role may give back of one currency, and from where a second person looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from sleek.core.money import InvalidAmount, Money
from sleek.merchants.models import Role
from sleek.refunds.models import RefundRule
from sleek.refunds.rules import ROLES, Limits
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.forms.merchant import currencies

LABELS = {
    "review_from": gettext_lazy("A second person from"),
    "most_once": gettext_lazy("At most at once"),
    "most_daily": gettext_lazy("At most a day"),
}


class RuleForm(forms.Form):
    """Empty is no limit."""

    currency = forms.ChoiceField(label=gettext_lazy("Currency"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = currencies(to_locale(get_language() or "en"))
        for role in ROLES:
            for name, label in LABELS.items():
                self.fields[f"{role}_{name}"] = forms.CharField(
                    label=label,
                    max_length=amounts.MAX_TYPED,
                    required=False,
                    widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
                )
        dress(self)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        for role in ROLES:
            for name in LABELS:
                self._read(f"{role}_{name}", str(values.get("currency", "")))
        return values

    def limits(self) -> list[tuple[str, Limits]]:
        values = self.cleaned_data
        return [(r, Limits(**{name: values[f"{r}_{name}"] for name in LABELS})) for r in ROLES]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of each role, under its word."""
        return [
            (str(Role(role).label), [self[f"{role}_{name}"] for name in LABELS]) for role in ROLES
        ]

    def _read(self, field: str, currency: str) -> None:
        typed = self.cleaned_data.get(field)
        self.cleaned_data[field] = None
        if not typed or not currency:
            return
        try:
            money = amounts.parse(str(typed), currency)
        except InvalidAmount:
            why = amounts.explain(str(typed), currency) or _("This amount is too large.")
            self.add_error(field, why)
            return
        if money.minor <= 0:
            self.add_error(field, amounts.too_small(currency))
            return
        self.cleaned_data[field] = money.minor


def initial_of(rules: Sequence[RefundRule], currency: str) -> dict[str, str]:
    found = {"currency": currency}
    for rule in rules:
        if rule.currency == currency:
            for name in LABELS:
                minor = getattr(rule, name)
                if minor is not None:
                    found[f"{rule.role}_{name}"] = f"{Money(minor, currency).decimal:f}"
    return found
