"""What pages of bills cost the database: the same, however much there is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from sleek.invoices import actions as invoices
from sleek.invoices.queries import LineWish
from sleek.invoices.rules import Stage
from sleek.merchants.models import Merchant
from tests import billing, people
from tests.fakes.channel import Bank
from tests.web.checkout.conftest import Browser
from tests.web.dashboard import office
from tests.web.dashboard.bills.desk import typed

LONG = 20  # lines, and stages
STAGES = tuple(Stage(f"Stage {n}", percent=Decimal(5)) for n in range(LONG))


@pytest.fixture
def shop(db: None, bank: Bank, frozen_clock: object) -> Merchant:
    return people.merchant()


@pytest.fixture
def cost(django_assert_max_num_queries) -> Callable[[Callable[[], object]], int]:
    def count(act: Callable[[], object]) -> int:
        with django_assert_max_num_queries(200) as asked:
            act()
        return len(asked.captured_queries)

    return count


def sent(shop: Merchant, *lines: LineWish, **more: object) -> str:
    bill = billing.issued(shop, *lines, tags=("fair",), **more)
    invoices.send(bill, "ada@example.com", by=billing.owner(shop).user)
    return f"/bills/{bill.public_id}"


def test_the_list_costs_the_same_however_long_it_is(shop, cost):
    lin = office.at_work(shop)
    sent(shop)
    few = cost(lambda: lin.get("/bills"))
    for _ in range(8):
        sent(shop, stages=STAGES)
        billing.drafted(shop)
    assert cost(lambda: lin.get("/bills")) <= few


def test_a_bill_costs_the_same_however_long_it_is(shop, cost):
    lin, lines = office.at_work(shop), [billing.line("12.50", item=f"No. {n}") for n in range(LONG)]
    short, long = sent(shop), sent(shop, *lines, stages=STAGES)
    lin.get(short)  # what a process remembers is in
    assert cost(lambda: lin.get(long)) <= cost(lambda: lin.get(short))


def test_its_payers_page_does_as_well(shop, cost):
    lines = [billing.line("12.50", item=f"No. {n}") for n in range(LONG)]
    short, long = billing.issued(shop), billing.issued(shop, *lines, stages=STAGES)
    payer = Browser()
    payer.get(f"/b/{short.token}/")
    assert cost(lambda: payer.get(f"/b/{long.token}/")) <= cost(
        lambda: payer.get(f"/b/{short.token}/")
    )


def test_so_does_looking_at_what_is_typed(shop, cost):
    lin, long = office.at_work(shop), typed()
    for n in range(LONG):
        place = {"item": "Vase", "quantity": "2", "unit": "pcs", "price": "25.00"}
        long |= {f"line-{n}-{key}": value for key, value in place.items()}
    long |= {"line-count": str(LONG)}
    lin.post("/bills/preview", typed())
    few = cost(lambda: lin.post("/bills/preview", typed()))
    assert cost(lambda: lin.post("/bills/preview", long)) <= few
