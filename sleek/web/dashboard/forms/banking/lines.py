"""Typing in a line of the bank's statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.channels.models import Connection
from sleek.core import clock
from sleek.core.money import InvalidAmount, Money
from sleek.reconciliation.models import new_line_id
from sleek.reconciliation.rules.lines import Row
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.forms.dress import dress

_SEAL = signing.Signer(salt="dashboard.bank_line")


class LineForm(forms.Form):
    """`ticket` names the line before there is one, so that a double click writes it once."""

    account = forms.ChoiceField(label=gettext_lazy("Bank account"))
    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=amounts.MAX_TYPED,
        error_messages={"required": gettext_lazy("Enter the amount on the bank statement.")},
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    booked_on = forms.DateField(
        label=gettext_lazy("Day on the bank statement"),
        error_messages={
            "required": gettext_lazy("Enter the day on the bank statement."),
            "invalid": gettext_lazy("Enter a day of the calendar, like 2026-03-02."),
        },
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    text = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("With the reference that the payer wrote, if there is one."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    payer_name = forms.CharField(
        label=gettext_lazy("Payer"),
        max_length=140,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    payer_account = forms.CharField(
        label=gettext_lazy("Payer's account"),
        max_length=64,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    reference = forms.CharField(
        label=gettext_lazy("Bank reference"),
        max_length=140,
        required=False,
        help_text=gettext_lazy("As on the statement, to find it again."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    ticket = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, accounts: Sequence[Connection]) -> None:
        initial = {"booked_on": timezone.localdate(clock.now())}
        super().__init__(data, initial=initial | {"ticket": _SEAL.sign(new_line_id())})
        self._accounts = {account.public_id: account for account in accounts}
        field = self.fields["account"]
        field.choices = [  # type: ignore[attr-defined]
            (key, account.name) for key, account in self._accounts.items()
        ]
        dress(self)

    @property
    def connection(self) -> Connection:
        return self._accounts[self.cleaned_data["account"]]

    def row(self) -> Row:
        told = self.cleaned_data
        return Row(
            number=1,
            booked_on=told["booked_on"],
            amount=told["money"],
            payer_name=told["payer_name"],
            payer_account=told["payer_account"],
            text=told["text"],
            reference=told["reference"],
        )

    def clean_booked_on(self) -> date:
        day: date = self.cleaned_data["booked_on"]
        if day > timezone.localdate(clock.now()):
            raise forms.ValidationError(_("That day has not come yet."))
        return day

    def clean_ticket(self) -> str:
        try:
            return _SEAL.unsign(str(self.cleaned_data["ticket"]))
        except signing.BadSignature:
            return new_line_id()

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if "account" in told and "amount" in told:
            try:
                told["money"] = self._money(told["amount"], self.connection.unseal()["currency"])
            except forms.ValidationError as refusal:
                self.add_error("amount", refusal)
        return told

    def _money(self, typed: str, currency: str) -> Money:
        try:
            money = amounts.parse(typed, currency)
        except InvalidAmount:
            why = amounts.explain(typed, currency) or _("That amount is too large.")
            raise forms.ValidationError(why) from None
        if money.minor <= 0:
            raise forms.ValidationError(amounts.too_small(currency))
        return money
