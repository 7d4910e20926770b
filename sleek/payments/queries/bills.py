"""Which bills a payment is for, and how its money goes over them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from sleek.core.money import Money
from sleek.invoices import rules as bills
from sleek.invoices.models import Instalment, Invoice
from sleek.payments import rules
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import PaymentStatus


def spread(payment: Payment) -> list[tuple[Instalment, int]]:
    """What each instalment gets of what was paid, in minor units; nothing before it is paid."""
    meant = sorted(payment.allocations.all(), key=lambda each: each.pk)
    paid = Money(payment.amount_paid, payment.currency)
    parts = bills.spread(paid, [Money(each.amount, payment.currency) for each in meant])
    return [(each.instalment, part.minor) for each, part in zip(meant, parts, strict=True)]


def bills_of(payment: Payment) -> list[Invoice]:
    """In the order in which they are paid; none for a payment of a link."""
    if not payment.is_for_bills:
        return []
    meant = payment.allocations.select_related("instalment__invoice__brand").order_by("pk")
    return list(dict.fromkeys(each.instalment.invoice for each in meant))


def methods_of(payment: Payment) -> frozenset[str]:
    """Those that its bills let themselves be paid by; none for all there are."""
    named = [frozenset(bill.methods) for bill in bills_of(payment) if bill.methods]
    return frozenset.intersection(*named) if named else frozenset()


def under_way(stages: Sequence[Instalment]) -> list[Attempt]:
    """Tries whose money may be here any moment, and transfers that are awaited, for any of them."""
    asked = Payment.objects.filter(allocations__instalment__in=stages, status__in=rules.PAYABLE)
    tries = Attempt.objects.filter(
        payment__in=asked,
        status__in=rules.OPEN_ATTEMPTS,
        surplus="",
    )
    return list(tries.select_related("payment").order_by("-chosen_at", "-pk"))


def payments_of(invoice: Invoice) -> QuerySet[Payment]:
    return Payment.objects.filter(allocations__instalment__invoice=invoice).distinct()


def paid_of(invoice: Invoice) -> dict[int, int]:
    """What each instalment of the bill got, in minor units."""
    paid: dict[int, int] = {}
    succeeded = payments_of(invoice).filter(status=PaymentStatus.SUCCEEDED)
    for payment in succeeded.prefetch_related("allocations__instalment").order_by("pk"):
        for instalment, part in spread(payment):
            if instalment.invoice_id == invoice.pk:
                paid[instalment.pk] = paid.get(instalment.pk, 0) + part
    return paid


def refunded_of(payment: Payment, invoice: Invoice) -> int:
    """Of what a payment paid of this bill: in proportion, where it paid several."""
    parts = spread(payment)
    whole = Money(payment.amount_refunded, payment.currency)
    weights = [part for _instalment, part in parts]
    if not whole.minor or not sum(weights):
        return 0
    shares = whole.split(weights)
    return sum(
        share.minor
        for share, (instalment, _part) in zip(shares, parts, strict=True)
        if instalment.invoice_id == invoice.pk
    )
