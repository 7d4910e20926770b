"""What the demo tells of bills: a deposit and its final bill, a table of sample fees, batches, and
two bills behind one address.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from sleek.audit.models import Record
from sleek.config.demo import bills, customers, fair
from sleek.core.money import Money
from sleek.invoices.models import Batch, BatchItem, Entitlement, Invoice
from sleek.merchants.models import Membership
from sleek.payments import queries as payments
from sleek.web.dashboard.telling import acts
from sleek.web.dashboard.telling.act_words import FIELDS
from sleek.web.ui import joint
from tests import billing, people
from tests.fakes.channel import behind_the_till


@pytest.fixture(scope="module")
def furnished(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Membership]:
    """Made once, since it takes seconds; what a test does to it is undone with the test."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        pytest.MonkeyPatch.context() as patch,
        translation.override("en"),
    ):
        behind_the_till(patch)
        shop = people.merchant()
        customers.furnish(shop, billing.owner(shop).user)
        bills.furnish(billing.owner(shop), people.attempt)
        yield billing.owner(shop)
        transaction.set_rollback(True)


@pytest.fixture
def told(furnished: Membership, db: None) -> Membership:
    return furnished


def test_the_deposit_is_deducted_from_the_bill_made_of_the_quotation(told: Membership):
    entitlement = Entitlement.objects.get(invoice__nature="deposit")
    assert (entitlement.status, entitlement.left) == ("reserved", Money(0, "EUR"))
    final = Invoice.objects.get(nature="balance")
    assert (final.total, final.asked) == (Money(620000, "EUR"), Money(434000, "EUR"))
    assert [line.item for line in final.lines.all()][:2] == [
        "Celadon plate 青瓷盘",
        "Celadon bowl 青瓷碗",
    ]
    assert (final.status, final.sent_at is not None) == ("open", True)


def test_later_bills_have_higher_numbers(told: Membership):
    issued = Invoice.objects.exclude(number="").order_by("issued_at", "number")
    numbers = list(issued.values_list("number", flat=True))
    assert numbers == sorted(numbers)
    assert len(numbers) == 9


def test_the_table_of_sample_fees_is_issued_and_sent_at_once(told: Membership):
    batches = {batch.kind: batch for batch in Batch.objects.all()}
    issue, send = batches["issue"], batches["send"]
    assert (issue.size, issue.done_count, issue.ended_at is not None) == (4, 4, True)
    assert (send.done_count, send.refused_count) == (3, 1)
    refused = BatchItem.objects.get(outcome="refused")
    assert Invoice.objects.get(public_id=refused.bill).payer_name == "Galerie Ofen"
    assert told.merchant.customers.get(name="Galerie Ofen").country == "AT"


def test_two_bills_of_one_buyer_are_paid_at_one_address(told: Membership):
    both = fair.together(told)
    assert [bill.due for bill in both] == [Money(4200, "EUR"), Money(18000, "EUR")]
    assert payments.agree_on_methods(both)
    assert len(joint.tokens(joint.url(bill.token for bill in both).split("/")[-3])) == 2


def test_the_audit_log_says_all_of_it_in_words(told: Membership):
    records = Record.objects.filter(scope=told.merchant.public_id)
    details = [each for act in acts.tell(told.merchant, [*records]) for each in act.details]
    assert len(details) > 20
    assert {each.name for each in details} <= {str(word) for word in FIELDS.values()} | {"Person"}
    assert not [each for each in details if each.value.startswith("snd_")]
