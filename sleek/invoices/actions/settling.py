"""What the payments say of a bill. Always all of it, so that hearing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sleek.core import clock
from sleek.core.money import Money
from sleek.invoices import rules
from sleek.invoices.actions import deducting
from sleek.invoices.actions.drafting import lock, record
from sleek.invoices.models import Invoice
from sleek.invoices.rules import InvoiceStatus


@dataclass(frozen=True, slots=True)
class Standing:
    """`paid` by instalment, in minor units; `at` is when the newest of it came."""

    paid: Mapping[int, int]
    refunded: int
    at: datetime | None


@transaction.atomic
def settle(invoice: Invoice, standing: Standing) -> Invoice:
    """Bring a bill up to date with its payments."""
    invoice = lock(invoice)
    before = (invoice.amount_paid, invoice.amount_refunded, invoice.status)
    for stage in invoice.instalments.all():
        paid = standing.paid.get(stage.pk, 0)
        if paid != stage.amount_paid:
            stage.amount_paid = paid
            stage.paid_at = standing.at if paid >= stage.amount else None
            stage.save(update_fields=["amount_paid", "paid_at"])
    invoice.amount_paid = sum(standing.paid.values())
    invoice.amount_refunded = standing.refunded
    is_whole = invoice.amount_paid >= invoice.asked.minor - invoice.amount_credited
    is_settled = invoice.amount_paid or not invoice.asked.minor
    if is_whole and is_settled and invoice.status in rules.PAYABLE:
        invoice.status, invoice.paid_at = InvoiceStatus.PAID, standing.at or clock.now()
    after = (invoice.amount_paid, invoice.amount_refunded, invoice.status)
    if after == before:
        return invoice
    invoice.updated_at = clock.now()
    invoice.save(
        update_fields=["amount_paid", "amount_refunded", "status", "paid_at", "updated_at"]
    )
    _tell(invoice, before)
    if invoice.status == InvoiceStatus.PAID and before[2] != InvoiceStatus.PAID:
        deducting.use(invoice)
    _follow_deductions(invoice)
    deducting.follow(invoice)
    return invoice


@transaction.atomic
def claim_again(invoice: Invoice) -> list[Money]:
    """Of what a paid bill deducts and another one has by now: what is left of that again becomes
    its own. What it still lacks, one amount for each currency; its payer has that twice.
    """
    invoice = lock(invoice)
    if not _keeps_money(invoice):
        return []
    sums: dict[str, int] = {}
    for _entitlement, twice in deducting.use_again(invoice):
        sums[twice.currency] = sums.get(twice.currency, 0) + twice.minor
    return [Money(minor, currency) for currency, minor in sums.items()]


def _follow_deductions(invoice: Invoice) -> None:
    """A bill that is not paid yet goes on asking for less, whatever went back of it."""
    if _keeps_money(invoice):
        for entitlement, twice in deducting.use_again(invoice):
            known = {"entitlement": entitlement.public_id, "number": invoice.number}
            data: dict[str, object] = {"amount": twice.minor, "currency": twice.currency}
            record(invoice, "deduction.given_twice", None, **known, **data)
    elif invoice.status == InvoiceStatus.PAID and invoice.amount_paid:
        deducting.give_back(invoice)


def _keeps_money(invoice: Invoice) -> bool:
    is_paid = invoice.status == InvoiceStatus.PAID
    return is_paid and invoice.amount_paid > invoice.amount_refunded


def _tell(invoice: Invoice, before: tuple[int, int, str]) -> None:
    """All that is new: one look may find the money that pays the bill and money beyond it."""
    paid, refunded, status = before
    has_grown, is_over = invoice.amount_paid > paid, not invoice.due.minor
    if invoice.status == InvoiceStatus.PAID and status != InvoiceStatus.PAID:
        _record(invoice, "invoice.paid")
        is_over = invoice.amount_paid > invoice.asked.minor - invoice.amount_credited
    elif has_grown and not is_over:
        _record(invoice, "invoice.part_paid")
    if has_grown and is_over:
        _record(invoice, "invoice.overpaid")
    if invoice.amount_refunded != refunded:
        _record(invoice, "invoice.refunded")


def _record(invoice: Invoice, kind: str) -> None:
    record(
        invoice,
        kind,
        None,
        amount=invoice.amount_paid,
        currency=invoice.currency,
        number=invoice.number,
        refunded=invoice.amount_refunded,
    )
