"""An address of a link for one customer, with what is known of them filled in already."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sleek.core.money import InvalidAmount, Money
from sleek.links import queries as links
from sleek.links.models import PaymentLink
from sleek.links.queries import Prefill
from sleek.links.rules import AmountKind, FieldKey, Wish, WishFlaw, total
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.forms.links.looking import WORDS
from sleek.web.dashboard.telling import share

MAX_VALUE = 300


class PrefillForm(forms.Form):
    """One field for each that the link asks, and the amount where the payer chooses it."""

    prefix = "prefill"

    def __init__(self, *args: Any, link: PaymentLink, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.link = link
        if link.amount_kind == AmountKind.OPEN:
            self.fields["amount"] = forms.CharField(
                label=_("Amount"), max_length=amounts.MAX_TYPED, required=False
            )
        for field in link.fields_asked:
            label = field.label or str(WORDS[field.key])
            self.fields[field.key] = forms.CharField(
                label=label, max_length=MAX_VALUE, required=False
            )
        dress(self)

    def clean_amount(self) -> Money | None:
        typed = str(self.cleaned_data["amount"])
        if not typed:
            return None
        try:
            amount = amounts.parse(typed, self.link.currency)
        except InvalidAmount as error:
            raise forms.ValidationError(amounts.explain(typed, self.link.currency)) from error
        if isinstance(total(self.link.ask, Wish(amount=amount)), WishFlaw):
            raise forms.ValidationError(_("This lies outside the bounds of the link."))
        return amount

    @property
    def url(self) -> str:
        """Empty until something was filled in rightly."""
        if not self.is_bound or not self.is_valid():
            return ""
        values = {FieldKey(key): text for key, text in self.cleaned_data.items() if key != "amount"}
        amount = self.cleaned_data.get("amount")
        if amount is None and not any(values.values()):
            return ""
        sealed = links.seal_prefill(self.link, Prefill(values, amount))
        return f"{share.address(self.link)}?prefill={sealed}"
