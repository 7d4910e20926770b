"""What the demo tells of bills: a deposit and its final bill, a table of sample fees, batches, and
two bills behind one address.
"""

from __future__ import annotations

import pytest
from django.utils import translation

from sleek.config.demo import bills, customers, fair
from sleek.core.money import Money
from sleek.invoices.models import Batch, BatchItem, Entitlement, Invoice
from sleek.merchants.models import Membership
from sleek.payments import queries as payments
from sleek.web.ui import joint
from tests import billing, people
from tests.fakes.channel import Bank


@pytest.fixture
def owner(db: None) -> Membership:
    shop = people.merchant()
    customers.furnish(shop, billing.owner(shop).user)
    return billing.owner(shop)


@pytest.fixture
def told(owner: Membership, bank: Bank) -> Membership:
    with translation.override("en"):
        bills.furnish(owner, people.attempt)
    return owner


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
