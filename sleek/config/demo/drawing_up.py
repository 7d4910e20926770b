"""What all of Lin's bills in the story are made with."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sleek.channels.base import Outcome, Report
from sleek.customers.models import Customer
from sleek.invoices import actions as invoices
from sleek.invoices import queries
from sleek.invoices.models import Invoice
from sleek.invoices.queries import Draft, LineWish
from sleek.invoices.rules import Figures
from sleek.merchants.models import Membership, Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import Share, billing
from sleek.payments.models import Attempt, Payment
from sleek.receipts import actions as receipts


def issued(owner: Membership, draft: Draft) -> Invoice:
    return invoices.issue(invoices.create(owner.merchant, draft, by=owner.user), by=owner)


def draft(customer: Customer, currency: str, lines: tuple[LineWish, ...], **more: object) -> Draft:
    return Draft(
        currency=currency,
        lines=lines,
        customer=customer,
        payer=queries.payer_of(customer),
        language=customer.language or "en",
        **more,  # type: ignore[arg-type]
    )


def line(item: str, quantity: str, price: str, **more: object) -> LineWish:
    return LineWish(item, Figures(Decimal(quantity), Decimal(price)), **more)  # type: ignore[arg-type]


def customer(shop: Merchant, name: str) -> Customer:
    return shop.customers.get(name=name)


def pay(bill: Invoice, try_to_pay: Callable[[Payment], Attempt]) -> None:
    shares = [Share(stage, stage.due) for stage in bill.instalments.all()]
    payment = payments.open_for_bills(shares, language="en")
    attempt = try_to_pay(payment)
    payments.apply_reports(
        [Report(attempt.public_id, Outcome.SUCCEEDED, payment.money, payer="Visa •4242")]
    )
    billing.tell(bill)
    receipts.issue(payment)
