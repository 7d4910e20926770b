"""A merchant with books that hold one payment of 10.00 USD, and a connection that may tamper with
them.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from sleek.merchants.models import Merchant
from tests.ledger.journal import paid
from tests.tampering import past_all_triggers


@pytest.fixture
def shop(db: None) -> Merchant:
    shop = shop_with_one_payment()
    connection.check_constraints()  # a table with checks outstanding can't be truncated anyway
    return shop


@pytest.fixture
def real_shop(committed_db: str) -> Merchant:
    """The same, committed: other threads and connections see it."""
    return shop_with_one_payment()


@pytest.fixture
def tampering(committed_db: str) -> Iterator[psycopg.Connection]:
    with past_all_triggers(committed_db) as superuser:
        yield superuser


def shop_with_one_payment() -> Merchant:
    shop = Merchant.objects.create(name="Lin Ceramics")
    paid(shop, "pay_1", 1000)
    return shop
