"""What is around one bill: what happened to it, who else names its documents, what its payer was
promised.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Prefetch

from sleek.core import clock
from sleek.customers.models import Customer
from sleek.events.models import Event
from sleek.invoices.models import Entitlement, Instalment, Invoice
from sleek.invoices.rules import EntitlementStatus
from sleek.merchants.models import Merchant
from sleek.payments import queries as payments
from sleek.payments.models import Attempt, Payment
from sleek.reports.queries.payments import telling

SHOWN = 200  # events of one bill
OTHERS = 8  # bills that name the same document


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment, and what of it is this bill's."""

    payment: Payment
    amount: int
    refunded: int
    attempt: Attempt | None  # the one that paid it


@dataclass(frozen=True, slots=True)
class History:
    """All that happened, oldest first: to the bill, to its promise, and what was paid."""

    invoice: Invoice
    events: list[Event]
    payments: list[Paid]
    instalments: list[Instalment]


def history(invoice: Invoice) -> History:
    rows = Event.objects.filter(subject=invoice.public_id).order_by("pk")
    return History(
        invoice=invoice,
        events=list(rows[:SHOWN]),
        payments=[_paid(payment, invoice) for payment in _payments(invoice)],
        instalments=list(invoice.instalments.all()),
    )


def naming(
    merchant: Merchant, numbers: Collection[str], *, but: Invoice | None
) -> list[tuple[str, Invoice]]:
    """Other bills that name one of these documents: the number, and the bill."""
    if not numbers:
        return []
    rows = Invoice.objects.filter(merchant=merchant, documents__number__in=numbers)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    found = rows.order_by("-created_at").distinct()[:OTHERS].prefetch_related("documents")
    return [
        (document.number, invoice)
        for invoice in found
        for document in invoice.documents.all()
        if document.number in numbers
    ]


def promises(customer: Customer) -> list[Entitlement]:
    """What earlier bills promised and may still be deducted, the one that ends first in front."""
    today = clock.now().astimezone(customer.merchant.zone).date()
    rows = customer.entitlements.filter(status=EntitlementStatus.AVAILABLE)
    rows = rows.exclude(expires_on__lt=today).select_related("invoice")
    return list(rows.order_by("expires_on", "pk"))


def _payments(invoice: Invoice) -> list[Payment]:
    rows = payments.payments_of(invoice).order_by("pk")
    tries = Prefetch("attempts", Attempt.objects.order_by("pk"))
    return list(rows.prefetch_related("allocations__instalment__invoice", tries))


def _paid(payment: Payment, invoice: Invoice) -> Paid:
    parts = payments.spread(payment)
    amount = sum(part for instalment, part in parts if instalment.invoice_id == invoice.pk)
    attempt = telling(list(payment.attempts.all()))
    return Paid(payment, amount, payments.refunded_of(payment, invoice), attempt)
