"""A table of which each row asks somebody for money: all its drafts, or none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from sleek.audit.models import Record
from sleek.core import clock
from sleek.core.money import Money
from sleek.customers import actions as customers
from sleek.customers.actions import Details, TableRefused
from sleek.customers.models import Customer, TableFile
from sleek.customers.rules import BILLS
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.actions import Standing
from sleek.invoices.models import Invoice
from sleek.invoices.queries import Draft, Sheaf
from sleek.invoices.rules import DocumentKind, Nature, deduction
from sleek.merchants.models import Membership, Merchant
from tests import billing, people

HEAD = "Customer,E-mail,Nature,Item,Qty,Unit price,Currency,Due,PO,Bill,Amount"
TABLE = f"""{HEAD}
Okafor Imports Ltd,,sample fee,Vase,2,50,,30,PO-1,A,100
,,,Courier,1,12,,,PO-2,A,
Berg Keramik,anna@example.com,模具费,Mould,1,300,EUR,2026-12-31,,,
"""
BASE = Draft("USD", due_days=14)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def shop(db: None) -> Merchant:
    shop = people.merchant()
    billing.customer(shop)
    return shop


@pytest.fixture
def owner(shop: Merchant) -> Membership:
    return billing.owner(shop)


def kept(owner: Membership, text: str = TABLE, **options: str) -> TableFile:
    file = customers.keep_table(owner, BILLS, "march.csv", text.encode())
    if not options:
        return file
    return customers.set_layout(file, BILLS, replace(file.read_as, options=options))


def read(owner: Membership, *rows: str, **options: str) -> Sheaf:
    return bills.sheaf(kept(owner, "\n".join([HEAD, *rows]), **options), BASE)


def reasons(found: Sheaf) -> dict[int, list[tuple[str, str]]]:
    return {out.row.number: [(f.field, f.flaw) for f in out.faults] for out in found.rejected}


def entitle(shop: Merchant) -> None:
    """A deposit of 50.00 that is paid."""
    policy = deduction.deposit(Money(0, "USD"), "USD")
    bill = billing.issued(shop, nature=Nature.DEPOSIT, policy=policy)
    stage = bill.instalments.get()
    invoices.settle(bill, Standing({stage.pk: stage.amount}, 0, clock.now()))


def made(file: TableFile) -> list[Invoice]:
    return list(Invoice.objects.filter(public_id__in=file.made).order_by("pk"))


def test_each_row_becomes_a_draft_and_rows_of_one_bill_its_lines(owner):
    file = invoices.take_bills(kept(owner), BASE, by=owner)
    first, second = made(file)
    assert (first.customer, first.payer_email) == (Customer.objects.first(), "ada@example.com")
    assert [line.item for line in first.lines.all()] == ["Vase", "Courier"]
    assert (first.status, first.asked, first.nature) == (
        "draft",
        Money(11200, "USD"),
        Nature.SAMPLING,
    )
    assert (first.due_days, first.due_on, second.due_days) == (30, None, None)
    assert (second.due_on, second.asked) == (date(2026, 12, 31), Money(30000, "EUR"))
    assert second.nature == Nature.TOOLING
    documents = [(each.kind, each.number) for each in bills.draft_of(first).documents]
    kind = DocumentKind.PURCHASE_ORDER
    assert documents == [(kind, "PO-1"), (kind, "PO-2")]
    assert (file.row_count, len(file.made)) == (3, 2)


def test_such_a_draft_is_what_the_editor_would_have_saved(owner, shop):
    """So an approval is of its content, and an edit that changes nothing changes nothing."""
    entitle(shop)
    drafted = made(invoices.take_bills(kept(owner), BASE, by=owner))
    assert [bill.amount_deducted for bill in drafted] == [5000, 0]
    for bill in drafted:
        assert bill.content_hash == bills.content_hash(Invoice.objects.get(pk=bill.pk))
        alone = invoices.create(shop, bills.draft_of(bill), by=owner.user)
        assert bills.draft_of(alone) == bills.draft_of(bill)
        assert (alone.amount_deducted, alone.asked) == (bill.amount_deducted, bill.asked)
        assert alone.content_hash == bill.content_hash


def test_whom_nobody_knows_the_address_book_learns_of_once(owner, shop):
    rows = "\n".join([HEAD, *(f"Berg,anna@example.com,,Vase,1,{price},,,,," for price in (5, 6))])
    file = invoices.take_bills(kept(owner, rows), BASE, by=owner)
    newcomer = shop.customers.get(name="Berg")
    assert [bill.customer for bill in made(file)] == [newcomer, newcomer]
    assert newcomer.email == "anna@example.com"
    assert Event.objects.filter(kind="customer.added", subject=newcomer.public_id).count() == 1
    record = Record.objects.get(action="invoice.drafted_from_table")
    assert (record.subject, record.data) == (file.public_id, {"file": "march.csv", "bills": 2})
    assert Event.objects.filter(kind="invoice.drafted").count() == 2


def test_a_customer_is_known_by_name_address_or_number(owner, shop):
    known = shop.customers.get()
    found = read(
        owner,
        " ＯＫＡＦＯＲ imports  ltd,,,Vase,1,5,,,,,",
        "ADA@example.com,,,Vase,1,5,,,,,",
        f"{known.public_id},,,Vase,1,5,,,,,",
        "Okafor Imports Ltd,other@example.com,,Vase,1,5,,,,,",
    )
    assert reasons(found) == {}
    assert [each.draft.customer for each in found.bills] == [known] * 4
    assert [each.draft.payer.email for each in found.bills][2:] == [
        "ada@example.com",
        "other@example.com",
    ]
    assert {each.draft.payer.name for each in found.bills} == {"Okafor Imports Ltd"}


def test_between_two_customers_nobody_guesses(owner, shop):
    twin = customers.add(shop, Details("Okafor Imports Ltd", email="b@example.com"), by=owner.user)
    found = read(
        owner,
        "Okafor Imports Ltd,,,Vase,1,5,,,,,",
        "Okafor Imports Ltd,b@example.com,,Vase,1,5,,,,,",
        "Somebody Else,b@example.com,,Vase,1,5,,,,,",
        "nobody@example.com,,,Vase,1,5,,,,,",
        "cus_000000000000000000000000,,,Vase,1,5,,,,,",
        ",,,Vase,1,5,,,,,",
    )
    assert [each.draft.customer for each in found.bills] == [twin]
    assert reasons(found) == {
        2: [("name", "several")],
        4: [("email", "other_customer")],
        5: [("name", "unknown")],
        6: [("name", "unknown")],
        7: [("name", "missing")],
    }


def test_who_was_put_away_is_billed_by_nobody_unless_there_is_another(owner, shop):
    customers.archive(shop.customers.get(), by=owner.user)
    row = "Okafor Imports Ltd,,,Vase,1,5,,,,,"
    assert reasons(read(owner, row)) == {2: [("name", "archived")]}
    other = customers.add(shop, Details("Okafor Imports Ltd"), by=owner.user)
    assert [each.draft.customer for each in read(owner, row).bills] == [other]


def test_an_address_belongs_to_one_newcomer_and_finds_them(owner):
    found = read(
        owner,
        "anna@example.com,,,Vase,1,5,,,,,",
        "Berg,anna@example.com,,Vase,1,5,,,,,",
        "Tal,ANNA@example.com,,Vase,1,5,,,,,",
    )
    assert [each.newcomer and each.newcomer.name for each in found.bills] == ["Berg", "Berg"]
    assert len(found.newcomers) == 1
    assert reasons(found) == {4: [("email", "other_customer")]}


@pytest.mark.parametrize(
    ("row", "field", "flaw"),
    [
        ("Tal,,,Vase,2,50,,,,,101", "amount", "amount"),
        ("Tal,,,Vase,2,€50,USD,,,,", "price", "other_money"),
        ("Tal,,,Vase,1,5,,2020-01-01,,,", "due", "past"),
        ("Tal,,,Vase,1,0,,,,,", "price", "nothing_to_pay"),
        ("Tal,,,Vase,1,-5,,,,,", "price", "nothing_to_pay"),
        ("Tal,,,Vase,999999999,99999999999,,,,,", "price", "too_large"),
        ("Tal,,,=1+1,1,=A1,,,,,", "price", "number"),
    ],
)
def test_a_row_that_makes_no_bill_says_why_and_nothing_comes_in(owner, shop, row, field, flaw):
    file = kept(owner, f"{TABLE}{row}\n")
    assert reasons(bills.sheaf(file, BASE)) == {5: [(field, flaw)]}
    with pytest.raises(TableRefused, match="Some rows cannot be read"):
        invoices.take_bills(file, BASE, by=owner)
    assert not Invoice.objects.exists()
    assert shop.customers.count() == 1
    assert TableFile.objects.get().imported_at is None
    file = invoices.take_bills(file, BASE, leaves_out=True, by=owner)
    assert len(file.made) == 2
    assert [row.number for row in file.grid] == [1, 5]


def test_formulas_and_markup_stay_words(owner):
    hostile = "=HYPERLINK(1)|<script>|{{ x }}|'; DROP TABLE--"
    found = read(owner, f'Tal,,,"{hostile}",1,5,,,"@{hostile}",,')
    [bill] = found.bills
    assert bill.draft.lines[0].item == hostile
    assert bill.draft.documents[0].number == f"@{hostile}"


def test_where_a_row_says_nothing_what_is_usual_holds(owner, shop):
    shop.customers.update(terms_days=45, language="fr")
    found = read(
        owner,
        "Okafor Imports Ltd,,,Vase,1,5,,,,,",
        "Tal,,,Vase,1,¥5,,,,,",
        "Berg,,deposit,Vase,1,5,,,,,",
        currency="GBP",
        tax="without",
        nature="goods",
        due_days="21",
    )
    first, second, third = (each.draft for each in found.bills)
    assert (first.currency, first.nature, first.is_tax_inclusive) == ("GBP", Nature.GOODS, False)
    assert (first.due_days, first.language) == (45, "fr")
    assert (second.currency, second.due_days) == ("CNY", 21)
    assert (third.is_deposit, second.policy) == (True, None)


def test_the_same_file_warns_before_it_doubles(owner):
    first = invoices.take_bills(kept(owner), BASE, by=owner)
    again = kept(owner)
    assert bills.sheaf(again, BASE).earlier == first
    with pytest.raises(TableRefused, match="imported already"):
        invoices.take_bills(again, BASE, by=owner)
    assert Invoice.objects.count() == 2
    other = kept(owner, TABLE.replace("50", "51").replace(",100", ""))
    assert bills.sheaf(other, BASE).earlier is None
    again = kept(owner)
    assert len(invoices.take_bills(again, BASE, again=True, by=owner).made) == 2
    assert Invoice.objects.count() == 4
    with pytest.raises(TableRefused):
        invoices.take_bills(again, BASE, again=True, by=owner)
    assert Invoice.objects.count() == 4


def test_another_merchants_customers_and_tables_are_none_of_ours(owner):
    stranger = people.merchant("Tal & Söhne", "tal@example.com")
    theirs = billing.customer(stranger, "Tal")
    invoices.take_bills(kept(billing.owner(stranger)), BASE, by=billing.owner(stranger))
    found = read(owner, "Tal,,,Vase,1,5,,,,,", f"{theirs.public_id},,,Vase,1,5,,,,,")
    assert [each.newcomer and each.newcomer.name for each in found.bills] == ["Tal"]
    assert reasons(found) == {3: [("name", "unknown")]}
    assert bills.sheaf(kept(owner), BASE).earlier is None


def test_a_thousand_bills_come_in_and_one_more_does_not(owner):
    rows = [f"Buyer {number % 40},,,Vase {number},1,5,,,,," for number in range(1001)]
    with pytest.raises(TableRefused, match="1001 bills, and 1000"):
        invoices.take_bills(kept(owner, "\n".join([HEAD, *rows])), BASE, by=owner)
    assert not Invoice.objects.exists()
    file = invoices.take_bills(kept(owner, "\n".join([HEAD, *rows[:1000]])), BASE, by=owner)
    assert len(file.made) == 1000
    assert Invoice.objects.filter(amount=500, status="draft").count() == 1000
    assert Customer.objects.count() == 41
