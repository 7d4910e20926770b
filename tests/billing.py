"""Bills that tests know: a sample fee for a customer in Lagos."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from sleek.core.money import Money
from sleek.customers import actions as customers
from sleek.customers.actions import Details
from sleek.customers.models import Customer
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.models import Instalment, Invoice
from sleek.invoices.queries import Draft, LineWish
from sleek.invoices.rules import Figures
from sleek.merchants.models import Membership, Merchant, Role
from sleek.notifications import actions as notifications
from sleek.payments import actions as payments
from sleek.payments.actions import Share, billing
from sleek.payments.models import Payment
from sleek.receipts import actions as receipts
from sleek.receipts import tasks
from sleek.reconciliation import actions as reconciliation


def owner(shop: Merchant) -> Membership:
    return shop.memberships.select_related("user", "merchant").get(role=Role.OWNER)


def customer(shop: Merchant, name: str = "Okafor Imports Ltd") -> Customer:
    details = Details(name=name, contact="Ada Okafor", email="ada@example.com", country="NG")
    return customers.add(shop, details, by=owner(shop).user)


def line(
    price: str, quantity: str = "1", item: str = "Celadon vase, sample", **more: str
) -> LineWish:
    numbers = {name: Decimal(text) for name, text in more.items()}
    return LineWish(item, Figures(Decimal(quantity), Decimal(price), **numbers))


def draft(payer: Customer | None, *lines: LineWish, **more: object) -> Draft:
    said = Draft(currency="USD", lines=lines or (line("50"),), customer=payer)
    if payer is not None:
        said = replace(said, payer=bills.payer_of(payer))
    return replace(said, **more)  # type: ignore[arg-type]


def drafted(shop: Merchant, *lines: LineWish, **more: object) -> Invoice:
    """Of the one customer that the shop has."""
    payer = shop.customers.order_by("pk").first() or customer(shop)
    return invoices.create(shop, draft(payer, *lines, **more), by=owner(shop).user)


def issued(shop: Merchant, *lines: LineWish, **more: object) -> Invoice:
    return invoices.issue(drafted(shop, *lines, **more), by=owner(shop))


def whole(invoice: Invoice) -> list[Share]:
    """All that the bill still asks."""
    return [Share(stage, stage.due) for stage in invoice.instalments.all() if stage.due]


def part(stage: Instalment, minor: int) -> list[Share]:
    return [Share(stage, Money(minor, stage.invoice.currency))]


def payment(*shares: Share) -> Payment:
    return payments.open_for_bills(shares, language="en")


def work() -> None:
    """What the worker does with all news, twice over: it must come to the same."""
    for _again in range(2):
        billing.follow(_news(billing.FOLLOWED))
        paid = {event.subject for event in _news(tasks.FOLLOWED)}
        for each in Payment.objects.filter(public_id__in=paid, is_for_bills=True).order_by("pk"):
            receipts.issue(each)
        reconciliation.follow(_news(reconciliation.FOLLOWED))
        notifications.follow(_news(notifications.FOLLOWED))


def _news(kinds: Collection[str]) -> list[Event]:
    return list(Event.objects.filter(kind__in=kinds).order_by("pk"))
