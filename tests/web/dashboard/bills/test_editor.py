"""The editor: what is typed becomes a bill, nothing of it is lost, and no script is needed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from sleek.core.money import Money
from sleek.customers.models import Customer
from sleek.invoices import actions as invoices
from sleek.invoices import queries
from sleek.invoices.models import Invoice
from sleek.invoices.rules import MAX_LINES, Condition
from sleek.merchants.models import Merchant
from tests import people
from tests.web.dashboard import office
from tests.web.dashboard.bills import desk
from tests.web.dashboard.bills.desk import typed


@pytest.fixture
def shop(db: None, frozen_clock: object) -> Merchant:
    return people.merchant()


def test_a_typed_bill_is_saved_as_a_draft(shop):
    answer = office.at_work(shop).post("/bills/new", typed())
    bill = Invoice.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/bills/{bill.public_id}")
    assert (bill.status, bill.number, bill.asked) == ("draft", "", Money(5000, "USD"))
    assert (bill.payer_name, bill.title, bill.due_days) == (desk.BERG, "Vase no. 3", 14)
    line = bill.lines.get()
    assert (line.item, line.quantity, line.unit, line.price) == (
        "Vase",
        Decimal(2),
        "pcs",
        Decimal(25),
    )


def test_a_bill_is_issued_in_one_go(shop):
    answer = office.at_work(shop).post("/bills/new", typed(do="finish"), follow=True)
    bill = Invoice.objects.get()
    assert (bill.status, bill.number) == ("open", "SK-2026-00001")
    assert "Issued as SK-2026-00001" in answer.content.decode()


def test_what_cannot_be_issued_is_not_saved_either_and_nothing_typed_is_lost(shop):
    sent = typed(do="finish", payer_name="", keeps="on", remarks="Handle with care")
    answer = office.at_work(shop).post("/bills/new", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say who is to pay: the full name as registered." in page
    assert "Handle with care" in page
    assert 'value="25.00"' in page
    assert Invoice.objects.count() == Customer.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"line-0-price": ""}, "Please fill this in."),
        ({"line-0-price": "1.2345678"}, "At most 6 decimals."),
        ({"line-0-price": "abc"}, "This is no number that can be read exactly."),
        ({"line-0-quantity": "0"}, "This must be more than nothing."),
        ({"line-0-tax_rate": "101"}, "A tax rate is between 0 and 100 per cent."),
        ({"line-0-item": ""}, "Please fill this in."),
        ({"line-0-price": "-25"}, "The discounts are larger than the bill."),
        (
            {"line-0-quantity": "1000000000", "line-0-price": "90000000000"},
            "A bill asks for at most",
        ),
        ({"payer_email": "anna"}, "This is no e-mail address."),
        ({"due": "day", "due_on": ""}, "Enter the day by which it is to be paid."),
        ({"due": "day", "due_on": "32.1."}, "Enter a day of the calendar."),
        ({"due": "days", "due_days": "-3"}, "Enter a number of days, 365 at most."),
        ({"split": "percent"}, "Enter the stages below, or ask for all at once."),
        ({"policy_amount": "50.01", "policy_threshold": "500"}, "No more can be deducted later"),
        ({"policy_amount": "50"}, "From which amount on is it deducted?"),
        ({"policy_amount": "50", "policy_threshold": "20"}, "has to be at least as large"),
        ({"tag_list": ",".join(map(str, range(30)))}, "At most 20 tags"),
        ({"currency": "ZZZ"}, "not one of the available choices"),
        ({"line-0-item": "x" * 201}, "at most 200 characters"),
    ],
)
def test_a_mistake_is_said_in_words_where_it_was_made(shop, wrong, said):
    answer = office.at_work(shop).post("/bills/new", typed(**wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    ("second", "status"), [("40", 302), ("39.99", 422), ("41", 422), ("0", 422)]
)
def test_stages_have_to_add_up_to_the_bill(shop, second, status):
    stages = {
        "split": "percent",
        "stage-count": "2",
        "stage-0-label": "Design",
        "stage-0-share": "60%",
        "stage-1-label": "Delivery",
        "stage-1-share": second,
    }
    answer = office.at_work(shop).post("/bills/new", typed(**stages))
    assert answer.status_code == status
    parts = [stage.amount for bill in Invoice.objects.all() for stage in bill.instalments.all()]
    assert parts == ([3000, 2000] if status == 302 else [])


def test_buttons_add_remove_move_and_copy_rows_without_a_script(shop):
    visitor = office.at_work(shop)
    two = {"line-count": "2", "line-1-item": "Bowl", "line-1-price": "10"}
    for wish, items in {
        "line:add": ["Vase", "Bowl", ""],
        "line:remove:0": ["Bowl"],
        "line:down:0": ["Bowl", "Vase"],
        "line:up:1": ["Bowl", "Vase"],
        "line:copy:1": ["Vase", "Bowl", "Bowl"],
        "line:up:0": ["Vase", "Bowl"],
        "line:explode:9": ["Vase", "Bowl"],
    }.items():
        answer = visitor.post("/bills/new", typed(**two, arrange=wish))
        lines = answer.context["editor"].lines
        assert answer.status_code == 200
        assert [line["item"].value() or "" for line in lines] == items, wish
    assert not Invoice.objects.exists()


def test_choosing_a_customer_fills_in_what_is_known(shop):
    berg = desk.customer(shop)
    answer = office.at_work(shop).post("/bills/new", typed(choose=berg.public_id))
    form = answer.context["form"]
    assert form["customer"].value() == berg.public_id
    assert form["payer_email"].value() == "anna@example.com"
    assert (form["due_days"].value(), form["currency"].value()) == ("30", "EUR")
    assert answer.context["editor"].lines[0]["item"].value() == "Vase"


def test_customers_are_found_while_typing_and_only_ones_own(shop):
    other = people.merchant("Chen Tea", "chen@example.com")
    desk.customer(shop)
    desk.customer(other, "Berghaus")
    page = office.at_work(shop).post("/bills/matches", {"payer_name": "berg"}).content.decode()
    assert desk.BERG in page
    assert "Berghaus" not in page


def test_a_typed_payer_is_kept_in_the_address_book_once(shop):
    visitor = office.at_work(shop)
    visitor.post("/bills/new", typed(keeps="on", payer_email="anna@example.com"))
    bill = Invoice.objects.get()
    assert bill.customer == Customer.objects.get()
    assert (bill.customer.email, bill.customer.terms_days) == ("anna@example.com", 14)
    visitor.post(
        f"/bills/{bill.public_id}/edit",
        typed(revision="1", keeps="on", customer=bill.customer.public_id),
    )
    assert Customer.objects.count() == 1


def test_another_merchants_customer_cannot_be_billed(shop):
    chen = people.merchant("Chen Tea", "chen@example.com")
    foreign = desk.customer(chen)
    office.at_work(shop).post("/bills/new", typed(customer=foreign.public_id))
    assert Invoice.objects.get().customer is None


def test_two_windows_save_one_draft_once(shop):
    bill = desk.draft(shop)
    visitor, url = office.at_work(shop), f"/bills/{bill.public_id}/edit"
    assert visitor.post(url, typed(revision="1", title="First")).status_code == 302
    answer = visitor.post(url, typed(revision="1", title="Second"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody saved this draft after you opened it." in page
    assert 'value="Second"' in page
    bill.refresh_from_db()
    assert (bill.title, bill.revision) == ("First", 2)


def test_editing_a_draft_shows_what_it_says(shop):
    bill = desk.draft(shop)
    page = office.at_work(shop).read(f"/bills/{bill.public_id}/edit")
    assert desk.BERG in page
    assert 'value="50.00"' in page


def test_an_issued_bill_is_not_edited(shop):
    bill = desk.issued(shop)
    answer = office.at_work(shop).post(f"/bills/{bill.public_id}/edit", typed(revision="1"))
    assert answer["Location"] == f"/bills/{bill.public_id}"
    bill.refresh_from_db()
    assert (bill.title, bill.revision) == ("", 1)


def test_the_preview_shows_figures_and_paper_and_makes_nothing(shop):
    sent = typed(**{"line-0-tax_rate": "13"})
    page = office.at_work(shop).post("/bills/preview", sent).content.decode()
    assert "data:image/png;base64," in page
    assert "5.75" in page  # 50.00 × 13 / 113
    assert not Invoice.objects.exists()


def test_the_preview_says_what_does_not_fit_yet(shop):
    stages = {"split": "amount", "stage-count": "1", "stage-0-share": "10"}
    page = office.at_work(shop).post("/bills/preview", typed(**stages)).content.decode()
    assert "The stages do not add up to the bill: it asks for 50.00" in page
    assert "data:image/png;base64," in page


def test_where_a_second_person_must_look_the_editor_hands_in(shop):
    rule = Condition(amount_from=Money(5000, "USD"))
    invoices.set_review_rules(shop, [rule], by=desk.owner(shop).user)
    visitor = office.at_work(shop)
    assert "Hand in for review" in visitor.post("/bills/preview", typed()).content.decode()
    visitor.post("/bills/new", typed(do="finish"))
    assert Invoice.objects.get().status == "in_review"


def test_a_bill_billed_by_time_counts_its_hours(shop):
    hours = {"line-0-hours": "7.5", "line-0-quantity": "1", "line-0-price": "80"}
    visitor = office.at_work(shop)
    visitor.post("/bills/new", typed(is_hourly="on", **hours))
    visitor.post("/bills/new", typed(**hours))
    assert [bill.amount for bill in Invoice.objects.order_by("pk")] == [60000, 8000]


def test_documents_tell_which_other_bills_name_them(shop):
    order = {"document-count": "1", "document-0-kind": "sales_order", "document-0-number": "SO-7"}
    visitor = office.at_work(shop)
    visitor.post("/bills/new", typed(**order, do="finish"))
    page = visitor.post("/bills/new", typed(**order, do="look")).content.decode()
    assert "SO-7 · SK-2026-00001" in page


def test_hostile_text_stays_text(shop):
    evil = "<script>alert(1)</script>"
    page = (
        office.at_work(shop).post("/bills/new", typed(payer_name=evil, do="look")).content.decode()
    )
    assert evil not in page
    assert "&lt;script&gt;" in page


def test_letters_that_nothing_can_store_are_refused(shop):
    visitor = office.at_work(shop)
    assert visitor.post("/bills/new", typed(title="a\x00b")).status_code == 422
    assert visitor.post("/bills/preview", typed(title="a\x00b", bill="\x00")).status_code == 200
    assert visitor.post("/bills/matches", {"payer_name": "\x00"}).status_code == 200
    assert visitor.get("/bills", {"q": "\x00", "tag": "\x00"}).status_code == 200


def test_the_longest_bill_is_saved(shop):
    fields = ("item", "spec", "quantity", "unit", "hours", "price", "tax_rate", "quoted")
    row = dict.fromkeys(fields, "") | {"item": "Vase", "quantity": "2", "price": "1"}
    rows = {
        f"line-{place}-{name}": text for place in range(MAX_LINES) for name, text in row.items()
    }
    ticks = {f"line-{place}-is_courier": "on" for place in range(MAX_LINES)}
    sent = typed(**rows, **ticks) | {"line-count": str(MAX_LINES)}
    assert office.at_work(shop).post("/bills/new", sent).status_code == 302
    assert (Invoice.objects.get().amount, Invoice.objects.get().lines.count()) == (100000, 500)


@pytest.mark.parametrize("name", ["line-count", "document-count", "stage-count", "revision"])
def test_a_number_of_our_own_that_is_none_breaks_nothing(shop, name):
    """Python itself refuses to read more than some thousand digits."""
    visitor = office.at_work(shop)
    draft = desk.draft(shop)
    page = visitor.post(f"/bills/{draft.public_id}/edit", typed(**{name: "9" * 5000, "do": "look"}))
    assert page.status_code == 200
    far = typed(arrange="line:remove:" + "9" * 5000)
    assert visitor.post("/bills/new", far).status_code == 200


def test_a_draft_that_a_colleague_changed_is_not_issued_by_its_old_page(shop):
    visitor = office.at_work(shop)
    draft = desk.draft(shop)
    page = visitor.get(f"/bills/{draft.public_id}").content.decode()
    assert f'name="seen_hash" value="{draft.content_hash}"' in page
    said = replace(queries.draft_of(draft), title="Another vase")
    invoices.rewrite(draft, said, revision=1, by=desk.owner(shop).user)
    seen = {"seen_hash": draft.content_hash}
    answer = visitor.post(f"/bills/{draft.public_id}/issue", seen, follow=True)
    assert "The bill changed since you opened it." in answer.content.decode()
    assert Invoice.objects.get().number == ""
