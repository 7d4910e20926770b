"""Customers in the back office: entered, found, changed, put away, exported."""

from __future__ import annotations

import csv
import io
from html import unescape

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sleek.customers import actions as customers
from sleek.customers.actions import Details
from sleek.customers.models import Customer
from sleek.customers.rules import CUSTOMERS
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from tests import billing, people
from tests.web.dashboard import office

BERG = Details(
    "Berg Keramik GmbH",
    contact="Anna Berg",
    email="anna@example.com",
    phone="+492214710999",
    country="DE",
    address="Domstr. 1",
    language="de",
    terms_days=30,
    tags=("fair",),
    memo="Calls on Mondays",
)
PERSONAL = ("Anna Berg", "anna@example.com", "4710999", "Domstr. 1", "Mondays")


@pytest.fixture
def shop(db: None) -> Merchant:
    return people.merchant()


def _add(shop: Merchant, details: Details = BERG) -> Customer:
    return customers.add(shop, details, by=shop.memberships.get(role="owner").user)


def _text(answer: object) -> str:
    return unescape(answer.content.decode())  # type: ignore[attr-defined]


def _saved(answer: object) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]


def test_an_empty_book_teaches_the_next_step(shop):
    page = _text(office.at_work(shop).get("/customers"))
    assert "Type each customer once" in page
    assert "/customers/new" in page
    assert "/customers/import" in page


def test_a_customer_is_entered_and_shown(shop):
    lin = office.at_work(shop)
    data = {"name": "Berg Keramik GmbH", "country": "DE", "phone": "0221 4710999", "tags": "a, b"}
    page = _text(lin.post("/customers/new", data, follow=True))
    customer = Customer.objects.get()
    assert (customer.phone, customer.tags, customer.terms_days) == (
        "+492214710999",
        ["a", "b"],
        None,
    )
    assert "+49 221 4710999" in page
    assert "Germany" in page


def test_a_form_with_mistakes_names_all_of_them_and_saves_nothing(shop):
    data = {"name": "", "email": "anna", "phone": "12", "country": "DE", "tax_number": "1"}
    answer = office.at_work(shop).post("/customers/new", data)
    page = _text(answer)
    assert answer.status_code == 422
    assert "This is no e-mail address" in page
    assert "Nobody can be called by this number" in page
    assert "This is not a valid USt-IdNr. / Steuernummer. It looks like DE136695976." in page
    assert page.count('aria-invalid="true"') == 4
    assert not Customer.objects.exists()


def test_who_is_like_another_is_saved_on_a_second_word(shop):
    there = _add(shop)
    lin = office.at_work(shop)
    data = {"name": "BERG KERAMIK GMBH"}

    page = _text(lin.post("/customers/new", data))
    assert "Save all the same" in page
    assert Customer.objects.count() == 1

    lin.post("/customers/new", data | {"seen": there.public_id})
    assert Customer.objects.count() == 2


def test_the_warning_comes_while_somebody_types(shop):
    there, lin = _add(shop), office.at_work(shop)
    page = _text(lin.get("/customers/like", {"name": "x", "email": "Anna@Example.com"}))
    assert f"/customers/{there.public_id}" in page
    nobody = lin.get("/customers/like", {"name": "x", "email": "", "but": ""})
    assert _text(nobody).strip() == ""
    itself = lin.get("/customers/like", {"name": BERG.name, "email": "", "but": there.public_id})
    assert _text(itself).strip() == ""


def test_a_change_keeps_what_the_form_does_not_offer_anew(shop):
    customer = _add(shop, Details("Zürich AG", currency="MVR", phone="+41446681800"))
    lin = office.at_work(shop)
    page = _text(lin.get(f"/customers/{customer.public_id}/edit"))
    assert 'value="+41 44 668 18 00"' in page
    assert '<option value="MVR" selected>' in page
    data = {"name": "Zürich AG", "currency": "MVR", "phone": "+41 44 668 18 00", "memo": "x"}
    lin.post(f"/customers/{customer.public_id}/edit", data)
    customer.refresh_from_db()
    assert (customer.currency, customer.phone, customer.memo) == ("MVR", "+41446681800", "x")


def test_an_archived_customer_is_off_the_list_and_comes_back(shop):
    customer, lin = _add(shop), office.at_work(shop)
    page = _text(lin.post(f"/customers/{customer.public_id}/archive", follow=True))
    assert "Archived since" in page
    assert BERG.name not in _text(lin.get("/customers"))
    assert BERG.name in _text(lin.get("/customers?status=archived"))
    lin.post(f"/customers/{customer.public_id}/restore")
    assert BERG.name in _text(lin.get("/customers"))


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("q=keramik", True),
        ("q=0221+4710", True),
        ("q=nobody", False),
        ("q=%00", True),
        ("country=DE", True),
        ("country=FR", False),
        ("tag=fair", True),
        ("tag=vip", False),
    ],
)
def test_the_list_is_narrowed_by_its_address(shop, query, is_found):
    _add(shop)
    answer = office.at_work(shop).get(f"/customers?{query}")
    assert (BERG.name in _text(answer)) == is_found


