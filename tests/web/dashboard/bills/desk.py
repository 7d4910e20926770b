"""Bills as Lin types them in her office, and as her colleagues find them."""

from __future__ import annotations

from decimal import Decimal

from sleek.core.money import Money
from sleek.customers import actions as customers
from sleek.customers.actions import Details
from sleek.customers.models import Customer
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.invoices.queries import Draft, LineWish, Payer
from sleek.invoices.rules import Figures
from sleek.merchants.models import Membership, Merchant

BERG = "Berg Keramik GmbH"
FIFTY = Money(5000, "USD")


def typed(**more: str) -> dict[str, str]:
    """What the editor sends of the simplest bill: one vase for Berg."""
    return {
        "do": "save",
        "payer_name": BERG,
        "payer_country": "DE",
        "nature": "sampling",
        "title": "Vase no. 3",
        "currency": "USD",
        "tax": "with",
        "language": "en",
        "due": "days",
        "due_days": "14",
        "line-count": "1",
        "line-0-item": "Vase",
        "line-0-quantity": "2",
        "line-0-unit": "pcs",
        "line-0-price": "25.00",
        "document-count": "0",
        "stage-count": "0",
    } | more


def owner(shop: Merchant) -> Membership:
    return shop.memberships.get(role="owner")


def draft(shop: Merchant, amount: Money = FIFTY, payer: str = BERG) -> Invoice:
    line = LineWish("Vase", Figures(Decimal(1), amount.decimal))
    said = Draft(
        amount.currency, (line,), payer=Payer(payer, email="anna@example.com"), due_days=14
    )
    return invoices.create(shop, said, by=owner(shop).user)


def issued(shop: Merchant, amount: Money = FIFTY, payer: str = BERG) -> Invoice:
    return invoices.issue(draft(shop, amount, payer), by=owner(shop))


def customer(shop: Merchant, name: str = BERG) -> Customer:
    details = Details(name, email="anna@example.com", country="DE", terms_days=30, currency="EUR")
    return customers.add(shop, details, by=owner(shop).user)
