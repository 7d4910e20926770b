"""What a merchant's people read about bills: that one waits for them, and what became of theirs."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from sleek.core.amounts import plain_money
from sleek.invoices.models import Invoice
from sleek.notifications.rules import Letter


def review_wanted(bill: Invoice) -> Letter:
    return _letter(
        bill,
        _("Please review a bill of %(amount)s"),
        _("%(who)s wrote it for %(payer)s. It is issued once somebody else has approved it."),
    )


def returned(bill: Invoice) -> Letter:
    return _letter(
        bill,
        _("Your bill of %(amount)s came back"),
        _("For %(payer)s. The reviewer writes: %(reason)s\n\nCorrect it and hand it in again."),
    )


def approved(bill: Invoice) -> Letter:
    return _letter(
        bill,
        _("Bill %(number)s is approved and issued"),
        _("%(amount)s for %(payer)s. You can send it now."),
    )


def paid(bill: Invoice) -> Letter:
    return _letter(
        bill,
        _("Bill %(number)s is paid: %(amount)s"),
        _("By %(payer)s. The receipt went out by itself."),
    )


def in_language(make: Callable[[Invoice], Letter], bill: Invoice, language: str) -> Letter:
    with translation.override(language):
        return make(bill)


def _letter(bill: Invoice, subject: str, text: str) -> Letter:
    last = bill.reviews.order_by("pk").last()
    words = {
        "amount": plain_money(bill.asked),
        "number": bill.number,
        "payer": bill.payer_name,
        "who": str(bill.created_by),
        "reason": last.reason if last else "",
    }
    return Letter(
        subject=subject % words,
        text=text % words,
        button=_("Open the bill"),
        url=settings.PUBLIC_URL + reverse("bill-show", args=[bill.public_id]),
    )
