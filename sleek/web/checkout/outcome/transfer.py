"""What a payer is told who pays by bank transfer: where to, with which words, and what came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from sleek.payments.models import Attempt, Payment
from sleek.web.checkout import qr, wording
from sleek.web.checkout.forms.announcement import AnnouncementForm
from sleek.web.checkout.stages import Standing
from sleek.web.checkout.wording import Text

# In the order in which banks' forms ask for them.
LABELS: dict[str, Text] = {
    "holder": _("Payee"),
    "account": _("Account number or IBAN"),
    "bank": _("Bank"),
    "bank_code": _("SWIFT/BIC or bank code"),
    "bank_address": _("Address of the bank"),
    "holder_address": _("Address of the payee"),
}


@dataclass(frozen=True, slots=True)
class Particular:
    """One line of a bank's form. `copied` is what the form takes: an account without spaces."""

    label: Text
    text: str
    copied: str


def about(payment: Payment, attempt: Attempt, standing: Standing) -> dict[str, object]:
    """All that the page says while a transfer is awaited."""
    told = attempt.next_data
    missing = payment.money - standing.arrived if standing.arrived else payment.money
    announcements = list(attempt.announcements.defer("content").order_by("pk"))
    code = str(told.get("qr", "")) if missing == payment.money else ""
    return {
        "particulars": list(_particulars(attempt)),
        "reference": told.get("reference", ""),
        "is_own_account": "virtual" in told,
        "missing": missing,
        "missing_plain": f"{missing.decimal:f}",
        "transfer_code": qr.svg(code) if code else "",
        "waits_until": wording.day(attempt.expires_at, payment.merchant.zone),
        "announcements": announcements,
        "told_by_mail": next((one.email for one in reversed(announcements) if one.email), ""),
        "announcement_form": AnnouncementForm(auto_id="announcement-%s"),
    }


def _particulars(attempt: Attempt) -> Iterator[Particular]:
    for name, label in LABELS.items():
        text = str(attempt.next_data.get(name, ""))
        if text:
            yield Particular(label, text, text.replace(" ", "") if name == "account" else text)
