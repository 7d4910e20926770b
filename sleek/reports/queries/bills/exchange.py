"""What the exchange brought: realised gains and losses of bills in a foreign currency."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import F, QuerySet

from sleek.core.money import Money
from sleek.invoices import rules
from sleek.invoices.models import Invoice
from sleek.invoices.rules import Exchange
from sleek.payments import queries as payments
from sleek.payments.models import Payment
from sleek.payments.rules import PaymentStatus


def exchanges(bills: Sequence[Invoice]) -> dict[int, dict[int, Exchange]]:
    """By the keys of bills, then of the payments that they keep something of; with as many
    questions to the database for a thousand bills as for one.
    """
    foreign = {bill.pk: bill for bill in bills if is_foreign(bill)}
    found: dict[int, dict[int, Exchange]] = {}
    for payment in _payments(list(foreign)):
        for bill_id, (money, rate) in _by_bill(payment).items():
            bill = foreign.get(bill_id)
            if bill is not None and money.minor:
                found.setdefault(bill_id, {})[payment.pk] = rules.exchange(
                    money, bill.home_currency, issue_rate=bill.home_rate, payment_rate=rate
                )
    return found


def is_foreign(bill: Invoice) -> bool:
    """Whether it was issued in another currency than the merchant counted in that day."""
    return bool(bill.home_currency) and bill.home_currency != bill.currency


def have_foreign(bills: QuerySet[Invoice]) -> bool:
    """Whether any of them may bring a gain or a loss by exchange."""
    return bills.exclude(home_currency__in=["", F("currency")]).exists()


def _payments(bills: list[int]) -> list[Payment]:
    if not bills:
        return []
    paid = Payment.objects.filter(
        allocations__instalment__invoice__in=bills, status=PaymentStatus.SUCCEEDED
    )
    return list(paid.distinct().order_by("pk").prefetch_related("allocations__instalment"))


def _by_bill(payment: Payment) -> dict[int, tuple[Money, Decimal | None]]:
    """What each of its bills keeps of it, and the rate of its day."""
    found: dict[int, tuple[Money, Decimal | None]] = {}
    for allocation, money in payments.kept(payment):
        bill_id = allocation.instalment.invoice_id
        before, rate = found.get(bill_id, (Money(0, payment.currency), None))
        found[bill_id] = (before + money, allocation.home_rate or rate)
    return found
