"""What earlier bills promise to deduct from this one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from django.db.models import Q, QuerySet

from sleek.core import clock
from sleek.core.money import Money, exponent
from sleek.invoices.models import Deduction, Entitlement, Invoice
from sleek.invoices.rules import EntitlementStatus, deduction


def open_entitlements(invoice: Invoice) -> QuerySet[Entitlement]:
    """Those of the bill's payer that may still be deducted, the one that ends first in front.

    A payer is known by the address book, never by a name that two may share.
    """
    today = clock.now().astimezone(invoice.merchant.zone).date()
    if invoice.customer_id is None:
        return Entitlement.objects.none()
    return (
        Entitlement.objects.filter(
            Q(expires_on=None) | Q(expires_on__gte=today),
            merchant_id=invoice.merchant_id,
            customer_id=invoice.customer_id,
            status=EntitlementStatus.AVAILABLE,
        )
        .select_related("invoice")
        .order_by("expires_on", "pk")
    )


def plan_deductions(invoice: Invoice, countable: tuple[Money, Money]) -> list[Deduction]:
    """What would be deducted from a bill whose total, with and without courier costs, is this. Not
    saved, and nothing is kept for it yet.
    """
    planned = []
    left = countable[0]
    for entitlement in open_entitlements(invoice):
        each = plan(entitlement, countable, left)
        if each is not None:
            each.invoice = invoice
            planned.append(each)
            left -= Money(each.amount, left.currency)
    return planned


def plan(entitlement: Entitlement, countable: Sequence[Money], left: Money) -> Deduction | None:
    """A bill's claim on one entitlement, where it qualifies; at most what is `left` to pay."""
    total = countable[0] if entitlement.counts_courier else countable[1]
    threshold = _threshold_in(entitlement, total.currency)
    credit = _credit_in(entitlement, total.currency)
    if threshold is None or credit is None:
        return None
    amount = deduction.deductible(credit, threshold, total)
    amount = min(amount, left, key=lambda money: money.minor)
    if amount.minor <= 0:
        return None
    taken = _back(entitlement, amount)
    return Deduction(entitlement=entitlement, taken=taken.minor, amount=amount.minor)


def _threshold_in(entitlement: Entitlement, currency: str) -> Money | None:
    """Rounded up: a cent less must not qualify."""
    threshold = Money(entitlement.threshold, entitlement.threshold_currency)
    if currency == threshold.currency:
        return threshold
    if currency == entitlement.currency and entitlement.for_any_bill:
        return Money(threshold.minor, currency)
    if currency == entitlement.currency and entitlement.rate:
        return _scaled(threshold, 1 / entitlement.rate, currency, ROUND_UP)
    return None


def _credit_in(entitlement: Entitlement, currency: str) -> Money | None:
    if currency == entitlement.currency:
        return entitlement.left
    if currency == entitlement.threshold_currency and entitlement.rate:
        return _scaled(entitlement.left, entitlement.rate, currency, ROUND_DOWN)
    return None


def _back(entitlement: Entitlement, amount: Money) -> Money:
    """How much of the entitlement an amount in the bill's currency uses up."""
    if amount.currency == entitlement.currency or not entitlement.rate:
        return amount
    used = _scaled(amount, 1 / entitlement.rate, entitlement.currency, ROUND_UP)
    return min(used, entitlement.left, key=lambda money: money.minor)


def _scaled(money: Money, rate: Decimal, currency: str, rounding: str) -> Money:
    exact = (money.decimal * rate).scaleb(exponent(currency))
    return Money(int(exact.quantize(Decimal(1), rounding)), currency)
