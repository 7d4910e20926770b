"""Which bills a payment is for, and how its money goes over them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from sleek.core.money import Money
from sleek.invoices import rules as bills
from sleek.invoices.models import Instalment, Invoice
from sleek.invoices.rules import InvoiceStatus
from sleek.payments import rules
from sleek.payments.models import Allocation, Attempt, Payment
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


def shares_of(payment: Payment) -> list[tuple[Invoice, Money]]:
    """Each of its bills with what of the payment is meant for it, in the order of paying."""
    sums: dict[Invoice, int] = {}
    if payment.is_for_bills:
        meant = payment.allocations.select_related("instalment__invoice").order_by("pk")
        for each in meant:
            bill = each.instalment.invoice
            sums[bill] = sums.get(bill, 0) + each.amount
    return [(bill, Money(minor, payment.currency)) for bill, minor in sums.items()]


def is_for_void(payment: Payment) -> bool:
    """Whether a bill that it would pay is void."""
    void = Q(instalment__invoice__status=InvoiceStatus.VOID)
    return payment.is_for_bills and payment.allocations.filter(void).exists()


def heirs_of(payment: Payment) -> list[Invoice]:
    """Bills that stand in for void ones of the payment, and can be paid."""
    found = Invoice.objects.filter(
        replaces__instalments__allocations__payment=payment,
        replaces__status=InvoiceStatus.VOID,
        status__in=bills.PAYABLE,
    )
    return list(found.distinct().order_by("pk"))


def methods_of(payment: Payment) -> frozenset[str]:
    """Those that its bills let themselves be paid by; none for all there are."""
    return common_methods(bills_of(payment))


def common_methods(invoices: Sequence[Invoice]) -> frozenset[str]:
    """Those that all of these bills name, where they agree; none where no bill names any."""
    named = [frozenset(bill.methods) for bill in invoices if bill.methods]
    return frozenset.intersection(*named) if named else frozenset()


def agree_on_methods(invoices: Sequence[Invoice]) -> bool:
    """Whether there is a method that all of these bills take."""
    return bool(common_methods(invoices)) or not any(bill.methods for bill in invoices)


def under_way(stages: Sequence[Instalment]) -> list[Attempt]:
    """Tries whose money may be here any moment, and transfers that are awaited, for any of them."""
    asked = Payment.objects.filter(allocations__instalment__in=stages, status__in=rules.PAYABLE)
    tries = Attempt.objects.filter(
        payment__in=asked,
        status__in=rules.OPEN_ATTEMPTS,
        surplus="",
    )
    return list(tries.select_related("payment").order_by("-chosen_at", "-pk"))


def fixed_of(invoice: Invoice) -> set[int]:
    """The instalments, by their keys, that money has come for, or may come for any moment: those of
    a payment that is paid, or of which a try is open or wrong money waits.
    """
    keys = {key for key, minor in paid_of(invoice).items() if minor}
    keys |= {stage.pk for stage in invoice.instalments.all() if stage.amount_paid}
    for payment in payments_of(invoice).filter(status__in=rules.PAYABLE):
        if any(attempt.is_held for attempt in payment.attempts.all()):
            keys |= set(payment.allocations.values_list("instalment_id", flat=True))
    return keys


def plan_seen(invoice: Invoice) -> str:
    """What somebody sees who is about to divide a bill anew: all that must not change meanwhile."""
    fixed = fixed_of(invoice)
    rows = [
        (row.public_id, row.label, row.deliverable, row.amount, row.due_on, row.pk in fixed)
        for row in invoice.instalments.all()
    ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def payments_of(invoice: Invoice) -> QuerySet[Payment]:
    return Payment.objects.filter(allocations__instalment__invoice=invoice).distinct()


def succeeded_of(invoice: Invoice) -> list[Payment]:
    """Those that paid it, each with all that it is for."""
    succeeded = payments_of(invoice).filter(status=PaymentStatus.SUCCEEDED)
    return list(succeeded.prefetch_related("allocations__instalment").order_by("pk"))


def paid_of(invoice: Invoice) -> dict[int, int]:
    """What each instalment of the bill got, in minor units."""
    return paid_by(succeeded_of(invoice), invoice)


def paid_by(succeeded: Sequence[Payment], invoice: Invoice) -> dict[int, int]:
    """What each instalment of the bill got of these, in minor units."""
    paid: dict[int, int] = {}
    for payment in succeeded:
        for instalment, part in spread(payment):
            if instalment.invoice_id == invoice.pk:
                paid[instalment.pk] = paid.get(instalment.pk, 0) + part
    return paid


def kept(payment: Payment) -> list[tuple[Allocation, Money]]:
    """What each of its instalments got and keeps."""
    return [(each, part - gone) for each, part, gone in _shared_out(payment)]


def refunded_of(payment: Payment, invoice: Invoice) -> int:
    """Of what a payment paid of this bill."""
    gone_of = ((each.instalment, gone) for each, _part, gone in _shared_out(payment))
    return sum(gone.minor for stage, gone in gone_of if stage.invoice_id == invoice.pk)


def _shared_out(payment: Payment) -> list[tuple[Allocation, Money, Money]]:
    """What each of its instalments got, and what of that was refunded: in proportion, where it paid
    several.
    """
    meant = sorted(payment.allocations.all(), key=lambda each: each.pk)
    parts = [Money(part, payment.currency) for _instalment, part in spread(payment)]
    whole = Money(payment.amount_refunded, payment.currency)
    gone = [Money(0, payment.currency)] * len(parts)
    if whole.minor and any(part.minor for part in parts):
        gone = whole.split([part.minor for part in parts])
    return list(zip(meant, parts, gone, strict=True))
