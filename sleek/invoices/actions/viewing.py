"""Noticing that a bill was looked at. Whose eyes they were is not kept."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F

from sleek.core import clock
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.invoices.actions.drafting import lock
from sleek.invoices.models import Invoice, Views


@transaction.atomic
def note_view(invoice: Invoice, *, on: date) -> None:
    """Somebody opened its page. The caller has sorted out bots, colleagues and repeated looks."""
    views, is_new = Views.objects.get_or_create(invoice=invoice, on=on)
    if not is_new:
        Views.objects.filter(pk=views.pk).update(count=F("count") + 1)
    if invoice.viewed_at is None:
        _note_first(invoice)


def _note_first(invoice: Invoice) -> None:
    invoice = lock(invoice)
    if invoice.viewed_at is not None:
        return
    invoice.viewed_at = clock.now()
    invoice.save(update_fields=["viewed_at"])
    data: dict[str, object] = {"number": invoice.number}
    events.record([Fact("invoice.viewed", invoice.public_id, invoice.merchant_id, data)])
