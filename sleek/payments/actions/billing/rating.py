"""What money was worth at home when it came, for whoever looks later what the exchange brought."""

from __future__ import annotations

from django.db.models import QuerySet

from sleek.fx import queries as fx
from sleek.invoices.models import Invoice
from sleek.payments.models import Allocation
from sleek.payments.rules import PaymentStatus


def keep_rates(invoice: Invoice) -> None:
    """In the caller's transaction. Of each payment the rate of its own day, once; what was not
    known then is looked for again with the next news.
    """
    home = invoice.home_currency
    if not home or home == invoice.currency:
        return
    for allocation in _unrated(invoice):
        at = allocation.payment.succeeded_at
        assert at is not None
        day = at.astimezone(invoice.merchant.zone).date()
        rate = fx.rate_on(day, invoice.currency, home)
        if rate is not None:
            allocation.home_rate = rate
            allocation.save(update_fields=["home_rate"])


def _unrated(invoice: Invoice) -> QuerySet[Allocation]:
    paid = Allocation.objects.filter(
        instalment__invoice=invoice,
        payment__status=PaymentStatus.SUCCEEDED,
        home_rate=None,
    )
    return paid.select_related("payment").order_by("pk")
