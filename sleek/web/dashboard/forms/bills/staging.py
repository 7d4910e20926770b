"""What is typed into a row of stages: a share of a whole, as a percentage or an amount."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sleek.core.money import InvalidAmount, Money
from sleek.invoices.rules import Stage
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.forms.bills import rows
from sleek.web.dashboard.forms.bills.rows import StageForm


def staged(form: StageForm, *, by_amount: bool, currency: str) -> Stage:
    """Raises `ValidationError` where the share is no number."""
    return Stage(
        label=" ".join(str(form.cleaned_data.get("label", "")).split()),
        deliverable=" ".join(str(form.cleaned_data.get("deliverable", "")).split()),
        amount=_amount(form.typed, currency) if by_amount else None,
        percent=None if by_amount else _percent(form.typed),
        due_on=form.day,
    )


def _amount(typed: str, currency: str) -> Money:
    try:
        return amounts.parse(typed, currency)
    except InvalidAmount:
        too_large = _("This amount is too large.")
        raise ValidationError(amounts.explain(typed, currency) or too_large) from None


def _percent(typed: str) -> Decimal:
    """Up to four decimals."""
    found = rows.decimal(typed.replace("%", "").replace("\uff05", "").strip(), "quantity")
    if found > 100:
        raise ValidationError(_("No stage is more than 100 per cent."))
    return found
