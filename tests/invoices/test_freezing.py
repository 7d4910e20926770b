"""What the database lets nobody change of an issued bill. Each column is one or the other: whoever
adds one says which.
"""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, connection, transaction

from sleek.core import clock
from sleek.invoices.models import Instalment, Invoice
from sleek.merchants.models import Merchant
from tests import billing, people

# What became of the bill, how it may be paid, whose eyes it is for.
FREE = {
    *("id", "status", "language", "methods", "takes_parts", "memo", "tags", "copied_from_id"),
    *("amount_paid", "amount_refunded", "amount_credited", "sent_at", "viewed_at", "paid_at"),
    *("ended_at", "end_reason", "updated_at"),
}
# A bill that is out may be divided anew; what each stage got is told by the payments.
FREE_OF_STAGES = {
    *("id", "position", "label", "deliverable", "percent", "amount", "due_on", "accepted_at"),
    *("amount_paid", "paid_at", "dropped_at"),
}


@pytest.fixture
def shop(db: None) -> Merchant:
    return people.merchant()


def columns(model: type[Invoice] | type[Instalment]) -> set[str]:
    return {str(field.column) for field in model._meta.concrete_fields}


def frozen(query: str) -> set[str]:
    """By what the database itself does."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return set(re.findall(r"\bOLD\.(\w+)", cursor.fetchone()[0], re.IGNORECASE))


def test_each_column_of_a_bill_is_frozen_or_free(db: None) -> None:
    kept = frozen("SELECT prosrc FROM pg_proc WHERE proname = 'invoices_refuse_change'")
    assert kept & FREE == {"status"}  # which is only looked at
    assert kept | FREE == columns(Invoice)


def test_each_column_of_an_instalment_is_frozen_or_free(db: None) -> None:
    kept = frozen(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger "
        "WHERE tgname = 'instalments_keep_their_address'"
    )
    assert not kept & FREE_OF_STAGES
    assert kept | FREE_OF_STAGES == columns(Instalment)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("wants_xml", True),
        ("deducts", False),
        ("revision", 7),
        ("approved_hash", "f" * 64),
        ("created_at", clock.now()),
        ("payer_name", "Somebody"),
    ],
)
def test_what_is_printed_or_decided_stays(shop: Merchant, column: str, value: object) -> None:
    bill, draft = billing.issued(shop), billing.drafted(shop)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=bill.pk).update(**{column: value})
    assert Invoice.objects.filter(pk=draft.pk).update(**{column: value}) == 1


def test_a_stage_keeps_its_address_and_its_bill(shop: Merchant) -> None:
    stage, other = billing.issued(shop).instalments.get(), billing.issued(shop)
    for change in ({"token": "elsewhere"}, {"invoice": other}, {"public_id": "ins_other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Instalment.objects.filter(pk=stage.pk).update(**change)