def test_a_viewer_reads_companies_and_no_person(shop):
    company, person = _add(shop), _add(shop, Details("陈一帆", email="yifan@example.com"))
    viewer = office.colleague(shop, "viewer")
    pages = [
        _text(viewer.get(url))
        for url in (
            "/customers",
            f"/customers/{company.public_id}",
            f"/customers/{person.public_id}",
        )
    ]
    for page in pages:
        assert [told for told in (*PERSONAL, "陈一帆", "yifan@") if told in page] == []
    assert BERG.name in pages[0]
    assert "陈*" in pages[0]
    assert "Your role sees personal data masked." in pages[1]


def test_a_viewer_neither_finds_out_nor_takes_away_nor_changes(shop):
    customer, viewer = _add(shop), office.colleague(shop, "viewer")
    assert BERG.name not in _text(viewer.get("/customers?q=anna@"))
    for url in ("/customers.csv", "/customers.xlsx", "/customers/new", "/customers/like"):
        assert viewer.get(url).status_code == 403
    assert viewer.post(f"/customers/{customer.public_id}/archive").status_code == 403
    customer.refresh_from_db()
    assert customer.archived_at is None


def test_the_lists_are_of_the_own_merchant(shop):
    _add(people.merchant("Chen", "chen@example.com"))
    lin = office.at_work(shop)
    assert BERG.name not in _text(lin.get("/customers?q=Berg"))
    assert BERG.name not in _saved(lin.get("/customers.csv"))
    assert "Save all the same" not in _text(lin.post("/customers/new", {"name": BERG.name}))


def test_names_with_markup_stay_text(shop):
    customer = _add(shop, Details("<script>alert(1)</script>", tags=("<b>",), memo="<i>"))
    lin = office.at_work(shop)
    for url in ("/customers", f"/customers/{customer.public_id}"):
        page = lin.get(url).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_both_exports_hold_all_that_fits_and_run_nothing(shop):
    _add(shop)
    _add(shop, Details("=1+1", credit_code="91350100M000100Y43", country="CN"))
    _add(shop, Details("Elsewhere", country="FR"))
    lin = office.at_work(shop)

    lines = _saved(lin.get("/customers.csv?country=CN"))
    head, row = csv.reader(io.StringIO(lines))
    assert head[:3] == ["Company name", "Contact", "E-mail address"]
    assert (row[0], row[6]) == ("'=1+1", "91350100M000100Y43")

    book = openpyxl.load_workbook(io.BytesIO(lin.get("/customers.xlsx").content)).active
    assert book
    assert [cell.value for cell in book["A"]] == ["Company name", "Elsewhere", "=1+1", BERG.name]
    assert (book["A3"].data_type, book["D4"].value, book["L4"].value) == ("s", BERG.phone, 30)


def test_what_was_exported_can_be_imported_elsewhere(shop):
    _add(shop)
    content = office.at_work(shop, "zh-hans").get("/customers.xlsx").content
    other = people.merchant("Chen", "chen@example.com").memberships.get()
    file = customers.keep_table(other, CUSTOMERS, "customers.xlsx", content)
    [(_, entry)] = customers.look_into(file).entries
    assert entry == BERG


def test_their_page_says_what_they_owe_and_how_they_pay(shop, bank, frozen_clock):
    payer = billing.customer(shop)
    paid, open_one = billing.issued(shop, due_days=7), billing.issued(shop, billing.line("70"))
    frozen_clock.advance(days=10)
    payment = billing.payment(*billing.whole(paid))
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    billing.work()
    page = _text(office.at_work(shop).get(f"/customers/{payer.public_id}"))
    for said in (open_one.number, "10 days on average", "1 of 1 paid late", "Owed in all"):
        assert said in page, said
    assert f"/bills?customer={payer.public_id}" in page
    assert "3 days on average" in page
    assert "None noted" in page


def test_a_customer_without_bills_has_a_next_step(shop):
    page = _text(office.at_work(shop).get(f"/customers/{_add(shop).public_id}"))
    assert "No bill yet." in page
    assert "Owed in all" not in page


def test_the_list_says_what_is_owed_and_is_ordered_by_it(shop, frozen_clock):
    payer, other = billing.customer(shop), _add(shop)
    billing.issued(shop)
    lin = office.at_work(shop)
    page = _text(lin.get("/customers"))
    assert page.index(other.name) < page.index(payer.name)
    assert "?order=owed" in page
    page = _text(lin.get("/customers?order=owed"))
    assert page.index(payer.name) < page.index(other.name)
    assert 'aria-sort="descending"' in page
    assert "50.00" in page


def test_the_list_asks_no_more_for_many_customers(shop, frozen_clock):
    lin = office.at_work(shop)
    lin.get("/customers?order=owed")  # what is read once is read by then
    counts = []
    for number in range(1, 7):
        billing.customer(shop, f"No. {number}")
        billing.issued(shop)
        if number in (1, 6):
            with CaptureQueriesContext(connection) as asked:
                lin.get("/customers?order=owed")
            counts.append(len(asked))
    assert counts[0] == counts[1]
