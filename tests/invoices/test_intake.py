"""Lines of a table on a draft: all of them, in one go, and never over somebody else's edit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from sleek.audit.models import Record
from sleek.core.money import Money
from sleek.customers import actions as customers
from sleek.customers.actions import TableRefused
from sleek.customers.models import TableFile
from sleek.customers.rules import LINES
from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.actions import Page
from sleek.invoices.models import Invoice, Line
from sleek.invoices.queries import Draft, Reference
from sleek.invoices.rules import DocumentKind, Policy, Stage
from sleek.merchants.models import Membership, Merchant
from tests import billing, people

TABLE = """Quotation No.: Q-7
Item,Spec,Qty,Unit,Unit price (USD),Tax rate,Amount
Vase,blue,12,pcs,12.50,13%,150
Bowl,,2,pcs,3,13%,6.00
Total,,,,,,156
"""


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def shop(db: None) -> Merchant:
    return people.merchant()


@pytest.fixture
def owner(shop: Merchant) -> Membership:
    return billing.owner(shop)


def kept(owner: Membership, bill: Invoice | None = None, text: str = TABLE, **options: str):
    """Uploaded, and read as somebody said."""
    subject = bill.public_id if bill else ""
    file = customers.keep_table(owner, LINES, "march.csv", text.encode(), subject=subject)
    if not options:
        return file
    return customers.set_layout(file, LINES, replace(file.read_as, options=options))


def page(bill: Invoice | None) -> Page:
    if bill is None:
        return Page(Draft("EUR", is_tax_inclusive=False))
    return Page(bills.draft_of(bill), bill, bill.revision)


def take(file: TableFile, bill: Invoice | None, by: Membership, **more: bool) -> Invoice:
    return invoices.take_lines(file, page(bill), by=by, **more)


def items(bill: Invoice) -> list[tuple[str, Decimal, Decimal]]:
    return [(line.item, line.quantity, line.price) for line in bill.lines.all()]


def test_lines_come_to_those_that_are_there(shop, owner):
    bill = billing.drafted(shop)
    bill = take(kept(owner, bill), bill, owner)
    assert items(bill) == [
        ("Celadon vase, sample", Decimal(1), Decimal(50)),
        ("Vase", Decimal(12), Decimal("12.5")),
        ("Bowl", Decimal(2), Decimal(3)),
    ]
    assert (bill.asked, bill.revision) == (Money(20600, "USD"), 2)
    file = TableFile.objects.get()
    assert (file.row_count, file.subject) == (2, bill.public_id)
    record = Record.objects.get(action="invoice.imported")
    assert (record.subject, record.data) == (bill.public_id, {"file": "march.csv", "rows": 2})


def test_or_instead_of_them(shop, owner):
    bill = billing.drafted(shop)
    bill = take(kept(owner, bill, mode="replace"), bill, owner)
    assert [item for item, *_ in items(bill)] == ["Vase", "Bowl"]
    assert bill.asked == Money(15600, "USD")


def test_what_the_table_said_is_kept_as_a_document_and_differs_in_nothing(shop, owner):
    bill = billing.drafted(shop)
    bill = take(kept(owner, bill, mode="replace"), bill, owner)
    [document] = bills.draft_of(bill).documents
    assert (document.kind, document.number) == (DocumentKind.QUOTATION, "Q-7")
    assert document.listing
    assert [line.item for line in document.listing.lines] == ["Vase", "Bowl"]
    assert (document.listing.name, document.listing.unread) == ("march.csv", 0)
    assert bills.compared(bills.draft_of(bill), bill) == []
    assert [line.quoted_price for line in bill.lines.all()] == [Decimal("12.5"), 3]


def test_a_new_bill_takes_over_what_the_table_says_of_its_prices(shop, owner):
    text = TABLE.replace("(USD)", "(CNY incl. tax)")
    bill = take(kept(owner, text=text), None, owner)
    assert (bill.status, bill.currency, bill.is_tax_inclusive) == ("draft", "CNY", True)
    assert (bill.amount, bill.amount_tax) == (15600, 1795)
    assert TableFile.objects.get().subject == bill.public_id


def test_two_tables_of_one_quotation_are_one_document(shop, owner):
    bill = billing.drafted(shop)
    bill = take(kept(owner, bill, mode="replace"), bill, owner)
    more = TABLE.replace("Vase", "Lid").replace("Bowl", "Cup")
    bill = take(kept(owner, bill, more), bill, owner)
    [document] = bills.draft_of(bill).documents
    assert document.listing
    assert [line.item for line in document.listing.lines] == ["Vase", "Bowl", "Lid", "Cup"]
    assert bills.compared(bills.draft_of(bill), bill) == []


def test_another_quotation_instead_leaves_the_number_of_the_first(shop, owner):
    bill = billing.drafted(shop)
    bill = take(kept(owner, bill, mode="replace"), bill, owner)
    other = TABLE.replace("Q-7", "Q-8").replace("12.50,13%,150", "11,13%,132")
    bill = take(kept(owner, bill, other, mode="replace"), bill, owner)
    first, second = bills.draft_of(bill).documents
    assert (first, second.number) == (Reference(DocumentKind.QUOTATION, "Q-7"), "Q-8")
    assert bills.compared(bills.draft_of(bill), bill) == []


@pytest.mark.parametrize(
    ("row", "flaw", "about"),
    [
        ("Vase,,2,,35.50,,72", "amount", ("72", "2 × 35.5 = 71.00")),
        ("Vase,,3,,0.333,,0.99", "amount", ("0.99", "3 × 0.333 = 1.00")),
        ("Vase,,2,,€35.50,,71", "other_money", ("€", "USD")),
        ("Vase,,2,,35.50,13%,142.01", "amount", ("142.01", "2 × 35.5 = 71.00")),
        ("Vase,,999999999,,99999999999,,1", "too_large", ()),
        ("Vase,,2,,,,", "missing", ()),
    ],
)
def test_a_row_that_disagrees_with_itself_stays_out_and_nothing_comes_in(
    shop, owner, row, flaw, about
):
    bill = billing.drafted(shop)
    file = kept(owner, bill, f"{TABLE}{row}\n", mode="replace")
    found = bills.intake(file, bills.draft_of(bill))
    out = [out for out in found.found.rejected if not out.is_beside]
    assert [(o.row.number, o.faults[0].flaw, o.faults[0].about) for o in out] == [(6, flaw, about)]
    with pytest.raises(TableRefused, match="cannot be read"):
        take(file, bill, owner)
    assert (Line.objects.count(), Record.objects.filter(action="invoice.imported").count()) == (
        1,
        0,
    )


@pytest.mark.parametrize(
    ("row", "tax"),
    [
        ("Vase,,3,,0.333,,1.00", "with"),
        ("Vase,,3,,0.333,,0.999", "with"),
        ("Vase,,2,,100,13%,226", "without"),
        ("Vase,,2,,100,13%,200", "without"),
        ("Vase,,2,,113,13%,200", "with"),
        ("Vase,,2,,US$100,13%,$200", "with"),
        ("Vase,,2,,100,,", "with"),
    ],
)
def test_an_amount_that_is_right_in_one_way_is_right(shop, owner, row, tax):
    bill = billing.drafted(shop)
    file = kept(owner, bill, f"{TABLE}{row}\n", tax=tax, mode="replace")
    assert len(bills.intake(file, bills.draft_of(bill)).found.entries) == 3


def test_rows_that_cannot_be_read_are_left_out_when_somebody_says_so(shop, owner):
    bill = billing.drafted(shop)
    file = kept(owner, bill, f"{TABLE}Lid,,2,,x,,\n", mode="replace")
    bill = take(file, bill, owner, leaves_out=True)
    assert [item for item, *_ in items(bill)] == ["Vase", "Bowl"]
    [told] = bills.compared(bills.draft_of(bill), bill)
    assert [(each.change, each.count) for each in told.differences] == [("unread", 1)]


def test_a_draft_that_somebody_saved_meanwhile_stays_as_they_saved_it(shop, owner):
    bill = billing.drafted(shop)
    file, seen = kept(owner, bill), page(bill)
    said = replace(bills.draft_of(bill), lines=(billing.line("9"),))
    invoices.rewrite(bill, said, revision=bill.revision, by=owner.user)
    with pytest.raises(invoices.ChangedMeanwhile):
        invoices.take_lines(file, seen, by=owner)
    file.refresh_from_db()
    assert (file.imported_at, items(bill)) == (
        None,
        [("Celadon vase, sample", Decimal(1), Decimal(9))],
    )


def test_an_issued_bill_takes_nothing(shop, owner):
    bill = billing.drafted(shop)
    file, seen = kept(owner, bill), page(bill)
    invoices.issue(bill, by=owner)
    with pytest.raises(invoices.NotADraft):
        invoices.take_lines(file, seen, by=owner)
    assert TableFile.objects.get().imported_at is None


def test_the_same_table_comes_in_once_unless_the_draft_says_something_else(shop, owner):
    bill = billing.drafted(shop)
    file, seen = kept(owner, bill), page(bill)
    bill = invoices.take_lines(file, seen, by=owner)
    with pytest.raises(TableRefused, match="imported already"):
        invoices.take_lines(file, seen, by=owner)
    with pytest.raises(TableRefused, match="very table"):
        invoices.take_lines(kept(owner, bill), seen, by=owner)
    with pytest.raises(invoices.ChangedMeanwhile):
        invoices.take_lines(kept(owner, bill, mode="replace"), seen, by=owner)
    assert len(items(bill)) == 3
    again = take(kept(owner, bill, mode="replace"), bill, owner)
    assert [item for item, *_ in items(again)] == ["Vase", "Bowl"]


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        ({}, "add"),
        ({"stages": (Stage("All", amount=Money(5000, "USD")),)}, "replace"),
        ({"policy": Policy(Money(100, "USD"), Money(900, "USD"))}, "replace"),
    ],
)
def test_amounts_of_two_currencies_do_not_meet_on_a_bill(shop, owner, said, mode):
    bill = billing.drafted(shop, **said)
    file = kept(owner, bill, TABLE.replace("(USD)", "(EUR)"), mode=mode)
    with pytest.raises(TableRefused, match="The table is in EUR"):
        take(file, bill, owner)
    assert Invoice.objects.get().revision == 1


def test_nor_do_prices_with_tax_and_without(shop, owner):
    bill = billing.drafted(shop)
    file = kept(owner, bill, TABLE.replace("(USD)", "(excl. tax)"))
    with pytest.raises(TableRefused, match="without tax"):
        take(file, bill, owner)
    file = kept(owner, bill, TABLE.replace("(USD)", "(excl. tax)"), mode="replace")
    assert take(file, bill, owner).is_tax_inclusive is False


def test_a_table_of_no_lines_makes_no_bill(shop, owner):
    with pytest.raises(TableRefused, match="No row"):
        take(kept(owner, text="Item,Unit price\nTotal,5\n"), None, owner)
    assert not Invoice.objects.exists()


def test_more_lines_than_a_bill_holds_are_refused_as_a_whole(shop, owner):
    text = "Item,Unit price\n" + "Vase,1\n" * 501
    with pytest.raises(invoices.InvalidInvoice):
        take(kept(owner, text=text), None, owner)
    assert (Invoice.objects.count(), TableFile.objects.get().imported_at) == (0, None)
