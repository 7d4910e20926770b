"""Step 1 of a link: amount, currency and reason; folded away, the kinds, limits and end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from sleek.core import clock
from sleek.core.money import InvalidAmount, Money
from sleek.links import rules
from sleek.links.actions import Limits
from sleek.links.models import PaymentLink
from sleek.links.rules import AmountKind, Ask, Flaw
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.forms.links.flaws import explain, field_of

UNTIL = "until"
_LOCAL = "%Y-%m-%dT%H:%M"  # what browsers send and want for a moment


def _amount_field(label: Any, css: str = "form-control amount-bound", **attrs: Any) -> Any:
    widget = forms.TextInput({"class": css, "inputmode": "decimal", "autocomplete": "off", **attrs})
    return forms.CharField(label=label, max_length=amounts.MAX_TYPED, required=False, widget=widget)


def _count_field(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        help_text=help_text,
        error_messages={"invalid": gettext_lazy("Enter a whole number.")},
        widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric", "min": 1}),
    )


def _choices(label: Any, choices: list[tuple[str, Any]], initial: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        initial=initial,
        required=False,
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )


class AskForm(forms.Form):
    amount = _amount_field(
        gettext_lazy("Amount"),
        "form-control amount-input",
        placeholder="50.00",
        autofocus=True,
    )
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
    kind = _choices(
        gettext_lazy("Who decides the amount?"),
        [
            (AmountKind.FIXED, gettext_lazy("You: exactly this amount")),
            (AmountKind.OPEN, gettext_lazy("The payer, between bounds")),
            (AmountKind.QUANTITY, gettext_lazy("The payer chooses how many, you the price")),
        ],
        AmountKind.FIXED,
    )
    minimum = _amount_field(gettext_lazy("At least"))
    maximum = _amount_field(gettext_lazy("At most"))
    quantity_max = _count_field(gettext_lazy("Pieces in one payment, at most"))
    pieces = _count_field(
        gettext_lazy("Pieces available in all"), gettext_lazy("Empty: as many as are wanted.")
    )
    use = _choices(
        gettext_lazy("How often may it be paid?"),
        [
            ("single", gettext_lazy("Once, by one payer")),
            ("reusable", gettext_lazy("Any number of times")),
            ("limited", gettext_lazy("A certain number of times")),
        ],
        "single",
    )
    uses = _count_field(gettext_lazy("How many times"))
    lasts = forms.ChoiceField(
        label=gettext_lazy("Expires"),
        choices=[
            ("", gettext_lazy("Never")),
            ("1", gettext_lazy("In a day")),
            ("7", gettext_lazy("In 7 days")),
            ("30", gettext_lazy("In 30 days")),
            (UNTIL, gettext_lazy("At a date and time")),
        ],
        required=False,
        widget=forms.Select({"class": "form-select"}),
    )
    expires_at = forms.DateTimeField(
        label=gettext_lazy("Date and time"),
        required=False,
        input_formats=[_LOCAL, f"{_LOCAL}:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": gettext_lazy("Enter a day and an hour of the calendar.")},
        widget=forms.DateTimeInput(
            {"class": "form-control", "type": "datetime-local"}, format=_LOCAL
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name().replace("_", " ")
        self.fields["expires_at"].help_text = zone

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["kind"] = AmountKind(cleaned.get("kind") or AmountKind.FIXED)
        cleaned["use"] = cleaned.get("use") or "single"
        cleaned["reason"] = " ".join(cleaned.get("reason", "").split())
        if "currency" in cleaned:
            self._read_ask(cleaned)
        self._read_limits(cleaned)
        return cleaned

    def _read_ask(self, cleaned: dict[str, Any]) -> None:
        kind, currency = cleaned["kind"], cleaned["currency"]
        is_open = kind == AmountKind.OPEN
        ask = Ask(
            kind=kind,
            currency=currency,
            amount=self._read_amount("amount", currency),
            minimum=self._read_amount("minimum", currency) if is_open else None,
            maximum=self._read_amount("maximum", currency) if is_open else None,
            quantity_max=cleaned.get("quantity_max") if kind == AmountKind.QUANTITY else None,
        )
        if not is_open and not cleaned.get("amount"):
            self._say("amount", str(gettext_lazy("Enter the amount to collect.")))
        for flaw in rules.flaws(ask, cleaned["reason"] or "-"):
            length = len(cleaned["reason"])
            self._say(field_of(flaw, ask), explain(flaw, currency=currency, length=length))
        cleaned["ask"] = ask

    def _read_amount(self, name: str, currency: str) -> int | None:
        typed = self.cleaned_data.get(name, "")
        if not typed:
            return None
        try:
            return amounts.parse(typed, currency).minor
        except InvalidAmount:
            too_large = explain(Flaw.AMOUNT_TOO_LARGE, currency=currency)
            self._say(name, amounts.explain(typed, currency) or too_large)
            return None

    def _read_limits(self, cleaned: dict[str, Any]) -> None:
        is_limited = cleaned["use"] == "limited"
        lasts, now = cleaned.get("lasts") or "", clock.now()
        expires_at = cleaned.get("expires_at") if lasts == UNTIL else None
        if lasts.isdigit():
            expires_at = now + timedelta(days=int(lasts))
        if lasts == UNTIL and not expires_at:
            self._say("expires_at", str(gettext_lazy("Enter a day and an hour of the calendar.")))
        limits = Limits(
            is_reusable=cleaned["use"] != "single",
            uses=cleaned.get("uses") if is_limited else None,
            pieces=cleaned.get("pieces") if cleaned["kind"] == AmountKind.QUANTITY else None,
            expires_at=expires_at,
        )
        if is_limited and limits.uses is None:
            self._say("uses", explain(Flaw.USES_WRONG))
        for flaw in rules.limit_flaws(
            uses=limits.uses, pieces=limits.pieces, expires_at=expires_at, now=now
        ):
            self._say(field_of(flaw), explain(flaw))
        cleaned["limits"] = limits

    def _say(self, field: str, complaint: str) -> None:
        """The first complaint about a field is enough."""
        if field not in self.errors:
            self.add_error(field, complaint)

    @property
    def ask(self) -> Ask | None:
        """What is asked for, once it is something that a link can ask."""
        wrong = {"amount", "currency", "minimum", "maximum", "quantity_max"} & self.errors.keys()
        found = self.cleaned_data.get("ask")
        return found if isinstance(found, Ask) and not wrong else None

    @property
    def money(self) -> Money | None:
        """The amount, or the price of one piece, once it is one that a link may have."""
        ask = self.ask
        return Money(ask.amount, ask.currency) if ask and ask.amount else None

    @property
    def limits(self) -> Limits:
        found = self.cleaned_data["limits"]
        assert isinstance(found, Limits)
        return found

    @property
    def has_details(self) -> bool:
        """Whether the folded part says something, so that it must stand open."""
        folded = ("minimum", "maximum", "quantity_max", "pieces", "uses", "expires_at", "lasts")
        return (
            any(self[name].value() or self[name].errors for name in folded)
            or (self["kind"].value() or AmountKind.FIXED) != AmountKind.FIXED
            or (self["use"].value() or "single") != "single"
        )


def typed_like(link: PaymentLink) -> dict[str, object]:
    """What one would type to make the same link again. An end that has passed is left out."""
    uses, pieces = link.uses, link.pieces
    is_single = not link.is_reusable or (uses is not None and uses.total == 1)
    left = link.expires_at if link.expires_at and link.expires_at > clock.now() else None
    return {
        "amount": _typed(link.amount, link.currency),
        "currency": link.currency,
        "reason": link.reason,
        "kind": link.amount_kind,
        "minimum": _typed(link.amount_min, link.currency),
        "maximum": _typed(link.amount_max, link.currency),
        "quantity_max": link.quantity_max or "",
        "pieces": pieces.total if pieces else "",
        "use": "single" if is_single else "limited" if uses else "reusable",
        "uses": uses.total if uses and not is_single else "",
        "lasts": UNTIL if left else "",
        "expires_at": _local(left),
    }


def _typed(minor: int | None, currency: str) -> str:
    return f"{Money(minor, currency).decimal:f}" if minor is not None else ""


def _local(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime(_LOCAL) if moment else ""
