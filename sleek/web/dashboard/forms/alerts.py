"""Setting a balance alert, and adding a phone or a chat room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy, to_locale
from django.utils.translation import gettext as _

from sleek.core.money import InvalidAmount, Money
from sleek.merchants.models import Membership
from sleek.notifications.actions import Watch
from sleek.notifications.models import BalanceAlert, Gateway
from sleek.notifications.rules import MAX_ADDRESS, Direction, Medium
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.forms.merchant import currencies

MARGIN_PERCENT = 10  # of the threshold, where nobody says how far the balance must come back
_AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}


class AlertForm(forms.Form):
    direction = forms.ChoiceField(
        label=gettext_lazy("When the available balance"),
        choices=[
            (Direction.BELOW, gettext_lazy("falls below")),
            (Direction.ABOVE, gettext_lazy("rises above")),
        ],
    )
    threshold = forms.CharField(
        label=gettext_lazy("Threshold"),
        max_length=amounts.MAX_TYPED,
        widget=forms.TextInput(_AMOUNT),
        error_messages={"required": gettext_lazy("Enter an amount.")},
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    rearm = forms.CharField(
        label=gettext_lazy("Watch again at"),
        max_length=amounts.MAX_TYPED,
        required=False,
        widget=forms.TextInput(_AMOUNT),
        help_text=gettext_lazy(
            "After an alert you are told again only once the balance was back at this amount. "
            "Empty: a tenth beyond the threshold."
        ),
    )
    people = forms.MultipleChoiceField(
        label=gettext_lazy("By e-mail to"), required=False, widget=forms.CheckboxSelectMultiple
    )
    gateways = forms.MultipleChoiceField(
        label=gettext_lazy("By SMS or chat to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, people: Sequence[Membership], gateways: Sequence[Gateway], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._people = {place.public_id: place for place in people}
        self._gateways = {gateway.public_id: gateway for gateway in gateways}
        self._choices("currency", currencies(to_locale(get_language() or "en")))
        self._choices("people", [(key, str(p.user)) for key, p in self._people.items()])
        self._choices("gateways", [(key, g.name) for key, g in self._gateways.items()])
        dress(self)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if "currency" in values and "threshold" in values:
            self._read_levels(values)
        if not values.get("people") and not values.get("gateways"):
            self.add_error("people", _("Choose at least one person, phone or chat room."))
        return values

    def watch(self) -> Watch:
        values = self.cleaned_data
        return Watch(
            Direction(values["direction"]),
            values["threshold"],
            values["rearm"],
            people=[self._people[key] for key in values["people"]],
            gateways=[self._gateways[key] for key in values["gateways"]],
        )

    def _read_levels(self, values: dict[str, Any]) -> None:
        threshold = self._amount("threshold")
        if threshold is None:
            return
        is_below = values.get("direction") == Direction.BELOW
        if values.get("rearm"):
            rearm = self._amount("rearm")
        else:
            margin = threshold.minor * MARGIN_PERCENT // 100
            level = threshold.minor + (margin if is_below else -margin)
            rearm = Money(level, threshold.currency)
        values["threshold"], values["rearm"] = threshold, rearm
        if rearm is not None and rearm != threshold and (rearm > threshold) != is_below:
            self.add_error("rearm", _wrong_side(is_below=is_below))

    def _amount(self, name: str) -> Money | None:
        typed, currency = str(self.cleaned_data[name]), self.cleaned_data["currency"]
        try:
            money = amounts.parse(typed, currency)
        except InvalidAmount:
            why = amounts.explain(typed, currency) or _("This amount is too large.")
            self.add_error(name, why)
            return None
        if money.minor < 0:
            self.add_error(name, _("A balance is never negative. Enter zero or more."))
            return None
        return money

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def _wrong_side(*, is_below: bool) -> str:
    if is_below:
        return _("Enter the threshold or more: the balance has to come back above it.")
    return _("Enter the threshold or less: the balance has to come back below it.")


def initial_of(alert: BalanceAlert) -> dict[str, object]:
    return {
        "direction": alert.direction,
        "currency": alert.currency,
        "threshold": f"{alert.money.decimal:f}",
        "rearm": f"{alert.rearm_money.decimal:f}",
        "people": [place.public_id for place in alert.people.all()],
        "gateways": [gateway.public_id for gateway in alert.gateways.all()],
    }


class GatewayForm(forms.Form):
    medium = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            (Medium.IM, pgettext_lazy("medium", "Chat")),
            (Medium.SMS, pgettext_lazy("medium", "SMS")),
        ],
    )
    name = forms.CharField(
        label=pgettext_lazy("gateway", "Name"),
        max_length=60,
        help_text=gettext_lazy("Whose phone, or which room."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=MAX_ADDRESS,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("In Apprise's form. It is kept encrypted and never shown again."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
