"""Bills of all kinds, the same ones each time: what a merchant might ever want to say."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from sleek.core import clock
from sleek.core.money import Money
from sleek.customers.models import Customer
from sleek.invoices import actions as invoices
from sleek.invoices.models import Entitlement, Invoice
from sleek.invoices.queries import Draft, LineWish, Payer, Reference
from sleek.invoices.rules import DocumentKind, EntitlementStatus, Figures, Nature, Policy, Stage
from sleek.merchants.models import Merchant
from tests import billing

CURRENCIES = ("USD", "EUR", "CNY", "JPY", "GBP", "XOF", "CHF")
RATES = ("0", "3", "5.5", "6", "7", "13", "19", "20", "25.5")
UNITS = ("", "pcs", "套", "kg", "件", "箩筐", "H", "m²")
PAYERS = (
    Payer("Nordlicht GmbH", "Jan", "jan@nordlicht.example", "", "DE", "Elbe 1", "", "DE136695976"),
    Payer("Αθήνα Α.Ε.", country="GR", tax_number="EL094259216", address="Οδός 5"),
    Payer("Okafor Imports Ltd", country="NG", phone="+234 803 123 4567"),
    Payer("<b>O'Neil & Söhne</b> \x07 {{ 1 }}", country="US", tax_number="12-3456789"),
    Payer("東京陶器株式会社", country="JP", email="a@tokyo.example", credit_code="T1234567890123"),
)


def bills(shop: Merchant, count: int = 200) -> Iterator[Invoice]:
    """As they are just before their papers are drawn: numbered, dated, not yet signed."""
    chance = random.Random(16931)
    customer = _promised(shop)
    by = billing.owner(shop).user
    for place in range(count):
        draft = _draft(chance, customer)
        bill = invoices.create(shop, draft, by=by)
        bill.number, bill.issued_on = f"SK-2026-{place:05}", date(2026, 3, 2)
        bill.due_on = bill.due_on or date(2026, 4, 1)
        yield bill


def _promised(shop: Merchant) -> Customer:
    """A customer from whose later bills much is deducted."""
    customer = billing.customer(shop)
    policy = Policy(Money(4000, "USD"), Money(5000, "USD"), None, is_once=False)
    source = billing.issued(shop, policy=policy)
    Entitlement.objects.filter(invoice=source).update(
        status=EntitlementStatus.AVAILABLE, available_at=clock.now(), is_once=False
    )
    return customer


def _draft(chance: random.Random, customer: Customer) -> Draft:
    currency = chance.choice(CURRENCIES)
    lines = _lines(chance, currency)
    draft = Draft(
        currency=currency,
        lines=lines,
        customer=customer if chance.random() < 0.3 else None,
        payer=chance.choice(PAYERS),
        nature=chance.choice(list(Nature)),
        title=chance.choice(("", "Sample vases & bowls")),
        is_tax_inclusive=chance.random() < 0.5,
        due_on=chance.choice((None, date(2026, 5, 1))),
        documents=_documents(chance),
        remarks=chance.choice(("", "Fragile.\nHandle\x0b with care <script>")),
        wants_xml=True,
    )
    if chance.random() < 0.3:
        draft = replace(draft, stages=_stages(chance))
    return draft


def _lines(chance: random.Random, currency: str) -> tuple[LineWish, ...]:
    """Worth something in all, whatever is taken off."""
    rates = chance.choice((("0",), RATES, ("13",), ("0", "19")))
    lines = [_line(chance, chance.choice(rates)) for _ in range(chance.randint(1, 12))]
    lines.append(_line(chance, lines[0].figures.tax_rate, price="5000"))
    if chance.random() < 0.4:
        rate = lines[0].figures.tax_rate
        off = f"-{chance.randint(1, 99_999) / 100}"
        lines.append(_line(chance, rate, price=off, item="Discount for <friends>", quantity="1"))
    return tuple(lines)


def _line(
    chance: random.Random,
    rate: Decimal | str,
    *,
    price: str = "",
    item: str = "",
    quantity: str = "",
) -> LineWish:
    is_hourly = not price and chance.random() < 0.2
    figures = Figures(
        quantity=Decimal(quantity or chance.choice(("1", "3", "0.3333", "12.5", "70001"))),
        price=Decimal(price or f"{chance.randint(0, 10**7) / 10 ** chance.randint(3, 6):.6f}"),
        hours=Decimal(chance.choice(("1.5", "8", "0.25"))) if is_hourly else Decimal(1),
        tax_rate=Decimal(rate),
    )
    return LineWish(
        item=item or chance.choice(("青瓷花瓶", "Celadon vase, sample", '=cmd|"/c calc"!A1')),
        figures=figures,
        spec=chance.choice(("", "Ø 12 cm, glazed", "]]> & <!-- -->")),
        unit=chance.choice(UNITS),
        is_hourly=is_hourly,
    )


def _documents(chance: random.Random) -> tuple[Reference, ...]:
    kinds = chance.choices(list(DocumentKind), k=chance.randint(0, 4))
    return tuple(Reference(kind, f"D-{place}") for place, kind in enumerate(kinds))


def _stages(chance: random.Random) -> tuple[Stage, ...]:
    count = chance.randint(2, 4)
    first = date(2026, 4, 1)
    rest = [Decimal(100 // count)] * (count - 1)
    shares = [*rest, 100 - sum(rest, Decimal(0))]
    return tuple(
        Stage(f"Stage <{place}>", percent=share, due_on=first + timedelta(days=30 * place))
        for place, share in enumerate(shares)
    )
