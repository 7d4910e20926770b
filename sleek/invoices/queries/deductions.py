"""What earlier bills promise to deduct from this one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, floor

from django.db.models import Q

from sleek.core import clock
from sleek.core.money import Money, exponent
from sleek.invoices.models import Deduction, Entitlement, Invoice
from sleek.invoices.rules import DeductionStatus, EntitlementStatus, deduction
from sleek.merchants.models import Merchant


def open_entitlements(invoice: Invoice) -> list[Entitlement]:
    """Those of the bill's payer that may still be deducted, the one that ends first in front. What
    the bill that it replaces holds is counted as left: issuing lets go of it first.

    A payer is known by the address book, never by a name that two may share.
    """
    if invoice.customer_id is None:
        return []
    today = clock.now().astimezone(invoice.merchant.zone).date()
    claims = _claims_of(invoice.replaces) if invoice.replaces else {}
    rows = Entitlement.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=today),
        Q(status=EntitlementStatus.AVAILABLE) | Q(pk__in=claims),
        merchant_id=invoice.merchant_id,
        customer_id=invoice.customer_id,
    )
    found = list(rows.select_related("invoice").order_by("expires_on", "pk"))
    for each in found:
        claim = claims.get(each.pk)
        if claim and claim.status == DeductionStatus.RESERVED:
            each.amount_reserved -= claim.taken
        elif claim:
            each.amount_used -= claim.taken
    return found


def _claims_of(invoice: Invoice) -> dict[int, Deduction]:
    held = (DeductionStatus.RESERVED, DeductionStatus.USED)
    return {each.entitlement_id: each for each in invoice.deductions.filter(status__in=held)}


def promised_to(merchant: Merchant) -> set[int]:
    """The customers, by their keys, from whose bills something may be deducted."""
    rows = Entitlement.objects.filter(merchant=merchant, status=EntitlementStatus.AVAILABLE)
    return set(rows.values_list("customer_id", flat=True).distinct())


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
        return _scaled(threshold, 1 / Fraction(entitlement.rate), currency, ceil)
    return None


def _credit_in(entitlement: Entitlement, currency: str) -> Money | None:
    if currency == entitlement.currency:
        return entitlement.left
    if currency == entitlement.threshold_currency and entitlement.rate:
        return _scaled(entitlement.left, Fraction(entitlement.rate), currency, floor)
    return None


def _back(entitlement: Entitlement, amount: Money) -> Money:
    """How much of the entitlement an amount in the bill's currency uses up."""
    if amount.currency == entitlement.currency or not entitlement.rate:
        return amount
    used = _scaled(amount, 1 / Fraction(entitlement.rate), entitlement.currency, ceil)
    return min(used, entitlement.left, key=lambda money: money.minor)


def _scaled(
    money: Money, rate: Fraction, currency: str, rounding: Callable[[Fraction], int]
) -> Money:
    """In fractions: as a decimal a rate's inverse has no end, and a threshold would move a cent."""
    return Money(rounding(Fraction(money.decimal) * rate * 10 ** exponent(currency)), currency)
