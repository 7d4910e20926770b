"""The form that records what a channel paid out to the bank."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.core import clock
from sleek.core.money import InvalidAmount, Money
from sleek.reconciliation.models import new_id
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.forms.dress import dress
from sleek.web.ui.templatetags.sleek_ui import plain_money

MAX_REFERENCE = 140
_SEAL = signing.Signer(salt="dashboard.settlement")


class SettlementForm(forms.Form):
    """`ticket` names the settlement before there is one, so that a double click records it once."""

    amount = forms.CharField(
        max_length=amounts.MAX_TYPED,
        error_messages={"required": gettext_lazy("Enter the amount on the bank statement.")},
        widget=forms.TextInput(
            {"class": "form-control amount-input", "inputmode": "decimal", "autocomplete": "off"}
        ),
    )
    arrived_on = forms.DateField(
        label=gettext_lazy("Day on the bank statement"),
        error_messages={
            "required": gettext_lazy("Enter the day on the bank statement."),
            "invalid": gettext_lazy("Enter a day of the calendar, like 2026-03-02."),
        },
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    reference = forms.CharField(
        label=gettext_lazy("Bank reference"),
        max_length=MAX_REFERENCE,
        required=False,
        help_text=gettext_lazy("As on the statement, to find it again."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    ticket = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, held: Money, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = held
        self.fields["amount"].label = _("Amount in %(currency)s") % {"currency": held.currency}
        dress(self)
        self.fields["arrived_on"].widget.attrs["max"] = _today().isoformat()

    def clean_amount(self) -> Money:
        typed, currency = str(self.cleaned_data["amount"]), self.held.currency
        try:
            money = amounts.parse(typed, currency)
        except InvalidAmount:
            why = amounts.explain(typed, currency) or self._too_much()
            raise forms.ValidationError(why) from None
        if money.minor <= 0:
            raise forms.ValidationError(amounts.too_small(currency))
        if money > self.held:
            raise forms.ValidationError(self._too_much())
        return money

    def clean_arrived_on(self) -> date:
        day: date = self.cleaned_data["arrived_on"]
        if day > _today():
            raise forms.ValidationError(_("That day has not come yet."))
        return day

    def clean_reference(self) -> str:
        return " ".join(str(self.cleaned_data["reference"]).split())

    def clean_ticket(self) -> str:
        return read_ticket(str(self.cleaned_data["ticket"]))

    def _too_much(self) -> str:
        held = plain_money(self.held)
        return _("The channel holds %(held)s for you. Enter that, or less.") % {"held": held}


def initial(amount: Money) -> dict[str, object]:
    return {
        "amount": f"{amount.decimal:f}",
        "arrived_on": _today(),
        "ticket": _SEAL.sign(new_id()),
    }


def read_ticket(ticket: str) -> str:
    """The settlement's id, or nothing: what we did not write is not believed."""
    try:
        return _SEAL.unsign(ticket)
    except signing.BadSignature:
        return ""


def _today() -> date:
    """In the merchant's zone, which is the current one inside the back office."""
    return timezone.localdate(clock.now())
