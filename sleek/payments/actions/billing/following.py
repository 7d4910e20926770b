"""Telling bills what came of their payments, as a consumer of events.

A bill never counts by itself: each time something happens to one of its payments, all of them are
looked at anew, and what they come to is told. Money that comes by a way that takes parts pays what
it can: a part pays a part, and too much is for the last instalment that was meant.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from sleek.core import clock
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices import rules as billing
from sleek.invoices.actions import Standing
from sleek.invoices.actions.drafting import lock as lock_bill
from sleek.invoices.models import Invoice
from sleek.payments import queries, rules
from sleek.payments.actions.billing.rating import keep_rates
from sleek.payments.models import Allocation, Payment

FOLLOWED = frozenset(
    {
        "payment.succeeded",
        "refund.promised",
        "refund.succeeded",
        "refund.failed",
        "invoice.voided",
        "invoice.credited",
        "invoice.divided",
    }
)


def follow(news: Sequence[Event]) -> None:
    """As a consumer of events."""
    payments = [event.subject for event in news if not event.kind.startswith("invoice.")]
    told = {event.subject for event in news if event.kind.startswith("invoice.")}
    found = Invoice.objects.filter(instalments__allocations__payment__public_id__in=payments)
    found |= Invoice.objects.filter(public_id__in=told)
    bills = list(found.distinct().order_by("pk"))
    with transaction.atomic():
        lock_payments(bills)
        _lock_bills(bills)
        for invoice in bills:
            tell(invoice)


@transaction.atomic
def tell(invoice: Invoice) -> Invoice:
    """Bring a bill up to date with all of its payments, and end those that ask for too much."""
    lock_payments([invoice])
    keep_rates(invoice)
    invoice = _settle(invoice)
    _end_what_asks_too_much(invoice)
    return invoice


@transaction.atomic
def tell_what_goes_back(payment: Payment) -> list[Invoice]:
    """The bills that promise a deduction and were paid by this locked payment learn at once that
    some of it is refunded: meanwhile nobody deducts what goes back. They come back.
    """
    paid = Invoice.objects.filter(instalments__allocations__payment=payment)
    promising = paid.filter(entitlement__isnull=False).distinct().order_by("pk")
    return [_settle(lock_bill(invoice)) for invoice in promising]


def _settle(invoice: Invoice) -> Invoice:
    succeeded = queries.succeeded_of(invoice)
    paid = queries.paid_by(succeeded, invoice)
    refunded = sum(queries.refunded_of(payment, invoice) for payment in succeeded)
    newest = max((each.succeeded_at for each in succeeded if each.succeeded_at), default=None)
    return invoices.settle(invoice, Standing(paid, refunded, newest))


def lock_payments(bills: Sequence[Invoice]) -> set[int]:
    """Payments before bills, as news of money locks them. Their keys."""
    theirs = Allocation.objects.filter(instalment__invoice__in=bills).values("payment")
    rows = Payment.objects.select_for_update(no_key=True).filter(pk__in=theirs)
    return set(rows.order_by("pk").values_list("pk", flat=True))


def _lock_bills(bills: Sequence[Invoice]) -> None:
    """All of them before what they promise or deduct, which somebody who holds only one of them may
    hold as well.
    """
    rows = Invoice.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in bills])
    list(rows.order_by("pk").values_list("pk"))


def _end_what_asks_too_much(invoice: Invoice) -> None:
    """The janitor closes and expires them; what is paid all the same goes back by itself."""
    is_over = invoice.status not in billing.PAYABLE
    for payment in queries.payments_of(invoice).filter(status__in=rules.PAYABLE):
        own = payment.allocations.filter(instalment__invoice=invoice)
        asks = list(own.select_related("instalment__invoice"))
        is_too_much = sum(each.amount for each in asks) > invoice.due.minor or any(
            each.amount > each.instalment.due.minor for each in asks
        )
        if is_over or is_too_much:
            Payment.objects.filter(pk=payment.pk, status__in=rules.PAYABLE).update(
                expires_at=clock.now()
            )
