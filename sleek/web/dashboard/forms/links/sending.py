"""Small forms around a link: labels of stickers, an amount at the counter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sleek.core.money import InvalidAmount, Money
from sleek.links import rules
from sleek.links.rules import Ask, Flaw
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.forms.links.flaws import explain

MAX_AT_ONCE = 100  # stickers made by one form


class StickersForm(forms.Form):
    labels = forms.CharField(
        label=_("Where will they hang?"),
        help_text=_(
            "One a line: Counter 1, Shop window, Ms Wang. It is printed small below the code."
        ),
        error_messages={"required": _("Give each sticker a label, one a line.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean_labels(self) -> list[str]:
        labels = [" ".join(line.split()) for line in str(self.cleaned_data["labels"]).splitlines()]
        labels = [label for label in labels if label]
        if len(labels) > MAX_AT_ONCE:
            raise ValidationError(_("At most %(limit)s at once.") % {"limit": MAX_AT_ONCE})
        for label in labels:
            if len(label) > rules.MAX_LABEL:
                raise ValidationError(
                    _("“%(label)s” is too long: at most %(limit)s characters.")
                    % {"label": f"{label[:20]}…", "limit": rules.MAX_LABEL}
                )
        return labels


class CounterForm(forms.Form):
    """What is typed at a counter, with a customer waiting."""

    amount = forms.CharField(
        label=_("Amount"),
        max_length=amounts.MAX_TYPED,
        error_messages={"required": _("Enter the amount to collect.")},
        widget=forms.TextInput(
            attrs={"class": "form-control counter-amount", "inputmode": "decimal",
                   "autocomplete": "off", "autofocus": True}
        ),
    )  # fmt: skip
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, code) for code in rules.CURRENCIES]
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=rules.MAX_REASON, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed, currency = cleaned.get("amount"), cleaned.get("currency")
        if typed and currency:
            try:
                cleaned["money"] = amounts.parse(typed, currency)
            except InvalidAmount:
                too_large = explain(Flaw.AMOUNT_TOO_LARGE, currency=currency)
                self.add_error("amount", amounts.explain(typed, currency) or too_large)
                return cleaned
            for flaw in rules.flaws(Ask.fixed(cleaned["money"]), "-"):
                self.add_error("amount", explain(flaw, currency=currency))
        return cleaned

    @property
    def money(self) -> Money:
        money = self.cleaned_data["money"]
        assert isinstance(money, Money)
        return money
