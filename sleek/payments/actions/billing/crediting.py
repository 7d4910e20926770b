"""Taking back part of what a bill asks, once all money that came for it is counted.

A bill hears of its payments a moment later, so what it says is owed may have been paid already. The
payments are locked first and then the bill, as news of money does.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.actions import ChangedMeanwhile
from sleek.invoices.models import CreditNote, Invoice
from sleek.merchants.models import User
from sleek.payments.actions.billing.following import tell


@transaction.atomic
def credit(
    bill: Invoice, amount: Money, reason: str, *, by: User, seen: Money | None = None
) -> CreditNote:
    """`seen` is what was owed as they looked at it, so that pressing twice takes back once. Raises
    `ChangedMeanwhile`, or what `invoices.credit` raises.
    """
    bill = tell(bill)
    if seen is not None and seen != bill.due:
        raise ChangedMeanwhile(
            _("Meanwhile something was paid or taken back. Look at what is owed now.")
        )
    return invoices.credit(bill, amount, reason, by=by)
