"""`sleek ledger verify` and `sleek audit verify`: a clear text, and exit code 1 for a flaw."""

from __future__ import annotations

import pytest
from django.db import connection

from sleek.audit import actions as audit
from sleek.config import cli
from sleek.merchants.models import Merchant
from tests.ledger.journal import paid


@pytest.fixture
def tampering_allowed(committed_db: str) -> None:
    """The database's owner can take its triggers away; that is what `verify` is for."""
    paid(Merchant.objects.create(name="Lin Ceramics"), "pay_1", 1000)
    audit.record("merchant.renamed", "mer_1")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_posting DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE audit_record DISABLE TRIGGER USER")


@pytest.mark.parametrize("book", ["ledger", "audit"])
def test_all_is_well(
    tampering_allowed: None, book: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([book, "verify"]) == 0
    assert capsys.readouterr().out == f"The {book} is whole.\n"


@pytest.mark.parametrize(
    ("book", "change", "finding"),
    [
        ("ledger", "UPDATE ledger_posting SET balance = 7 WHERE amount > 0", "its balance is 7"),
        ("audit", "UPDATE audit_record SET subject = 'mer_2'", "operator, record 1: its content"),
    ],
)
def test_something_is_off(
    tampering_allowed: None,
    capsys: pytest.CaptureFixture[str],
    book: str,
    change: str,
    finding: str,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert cli.main([book, "verify"]) == 1
    said = capsys.readouterr()
    assert said.out.startswith(f"The {book} is not whole: ")
    assert finding in said.err
