"""`verify` finds what was changed behind the database's back, and names the first place."""

from __future__ import annotations

from unittest.mock import ANY

import psycopg
import pytest

from sleek.ledger import queries
from sleek.ledger.queries import Flaw
from sleek.merchants.models import Merchant
from tests.ledger.journal import account, paid

IN_TRANSIT = "(SELECT id FROM ledger_account WHERE code = 'in_transit')"


@pytest.fixture
def busy_shop(real_shop: Merchant) -> Merchant:
    for number in range(2, 6):
        paid(real_shop, f"pay_{number}", 100)
    assert queries.verify() == []
    return real_shop


def first_flaw(shop: Merchant) -> tuple[str, str]:
    flaws = queries.verify()
    prefix = f"account {account(shop, 'in_transit').pk} (in_transit USD)"
    return flaws[0].where.removeprefix(prefix), flaws[0].reason


def test_an_altered_amount(busy_shop: Merchant, tampering: psycopg.Connection) -> None:
    tampering.execute(
        f"UPDATE ledger_posting SET amount = 101 WHERE sequence = 3 AND account_id = {IN_TRANSIT}"
    )
    assert first_flaw(busy_shop) == (", posting 3", "its balance is 1200, the sum is 1201")
    assert queries.verify()[1:] == [Flaw(ANY, "it is off by 1 USD")]


def test_an_altered_amount_with_all_later_balances_adjusted(
    busy_shop: Merchant, tampering: psycopg.Connection
) -> None:
    tampering.execute(f"""
        UPDATE ledger_posting SET amount = amount + (sequence = 3)::int, balance = balance + 1
        WHERE sequence >= 3 AND account_id = {IN_TRANSIT}
    """)
    tampering.execute("UPDATE ledger_account SET balance = balance + 1 WHERE code = 'in_transit'")
    (flaw,) = queries.verify()
    assert flaw.where.endswith("(payment_succeeded pay_3)")
    assert flaw.reason == "it is off by 1 USD"


def test_an_altered_balance(busy_shop: Merchant, tampering: psycopg.Connection) -> None:
    tampering.execute(
        f"UPDATE ledger_posting SET balance = 7 WHERE sequence = 2 AND account_id = {IN_TRANSIT}"
    )
    assert first_flaw(busy_shop) == (", posting 2", "its balance is 7, the sum is 1100")
    assert len(queries.verify()) == 1


def test_a_deleted_posting(busy_shop: Merchant, tampering: psycopg.Connection) -> None:
    tampering.execute(
        f"DELETE FROM ledger_posting WHERE sequence = 4 AND account_id = {IN_TRANSIT}"
    )
    assert first_flaw(busy_shop) == (", posting 5", "posting 4 is missing")
    assert queries.verify()[1] == Flaw(ANY, "it has 1 postings of 2")


def test_a_deleted_last_posting(busy_shop: Merchant, tampering: psycopg.Connection) -> None:
    tampering.execute(
        f"DELETE FROM ledger_posting WHERE sequence = 5 AND account_id = {IN_TRANSIT}"
    )
    reason = "its head is at 5 with 1400, its postings say 4 with 1300"
    assert first_flaw(busy_shop) == ("", reason)


def test_a_whole_entry_deleted(busy_shop: Merchant, tampering: psycopg.Connection) -> None:
    tampering.execute("""
        DELETE FROM ledger_posting WHERE entry_id =
            (SELECT id FROM ledger_journalentry WHERE subject = 'pay_5')
    """)
    tampering.execute("DELETE FROM ledger_journalentry WHERE subject = 'pay_5'")
    assert [flaw.reason[:17] for flaw in queries.verify()] == ["its head is at 5 "] * 2


def test_an_entry_deleted_from_under_its_postings(
    busy_shop: Merchant, tampering: psycopg.Connection
) -> None:
    tampering.execute("DELETE FROM ledger_journalentry WHERE subject = 'pay_2'")
    assert [flaw.reason for flaw in queries.verify()] == ["its entry is missing"] * 2


def test_an_altered_head(busy_shop: Merchant, tampering: psycopg.Connection) -> None:
    tampering.execute("UPDATE ledger_account SET balance = 9000 WHERE code = 'in_transit'")
    reason = "its head is at 5 with 9000, its postings say 5 with 1400"
    assert first_flaw(busy_shop) == ("", reason)
    assert len(queries.verify()) == 1


def test_an_account_given_to_somebody_else(
    busy_shop: Merchant, tampering: psycopg.Connection
) -> None:
    other = Merchant.objects.create(name="Wu Porcelain")
    tampering.execute(
        "UPDATE ledger_account SET merchant_id = %s WHERE code = 'in_transit'", [other.pk]
    )
    (flaw,) = queries.verify()
    assert flaw.where.endswith("(in_transit USD), posting 1")
    assert flaw.reason == "its entry is another merchant's"


def test_the_first_flaw_of_every_account_is_named(
    busy_shop: Merchant, tampering: psycopg.Connection
) -> None:
    tampering.execute("UPDATE ledger_posting SET balance = 0 WHERE sequence IN (2, 4)")
    assert [flaw.where[-9:] for flaw in queries.verify()] == ["posting 2", "posting 2"]
