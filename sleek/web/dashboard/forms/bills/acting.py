"""What is asked for when something is done with a bill."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.core.amounts import plain_money
from sleek.core.money import InvalidAmount, Money
from sleek.customers.rules import LETTERS, Unfit, read_customer
from sleek.invoices.actions.following_up import MAX_NOTE
from sleek.invoices.actions.sending import MAX_MESSAGE
from sleek.invoices.rules import ANSWERS, Answer
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.telling import customers as telling
from sleek.web.dashboard.telling.bills.words import OUTCOMES
from sleek.web.dashboard.telling.share.messages import languages

MAX_REASON = 300


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=MAX_REASON,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": gettext_lazy("Say why, so that others understand it later.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class CreditForm(ReasonForm):
    amount = forms.CharField(
        label=gettext_lazy("Amount to take back"),
        max_length=amounts.MAX_TYPED,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter an amount.")},
    )
    # What was owed when the page was made, in minor units: pressed twice, it counts once.
    seen = amounts.SeenField()
    field_order = ("amount", "reason")

    def __init__(self, *args: Any, owed: Money, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._owed = owed
        self.fields["seen"].initial = owed.minor

    def clean_seen(self) -> Money | None:
        return amounts.seen(self.cleaned_data["seen"], self._owed.currency)

    def clean_amount(self) -> Money:
        typed, currency = str(self.cleaned_data["amount"]), self._owed.currency
        try:
            money = amounts.parse(typed, currency)
        except InvalidAmount:
            why = amounts.explain(typed, currency) or _("This amount is too large.")
            raise forms.ValidationError(why) from None
        if money.minor <= 0:
            raise forms.ValidationError(amounts.too_small(currency))
        if money > self._owed:
            owed = {"owed": plain_money(self._owed)}
            raise forms.ValidationError(_("At most %(owed)s are still owed.") % owed)
        return money


class NoteForm(forms.Form):
    """What may be changed at any time, since nobody but colleagues reads it."""

    tags: tuple[str, ...] = ()

    memo = forms.CharField(
        label=gettext_lazy("Note for colleagues"),
        max_length=LETTERS["memo"],
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    tag_list = forms.CharField(label=gettext_lazy("Tags"), max_length=900, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean_tag_list(self) -> str:
        typed = str(self.cleaned_data["tag_list"])
        try:
            self.tags = read_customer({"name": "-", "tags": typed}).tags
        except Unfit as unfit:
            raise forms.ValidationError([telling.fault(fault) for fault in unfit.faults]) from None
        return typed


class SendForm(forms.Form):
    to = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off", "inputmode": "email"}),
        error_messages={
            "required": gettext_lazy("To whom?"),
            "invalid": gettext_lazy("This is not a valid e-mail address. Please check it."),
        },
    )
    message = forms.CharField(
        label=gettext_lazy("To the payer"),
        max_length=MAX_MESSAGE,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Stands in the mail, above the amount."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = languages()
        dress(self)


class FollowUpForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What they said"),
        choices=[(each.value, OUTCOMES[each]) for each in ANSWERS],
        widget=forms.RadioSelect({"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Choose what they said.")},
    )
    promised_on = forms.DateField(
        label=gettext_lazy("They pay on"),
        required=False,
        error_messages={"invalid": gettext_lazy("Enter a day of the calendar.")},
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=gettext_lazy("For colleagues"),
        max_length=MAX_NOTE,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("outcome") == Answer.PROMISED and not self.cleaned_data.get(
            "promised_on"
        ):
            self.add_error("promised_on", _("On which day do they pay?"))
        return self.cleaned_data
