"""Giving money back, declining that, and saying that a transfer was made."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.core.amounts import plain_money
from sleek.core.money import InvalidAmount, Money
from sleek.merchants.models import User
from sleek.refunds.actions import Wish
from sleek.refunds.rules import RefundReason, Route
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.telling.refunds import words

# To a wallet it goes when its payer says so.
CHOSEN = (Route.CHANNEL, Route.BANK)
MAX_NOTE, MAX_REMARK, MAX_REFERENCE = 300, 500, 128


class RefundForm(forms.Form):
    amount = forms.CharField(
        label=gettext_lazy("Amount to give back"),
        max_length=amounts.MAX_TYPED,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter an amount.")},
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why it goes back"),
        choices=[("", gettext_lazy("Choose a reason")), *words.REASONS.items()],
        error_messages={"required": gettext_lazy("Choose why it goes back.")},
    )
    note = forms.CharField(
        label=gettext_lazy("To the payer"),
        max_length=MAX_NOTE,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Stands in the mail and on the payer's page."),
    )
    remark = forms.CharField(
        label=gettext_lazy("For colleagues"),
        max_length=MAX_REMARK,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Only your team reads it."),
    )
    route = forms.ChoiceField(
        label=gettext_lazy("How it goes back"), widget=forms.RadioSelect, required=False
    )

    # What was left when the page was made, in minor units: pressed twice, it goes back once.
    seen = amounts.SeenField()
    is_twice = forms.BooleanField(
        label=gettext_lazy("Also what was deducted from a later bill"), required=False
    )

    def __init__(
        self, *args: Any, left: Money, may_go_by_bank: bool, is_deducted: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._left = left
        self.fields["seen"].initial = left.minor
        if not is_deducted:
            del self.fields["is_twice"]
        if may_go_by_bank:
            field = self.fields["route"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(route, words.ROUTES[route]) for route in CHOSEN]
        else:
            del self.fields["route"]
        dress(self)

    def clean_amount(self) -> Money:
        typed = str(self.cleaned_data["amount"])
        try:
            money = amounts.parse(typed, self._left.currency)
        except InvalidAmount:
            why = amounts.explain(typed, self._left.currency) or _("This amount is too large.")
            raise forms.ValidationError(why) from None
        if money.minor <= 0:
            raise forms.ValidationError(amounts.too_small(self._left.currency))
        if money > self._left:
            most = {"left": plain_money(self._left)}
            raise forms.ValidationError(_("At most %(left)s are left to give back.") % most)
        return money

    def clean_seen(self) -> Money | None:
        return amounts.seen(self.cleaned_data["seen"], self._left.currency)

    def look_again(self) -> None:
        """Whoever reads the page now has seen what is left now."""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = str(self._left.minor)
        self.data = data

    def wish(self, by: User) -> Wish:
        said = self.cleaned_data
        return Wish(
            RefundReason(said["reason"]),
            note=said["note"],
            remark=said["remark"],
            by=by,
            route=Route(said.get("route") or Route.CHANNEL),
            is_twice=said.get("is_twice", False),
            seen=said["seen"],
        )


class DeclineForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Why not"),
        max_length=MAX_NOTE,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Whoever asked reads it, and so does the payer."),
        error_messages={"required": gettext_lazy("Say why, so that they understand.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class TransferForm(forms.Form):
    reference = forms.CharField(
        label=gettext_lazy("The bank's reference"),
        max_length=MAX_REFERENCE,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("From your bank's confirmation. With it the payer's bank finds it."),
        error_messages={"required": gettext_lazy("Enter the reference of the transfer.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
