"""A plan by which payments are shared out: its name, and a row for each share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sleek.splits import queries
from sleek.splits.rules import MAX_DAYS, MAX_SHARES, WHOLE, PlanFlaw, ShareWish
from sleek.web.dashboard.forms.dress import dress

ROWS = 3  # shown at first
AT_ONCE, LATER, BY_HAND = "at_once", "later", "by_hand"

FLAWS = {
    PlanFlaw.NAME_MISSING: gettext_lazy("Give the plan a name."),
    PlanFlaw.NO_SHARE: gettext_lazy("Enter at least one share."),
    PlanFlaw.TOO_MANY: gettext_lazy("A plan has ten shares at most."),
    PlanFlaw.SHARE_WRONG: gettext_lazy("Every share is more than nothing."),
    PlanFlaw.MORE_THAN_ALL: gettext_lazy("The shares add up to more than 100 %."),
    PlanFlaw.DAYS_WRONG: gettext_lazy("Money is held for at most 180 days."),
    PlanFlaw.OWN_WALLET: gettext_lazy(
        "That is your own wallet. To hold money for yourself, leave the number empty."
    ),
    PlanFlaw.WALLET_TWICE: gettext_lazy("Each wallet has one share, and so does what you hold."),
}


class PlanForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("plan", "Name"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class ShareForm(forms.Form):
    wallet = forms.CharField(
        label=gettext_lazy("Wallet number"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("Empty: held for yourself."),
    )
    percent = forms.DecimalField(
        label=gettext_lazy("Share in %"),
        min_value=Decimal("0.0001"),
        max_value=Decimal(100),
        decimal_places=4,
        required=False,
    )
    release = forms.ChoiceField(
        label=gettext_lazy("Released"),
        choices=[
            (BY_HAND, gettext_lazy("when you say so")),
            (LATER, gettext_lazy("after some days")),
            (AT_ONCE, gettext_lazy("at once")),
        ],
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days"), min_value=1, max_value=MAX_DAYS, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("wallet") and values.get("percent") is None and "percent" not in self.errors:
            self.add_error("percent", _("How large is this wallet's share?"))
        if values.get("release") == LATER and not values.get("days") and "days" not in self.errors:
            self.add_error("days", _("After how many days?"))
        if values.get("wallet"):
            self._find_wallet(values)
        return values

    def _find_wallet(self, values: dict[str, Any]) -> None:
        self.found = queries.wallet(values["wallet"].strip())
        if self.found is None:
            self.add_error(
                "wallet",
                _("There is no wallet with this number. Its owner finds it in their settings."),
            )

    @property
    def wish(self) -> ShareWish | None:
        """Nothing for a row that was left empty."""
        values = self.cleaned_data
        if values.get("percent") is None:
            return None
        found = getattr(self, "found", None)
        days = {AT_ONCE: 0, LATER: values.get("days"), BY_HAND: None}[values["release"]]
        return ShareWish(
            millionths=int(values["percent"] * WHOLE / 100),
            beneficiary_id=found.merchant_id if found else None,
            beneficiary_name=found.name if found else "",
            release_after_days=days,
        )


SharesForm = forms.formset_factory(ShareForm, extra=ROWS, max_num=MAX_SHARES, validate_max=True)
