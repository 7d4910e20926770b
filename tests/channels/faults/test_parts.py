"""Money on the bank's statement that is not what was asked: a transfer may come in parts, so here
less is a beginning, and the rest of it, to the cent, pays.
"""

from __future__ import annotations

import pytest

from sleek.channels import registry
from sleek.core import clock
from sleek.core.money import Money
from sleek.ledger.queries import verify
from sleek.payments import actions as payments
from tests import banks, people
from tests.channels.faults import ends
from tests.fakes.channel import Bank

ASKED = Money(1000, "USD")


def usd(*amounts: int) -> list[Money]:
    return [Money(minor, "USD") for minor in amounts]


# What arrives for a transfer of 1000, and where that ends: the payment's status, what of it counts
# as paid, and what the merchant has available and frozen.
ENDS: dict[str, tuple[list[Money], tuple[str, int, int, int]]] = {
    "all of it": (usd(1000), ("succeeded", 1000, 1000, 0)),
    "a minor unit less": (usd(999), ("processing", 0, 0, 999)),
    "a minor unit more": (usd(1001), ("processing", 0, 0, 1001)),
    "the rest later": (usd(999, 1), ("succeeded", 1000, 1000, 0)),
    "in three parts": (usd(200, 300, 500), ("succeeded", 1000, 1000, 0)),
    "in parts that are too much": (usd(400, 601), ("processing", 0, 0, 1001)),
    "a part, then all of it": (usd(400, 1000), ("succeeded", 1000, 1000, 400)),
    "all of it, twice": (usd(1000, 1000), ("succeeded", 1000, 1000, 1000)),
    "all of it, then a part": (usd(1000, 400), ("succeeded", 1000, 1000, 400)),
    "another currency": ([Money(1000, "EUR")], ("processing", 0, 0, 0)),
    "half of it in another": ([*usd(500), Money(500, "EUR")], ("processing", 0, 0, 500)),
}


@pytest.mark.parametrize("came", ENDS)
def test_a_transfer_ends_where_the_table_says(db: None, bank: Bank, came: str) -> None:
    amounts, end = ENDS[came]
    shop = people.merchant()
    attempt = banks.transfer(people.payment(shop, ASKED), banks.account(shop))
    assert registry.capabilities(attempt.channel).takes_parts
    for number, amount in enumerate(amounts):
        payments.arrive(attempt, amount, reference=f"T{number}", payer="Anna", at=clock.now())
        payments.check(ends.fresh(attempt))
    payment = ends.fresh(attempt).payment
    books = [people.held(shop, code) for code in ("available", "frozen")]
    assert (payment.status, payment.amount_paid, *books) == end
    euros = sum(amount.minor for amount in amounts if amount.currency == "EUR")
    assert people.held(shop, "frozen", "EUR") == euros
    assert -people.held(shop, "bank") == sum(a.minor for a in amounts) - euros
    assert verify() == []
