"""The form of a payment link, with every mistake explained at its field."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.core import clock
from sleek.core.money import InvalidAmount, Money
from sleek.links import rules
from sleek.links.rules import Flaw
from sleek.web.dashboard.forms import amounts
from sleek.web.ui.templatetags.sleek_ui import plain_money


class LinkForm(forms.Form):
    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=amounts.MAX_TYPED,
        error_messages={"required": gettext_lazy("Enter the amount to collect.")},
        widget=forms.TextInput(
            {"class": "form-control amount-input", "inputmode": "decimal", "autocomplete": "off",
             "placeholder": "50.00", "autofocus": True}
        ),
    )  # fmt: skip
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        choices=[(code, code) for code in rules.CURRENCIES],
        widget=forms.Select({"class": "form-select"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        error_messages={
            "required": gettext_lazy("Say what the payment is for; the payer reads it.")
        },
        widget=forms.TextInput(
            {"class": "form-control", "autocomplete": "off",
             "placeholder": gettext_lazy("Sample fee, vase no. 3")}
        ),
    )  # fmt: skip
    use = forms.ChoiceField(
        label=gettext_lazy("How often may it be paid?"),
        choices=[
            ("single", gettext_lazy("Once, by one payer")),
            ("reusable", gettext_lazy("Any number of times")),
        ],
        initial="single",
        required=False,
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Expires after (days)"),
        required=False,
        min_value=1,
        max_value=rules.MAX_DAYS,
        error_messages={
            "invalid": gettext_lazy("Enter a whole number of days, or leave it empty."),
            "min_value": gettext_lazy("At least one day."),
            "max_value": gettext_lazy("At most %(limit_value)s days."),
        },
        widget=forms.NumberInput(
            {"class": "form-control", "inputmode": "numeric",
             "placeholder": gettext_lazy("Never")}
        ),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "amount" in cleaned and "currency" in cleaned:
            self._read_amount(cleaned["amount"], cleaned["currency"])
        reason = " ".join(cleaned.get("reason", "").split())
        if len(reason) > rules.MAX_REASON:
            self.add_error("reason", explain(Flaw.REASON_TOO_LONG, length=len(reason)))
        return cleaned | {"reason": reason, "use": cleaned.get("use") or "single"}

    def _read_amount(self, typed: str, currency: str) -> None:
        try:
            money = amounts.parse(typed, currency)
        except InvalidAmount:
            too_large = explain(Flaw.AMOUNT_TOO_LARGE, currency=currency)
            self.add_error("amount", amounts.explain(typed, currency) or too_large)
            return
        self.cleaned_data["money"] = money
        for flaw in rules.flaws(money, "-", expires_at=None, now=clock.now()):
            self.add_error("amount", explain(flaw, currency=currency))

    @property
    def money(self) -> Money | None:
        """The amount, once it is one that a link may have."""
        found = self.cleaned_data.get("money") if "amount" not in self.errors else None
        return found if isinstance(found, Money) else None

    @property
    def expires_at(self) -> datetime | None:
        days = self.cleaned_data.get("days")
        return clock.now() + timedelta(days=days) if days else None

    @property
    def has_details(self) -> bool:
        """Whether the folded part says something, so that it must stand open."""
        return bool(
            self["days"].value()
            or self["use"].value() == "reusable"
            or self["days"].errors
            or self["use"].errors
        )


def explain(flaw: Flaw, *, currency: str = "USD", length: int = 0) -> str:
    most = Money(rules.MAX_MINOR, currency)
    words: dict[Flaw, str | Promise] = {
        Flaw.AMOUNT_TOO_SMALL: amounts.too_small(currency),
        Flaw.AMOUNT_TOO_LARGE: _("A link can collect at most %(most)s."),
        Flaw.REASON_MISSING: _("Say what the payment is for; the payer reads it."),
        Flaw.REASON_TOO_LONG: _("At most %(limit)s characters; these are %(length)s."),
        Flaw.EXPIRY_PASSED: _("The link would have expired already."),
    }
    return str(words[flaw]) % {
        "most": plain_money(most),
        "limit": rules.MAX_REASON,
        "length": length,
    }
