"""Writing drafts: what they come to, and that nobody overwrites what a colleague wrote."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.models import Invoice, Line
from sleek.invoices.queries import Reference
from sleek.invoices.rules import DocumentKind, Policy, PolicyFlaw, Stage, StageFlaw
from sleek.invoices.rules.content import BillFlaw
from sleek.merchants.models import Merchant
from tests import billing, people

D = Decimal


@pytest.fixture
def shop(db: None) -> Merchant:
    return people.merchant()


def rewrite(invoice: Invoice, revision: int = 1, **changes: object) -> Invoice:
    said = replace(bills.draft_of(invoice), **changes)  # type: ignore[arg-type]
    by = billing.owner(invoice.merchant).user
    return invoices.rewrite(invoice, said, revision=revision, by=by)


def test_a_draft_comes_to_what_its_lines_do(shop: Merchant) -> None:
    lines = billing.line("12.50", "4", tax_rate="13"), billing.line("30", item="DHL")
    invoice = billing.drafted(shop, *lines, is_tax_inclusive=False)
    assert (invoice.total, invoice.amount_tax) == (Money(8650, "USD"), 650)
    assert [row.amount for row in invoice.lines.all()] == [5000, 3000]
    assert [row.amount for row in invoice.instalments.all()] == [8650]
    assert invoice.payer_name == "Okafor Imports Ltd"


def test_a_draft_is_read_back_as_it_was_written(shop: Merchant) -> None:
    said = billing.draft(
        billing.customer(shop),
        billing.line("80", "2", hours="7.5"),
        stages=(Stage("Design", "drawings", percent=D(30)), Stage("Rest", percent=D(70))),
        policy=Policy(Money(500, "USD"), Money(100000, "CNY"), valid_days=90),
        documents=(Reference(DocumentKind.CONTRACT, "HT-7"),),
        methods=("card",),
        tags=("fair",),
        due_days=14,
        remarks="Careful.",
    )
    said = replace(said, lines=(replace(said.lines[0], is_hourly=True),))
    invoice = invoices.create(shop, said, by=billing.owner(shop).user)
    assert bills.draft_of(Invoice.objects.get(pk=invoice.pk)) == said


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"lines": (billing.line("1", item=" "),)}, BillFlaw.LINE_WITHOUT_ITEM),
        ({"stages": (Stage(percent=D(50)),)}, StageFlaw.NOT_THE_WHOLE),
        ({"policy": Policy(Money(9900, "USD"), Money(10000, "USD"))}, PolicyFlaw.MORE_THAN_PAID),
    ],
)
def test_what_makes_no_draft_changes_nothing(shop: Merchant, changes, flaw) -> None:
    invoice = billing.drafted(shop)
    with pytest.raises(invoices.InvalidInvoice) as refusal:
        rewrite(invoice, **changes)
    assert refusal.value.flaws == [flaw]
    again = Invoice.objects.get(pk=invoice.pk)
    assert (again.revision, bills.draft_of(again)) == (1, bills.draft_of(invoice))


def test_who_opened_an_older_revision_does_not_overwrite_the_newer(shop: Merchant) -> None:
    invoice = rewrite(billing.drafted(shop), title="First")
    with pytest.raises(invoices.ChangedMeanwhile):
        rewrite(invoice, revision=1, title="Second")
    invoice.refresh_from_db()
    assert (invoice.title, invoice.revision) == ("First", 2)


def test_the_hash_is_of_what_is_said(shop: Merchant) -> None:
    invoice = billing.drafted(shop)
    first = invoice.content_hash
    assert rewrite(invoice).content_hash == first
    assert rewrite(invoice, revision=2, memo="for us", tags=("x",)).content_hash == first
    assert rewrite(invoice, revision=3, remarks="for them").content_hash != first


def test_a_draft_is_deleted_and_an_issued_bill_is_not(shop: Merchant) -> None:
    by = billing.owner(shop).user
    invoices.discard(billing.drafted(shop), by=by)
    assert not Invoice.objects.exists()
    bill = billing.issued(shop)
    with pytest.raises(invoices.NotADraft):
        invoices.discard(bill, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=bill.pk).delete()
    assert [
        event.kind for event in Event.objects.filter(kind__startswith="invoice.").order_by("pk")
    ] == [
        "invoice.drafted",
        "invoice.discarded",
        "invoice.drafted",
        "invoice.issued",
    ]


def test_a_copy_is_a_draft_without_the_days(shop: Merchant) -> None:
    bill = billing.issued(shop, due_days=7)
    copy = invoices.copy(bill, by=billing.owner(shop).user)
    assert (copy.status, copy.number, copy.due_on, copy.due_days) == ("draft", "", None, 7)
    assert (copy.total, copy.copied_from) == (bill.total, bill)


def test_lines_and_words_of_an_issued_bill_never_change(shop: Merchant) -> None:
    bill = billing.issued(shop)
    changes = [
        lambda: Line.objects.filter(invoice=bill).update(price=1),
        lambda: bill.lines.create(position=9, item="More", quantity=1, price=1),
        lambda: Line.objects.filter(invoice=bill).delete(),
        lambda: Invoice.objects.filter(pk=bill.pk).update(payer_name="Somebody else"),
        lambda: Invoice.objects.filter(pk=bill.pk).update(amount=1),
        lambda: Invoice.objects.filter(pk=bill.pk).update(
            status="draft", number="", issued_at=None
        ),
    ]
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    noted = invoices.note(bill, memo="call her", tags=["fair"], by=billing.owner(shop).user)
    assert (noted.memo, noted.tags, noted.revision) == ("call her", ["fair"], 1)


def test_instalments_are_what_the_bill_asks(committed_db: str) -> None:
    bill = billing.issued(people.merchant())
    with pytest.raises(IntegrityError), transaction.atomic():
        bill.instalments.update(amount=4999)
    with pytest.raises(IntegrityError), transaction.atomic():
        bill.instalments.create(position=2, amount=1)
    assert [row.amount for row in bill.instalments.all()] == [5000]
