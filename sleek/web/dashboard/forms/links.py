"""The form of a payment link, with every mistake explained at its field."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sleek.core import clock
from sleek.core.money import InvalidAmount, Money, exponent
from sleek.links import rules
from sleek.links.rules import Flaw
from sleek.web.ui.templatetags.sleek_ui import plain_money

MAX_TYPED = 20  # characters of an amount
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")
_PLAIN = re.compile(r"-?\d*\.?\d*")


class LinkForm(forms.Form):
    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=MAX_TYPED,
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
            money = parse(typed, currency)
        except InvalidAmount:
            self.add_error("amount", explain_amount(typed, currency))
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


def parse(typed: str, currency: str) -> Money:
    """An amount as people type it: commas, full-width digits, spaces. Raises `InvalidAmount`."""
    text = unicodedata.normalize("NFKC", typed).replace(" ", "")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    return Money.parse(text, currency)


def explain_amount(typed: str, currency: str) -> str:
    """Why the text is no amount, in words that say what to write instead."""
    text = unicodedata.normalize("NFKC", typed).replace(" ", "")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    digits = exponent(currency)
    if not _PLAIN.fullmatch(text) or not any(map(str.isdigit, text)):
        example = "1234.50" if digits else "1234"
        return _("Write the amount in digits, like %(example)s.") % {"example": example}
    if digits == 0:
        return _("%(currency)s has no decimals. Enter a whole number.") % {"currency": currency}
    if "." in text and len(text.partition(".")[2]) > digits:
        return ngettext(
            "%(currency)s has at most %(count)s decimal.",
            "%(currency)s has at most %(count)s decimals.",
            digits,
        ) % {"currency": currency, "count": digits}
    return explain(Flaw.AMOUNT_TOO_LARGE, currency=currency)


def explain(flaw: Flaw, *, currency: str = "USD", length: int = 0) -> str:
    least, most = Money(1, currency), Money(rules.MAX_MINOR, currency)
    words: dict[Flaw, str | Promise] = {
        Flaw.AMOUNT_TOO_SMALL: _("The amount must be at least %(least)s."),
        Flaw.AMOUNT_TOO_LARGE: _("A link can collect at most %(most)s."),
        Flaw.REASON_MISSING: _("Say what the payment is for; the payer reads it."),
        Flaw.REASON_TOO_LONG: _("At most %(limit)s characters; these are %(length)s."),
        Flaw.EXPIRY_PASSED: _("The link would have expired already."),
    }
    return str(words[flaw]) % {
        "least": plain_money(least),
        "most": plain_money(most),
        "limit": rules.MAX_REASON,
        "length": length,
    }
