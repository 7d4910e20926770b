"""Dividing a bill that is out anew, while somebody may be about to pay it.

Locked are its payments, the bill, then its instalments: in this order nobody can begin to pay what
is being changed, and news of money waits. What somebody has only looked at is over: they find the
new stages.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.invoices import actions as invoices
from sleek.invoices.actions import ChangedMeanwhile, NotDividable
from sleek.invoices.actions.drafting import lock as lock_bill
from sleek.invoices.models import Instalment, Invoice
from sleek.invoices.rules import Stage
from sleek.merchants.models import Membership
from sleek.payments import queries, rules
from sleek.payments.actions.billing.following import lock_payments
from sleek.payments.actions.expiry import call_off
from sleek.payments.models import Payment


@transaction.atomic
def divide(bill: Invoice, stages: Sequence[Stage], *, seen: str, by: Membership) -> Invoice:
    """`seen` is `queries.plan_seen` of what was looked at. Raises `ChangedMeanwhile`, or what
    `invoices.divide` raises.
    """
    bill, idle = _lock(bill)
    fixed = queries.fixed_of(bill)
    if seen != queries.plan_seen(bill):
        raise ChangedMeanwhile(
            _("Meanwhile somebody paid, or changed the stages. Look at them again.")
        )
    bill = invoices.divide(bill, stages, fixed=fixed, by=by)
    for payment in idle:
        if not set(payment.allocations.values_list("instalment_id", flat=True)) <= fixed:
            call_off(payment)
    return bill


def _lock(bill: Invoice) -> tuple[Invoice, list[Payment]]:
    """And the payments that nobody has paid, with or without a try."""
    known = lock_payments([bill])
    bill = lock_bill(bill)
    rows = Instalment.objects.select_for_update(no_key=True).filter(invoice=bill)
    list(rows.order_by("pk").values_list("pk"))
    idle = list(queries.payments_of(bill).filter(status__in=rules.PAYABLE).order_by("pk"))
    if not {payment.pk for payment in idle} <= known:
        raise NotDividable(_("Somebody begins to pay just now. Look again in a moment."))
    return bill, idle
