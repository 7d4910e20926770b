"""A pattern for numbers, and when a bill needs a second person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from sleek.core.money import InvalidAmount
from sleek.invoices.rules import Condition
from sleek.merchants.models import Merchant, Role
from sleek.papers.rules import PATTERN_LENGTH, PatternFlaw
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.forms.merchant import currencies

MAX_RULES = 10

FLAWS: dict[PatternFlaw, Promise] = {
    PatternFlaw.TOO_LONG: gettext_lazy("At most %(limit)s characters."),
    PatternFlaw.NO_SEQUENCE: gettext_lazy(
        "{seq} must stand in it once: that is what counts. {seq:5} fills it with zeros."
    ),
    PatternFlaw.STRANGE_LETTERS: gettext_lazy(
        "Only letters, digits, Chinese characters, spaces and . / _ - beside {year}, {yy}, {month}"
        " and {seq}."
    ),
    PatternFlaw.MONTH_WITHOUT_YEAR: gettext_lazy(
        "With {month} there must be {year}, too, or next year's numbers repeat this year's."
    ),
}


def explain(flaw: PatternFlaw) -> str:
    return str(FLAWS[flaw]).replace("%(limit)s", str(PATTERN_LENGTH))


class PatternForm(forms.Form):
    pattern = forms.CharField(
        label=gettext_lazy("Pattern"),
        max_length=PATTERN_LENGTH,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter a pattern, such as SF-{year}-{seq:5}.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class RuleForm(forms.Form):
    """One condition; all that is filled in must be true. An empty row is none."""

    amount = forms.CharField(
        label=gettext_lazy("From amount"),
        max_length=amounts.MAX_TYPED,
        required=False,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), required=False)
    role = forms.ChoiceField(
        label=gettext_lazy("Written by"),
        choices=[("", gettext_lazy("anybody")), *Role.choices],
        required=False,
    )
    customer = forms.ChoiceField(label=gettext_lazy("Customer"), required=False)
    is_below = forms.BooleanField(
        label=gettext_lazy("Only with a price below the quotation"), required=False
    )
    applies = forms.BooleanField(label=gettext_lazy("This rule holds"), required=False)

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = merchant.customers.filter(archived_at=None).order_by("name")[:500]
        self._customers = {row.public_id: row.pk for row in rows}
        locale = to_locale(get_language() or "en")
        self._offer("currency", currencies(locale))
        self._offer("customer", [("", _("any")), *((row.public_id, row.name) for row in rows)])
        dress(self)

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        typed = str(self.cleaned_data.get("amount", "")).strip()
        currency = self.cleaned_data.get("currency") or ""
        self.cleaned_data["from"] = None
        if typed and currency:
            try:
                money = amounts.parse(typed, currency)
                self.cleaned_data["from"] = money
                if money.minor <= 0:
                    self.add_error("amount", amounts.too_small(currency))
            except InvalidAmount:
                too_large = _("This amount is too large.")
                self.add_error("amount", amounts.explain(typed, currency) or too_large)
        return self.cleaned_data

    @property
    def condition(self) -> Condition | None:
        said = self.cleaned_data
        if not said.get("applies"):
            return None
        return Condition(
            amount_from=said["from"],
            author_role=said.get("role") or "",
            customer_id=self._customers.get(said.get("customer") or ""),
            is_below_quotation=bool(said.get("is_below")),
        )
