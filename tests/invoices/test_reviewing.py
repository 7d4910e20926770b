"""A second person looks at a bill before it is issued."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.models import Invoice
from sleek.invoices.rules import Condition
from sleek.merchants.models import Membership, Merchant, Role, User
from tests import billing, people


@pytest.fixture
def shop(db: None) -> Merchant:
    shop = people.merchant()
    by = billing.owner(shop).user
    condition = Condition(amount_from=Money(5000, "USD"))
    invoices.set_review_rules(shop, [condition], by=by)
    return shop


@pytest.fixture
def reviewer(shop: Merchant) -> Membership:
    user = User.objects.create_user("wen@example.com", name="Wen")
    return Membership.objects.create(user=user, merchant=shop, role=Role.REVIEWER)


def submitted(shop: Merchant) -> Invoice:
    return invoices.submit(billing.drafted(shop), by=billing.owner(shop))


def test_a_small_bill_needs_nobody(shop: Merchant) -> None:
    assert billing.issued(shop, billing.line("49.99")).status == "open"


def test_a_large_one_is_not_issued_without_a_second_person(shop: Merchant) -> None:
    with pytest.raises(invoices.NotIssuable):
        billing.issued(shop)
    assert Invoice.objects.get().status == "draft"


def test_approved_is_issued(shop: Merchant, reviewer: Membership) -> None:
    bill = submitted(shop)
    bill = invoices.approve(bill, seen_hash=bill.content_hash, by=reviewer)
    assert (bill.status, bill.number, bill.issued_by) == ("open", "SK-2026-00001", reviewer.user)
    assert [(row.verdict, row.by.name) for row in bill.reviews.order_by("pk")] == [
        ("submitted", ""),
        ("approved", "Wen"),
    ]


def test_nobody_approves_what_they_wrote_edited_or_handed_in(
    shop: Merchant, reviewer: Membership
) -> None:
    owner = billing.owner(shop)
    bill = submitted(shop)
    with pytest.raises(invoices.OwnBill):
        invoices.approve(bill, seen_hash=bill.content_hash, by=owner)
    bill = invoices.rewrite(bill, bills.draft_of(bill), revision=bill.revision, by=reviewer.user)
    bill = invoices.submit(bill, by=owner)
    with pytest.raises(invoices.OwnBill):
        invoices.approve(bill, seen_hash=bill.content_hash, by=reviewer)
    bill.refresh_from_db()
    assert (bill.status, bill.approved_hash) == ("in_review", "")


def test_nobody_approves_what_they_changed_before_its_author_did_so_again(
    shop: Merchant, reviewer: Membership
) -> None:
    owner = billing.owner(shop)
    bill = billing.drafted(shop)
    for by in (reviewer, reviewer, owner):
        said = bills.draft_of(bill)
        bill = invoices.rewrite(bill, said, revision=bill.revision, by=by.user)
    assert [(row.verdict, row.by) for row in bill.reviews.all()] == [("edited", reviewer.user)]
    bill = invoices.submit(bill, by=owner)
    with pytest.raises(invoices.OwnBill):
        invoices.approve(bill, seen_hash=bill.content_hash, by=reviewer)
    assert Invoice.objects.get(pk=bill.pk).status == "in_review"


def test_a_rule_for_a_role_holds_for_whoever_changed_it_last(shop: Merchant) -> None:
    owner = billing.owner(shop)
    condition = Condition(author_role=Role.SALES)
    invoices.set_review_rules(shop, [condition], by=owner.user)
    user = User.objects.create_user("mo@example.com")
    sales = Membership.objects.create(user=user, merchant=shop, role=Role.SALES)
    bill = billing.drafted(shop)
    assert not bills.needs_review(bill)
    said = replace(bills.draft_of(bill), lines=(billing.line("5"),))
    bill = invoices.rewrite(bill, said, revision=bill.revision, by=user)
    with pytest.raises(invoices.NotIssuable):
        invoices.issue(bill, by=sales)
    assert Invoice.objects.get(pk=bill.pk).number == ""


def test_an_edit_makes_an_approval_worthless(shop: Merchant, reviewer: Membership) -> None:
    owner = billing.owner(shop)
    bill = submitted(shop)
    seen = bill.content_hash
    said = replace(bills.draft_of(bill), lines=(billing.line("5000"),))
    bill = invoices.rewrite(bill, said, revision=bill.revision, by=owner.user)
    assert bill.status == "draft"
    with pytest.raises(invoices.NotInReview):
        invoices.approve(bill, seen_hash=seen, by=reviewer)
    bill = invoices.submit(bill, by=owner)
    with pytest.raises(invoices.ContentChanged):
        invoices.approve(bill, seen_hash=seen, by=reviewer)


def test_what_an_approval_was_of_is_looked_at_again_when_issuing(
    shop: Merchant, reviewer: Membership
) -> None:
    """Whoever gets at the row past the editor has changed what was approved."""
    bill = submitted(shop)
    Invoice.objects.filter(pk=bill.pk).update(approved_hash=bill.content_hash)
    bill.lines.update(price=Decimal("0.01"))
    with pytest.raises(invoices.NotIssuable):
        invoices.issue(bill, by=reviewer)


def test_returned_with_a_reason_or_taken_back(shop: Merchant, reviewer: Membership) -> None:
    bill = invoices.send_back(submitted(shop), "price of the vase", by=reviewer)
    assert bill.status == "draft"
    assert bill.reviews.filter(reason="price of the vase").count() == 1
    bill = invoices.withdraw(invoices.submit(bill, by=billing.owner(shop)), by=billing.owner(shop))
    assert bill.status == "draft"
    with pytest.raises(invoices.NotInReview):
        invoices.send_back(bill, "no", by=reviewer)


def test_a_price_below_the_quotation_needs_a_look(shop: Merchant) -> None:
    by = billing.owner(shop).user
    invoices.set_review_rules(shop, [Condition(is_below_quotation=True)], by=by)
    quoted = replace(billing.line("10"), quoted_price=Decimal("10.5"))
    with pytest.raises(invoices.NotIssuable):
        billing.issued(shop, quoted)
    assert billing.issued(shop, replace(quoted, quoted_price=Decimal(10))).status == "open"
