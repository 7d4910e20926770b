"""One bill: its page, and what may be done with it by whom."""

from __future__ import annotations

import csv
import io
import re

import pytest

from sleek.core.money import Money
from sleek.fx import rules as fx
from sleek.invoices import actions as invoices
from sleek.invoices import queries
from sleek.invoices.models import CreditNote, Invoice
from sleek.invoices.rules import Condition
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Allocation
from tests import billing, people
from tests.web.dashboard import office
from tests.web.dashboard.bills import desk


@pytest.fixture
def shop(db: None, frozen_clock: object) -> Merchant:
    return people.merchant()


@pytest.fixture
def in_review(shop: Merchant) -> Invoice:
    invoices.set_review_rules(shop, [Condition()], by=desk.owner(shop).user)
    return invoices.submit(desk.draft(shop), by=desk.owner(shop))


def again(bill: Invoice) -> Invoice:
    return Invoice.objects.get(pk=bill.pk)


def test_the_page_shows_paper_story_and_address(shop):
    bill = desk.issued(shop)
    page = office.at_work(shop).read(f"/bills/{bill.public_id}")
    assert "data:image/png;base64," in page
    assert "Issued as SK-2026-00001 over 50.00" in page
    assert f"/b/{bill.token}/" in page


def test_the_pdf_is_the_kept_one_and_a_draft_has_one_too(shop):
    visitor, bill = office.at_work(shop), desk.issued(shop)
    [paper] = shop.papers.all()
    assert visitor.get(f"/bills/{bill.public_id}/paper.pdf").content == bytes(paper.content)
    draft = desk.draft(shop)
    assert visitor.get(f"/bills/{draft.public_id}/paper.pdf").content.startswith(b"%PDF")


def test_what_personal_data_a_viewer_sees_is_masked(shop):
    bill = desk.issued(shop, payer="Anna Berg")
    page = office.colleague(shop, "viewer").read(f"/bills/{bill.public_id}")
    assert "anna@example.com" not in page
    assert "Void it" not in page


def test_a_second_person_approves_what_they_saw(shop, in_review):
    reviewer = office.colleague(shop, "reviewer")
    url, seen = f"/bills/{in_review.public_id}", queries.content_hash(in_review)
    assert seen in reviewer.read(url)
    reviewer.post(f"{url}/approve", {"seen_hash": "0" * 64})
    assert again(in_review).status == "in_review"
    reviewer.post(f"{url}/approve", {"seen_hash": seen})
    assert (again(in_review).status, again(in_review).number) == ("open", "SK-2026-00001")


def test_who_approves_is_offered_one_button_that_issues(shop):
    bill = invoices.submit(desk.draft(shop), by=desk.owner(shop))
    page = office.colleague(shop, "owner").read(f"/bills/{bill.public_id}")
    assert "Approve and issue" in page
    assert "Issue the bill" not in page


def test_each_label_leads_into_its_own_form(shop):
    page = office.at_work(shop).read(f"/bills/{desk.issued(shop).public_id}")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert {"void_reason", "write_off_reason", "id_reason"} <= set(ids)
    assert sorted(ids) == sorted(set(ids))


def test_the_author_is_offered_no_approval_and_has_none(shop, in_review):
    owner, url = office.at_work(shop), f"/bills/{in_review.public_id}"
    assert "Approve and issue" not in owner.read(url)
    page = owner.post(
        f"{url}/approve", {"seen_hash": queries.content_hash(in_review)}, follow=True
    ).content.decode()
    assert "Somebody who did not write this bill has to approve it." in page
    assert again(in_review).status == "in_review"


def test_returning_needs_a_reason_that_its_author_reads(shop, in_review):
    reviewer, url = office.colleague(shop, "reviewer"), f"/bills/{in_review.public_id}"
    assert reviewer.post(f"{url}/return", {"reason": ""}).status_code == 422
    assert again(in_review).status == "in_review"
    reviewer.post(f"{url}/return", {"reason": "Wrong price"})
    assert again(in_review).status == "draft"
    assert "Wrong price" in office.at_work(shop).read(url)


def test_voiding_asks_for_a_reason_and_a_proof(shop):
    bill, visitor = desk.issued(shop), office.at_work(shop)
    url = f"/bills/{bill.public_id}/void"
    visitor.post(url, {"reason": "Test"})
    assert again(bill).status == "open"
    office.prove(visitor)
    assert visitor.post(url, {"reason": " "}).status_code == 422
    assert again(bill).status == "open"
    visitor.post(url, {"reason": "Test"})
    assert (again(bill).status, again(bill).end_reason) == ("void", "Test")


@pytest.mark.parametrize(
    ("typed", "status", "left"),
    [("20", 302, 3000), ("50.01", 422, 5000), ("0", 422, 5000), ("x", 422, 5000)],
)
def test_a_credit_note_takes_back_at_most_what_is_owed(shop, typed, status, left):
    bill, visitor = desk.issued(shop), office.at_work(shop)
    office.prove(visitor)
    sent = {"amount": typed, "reason": "Broken"}
    assert visitor.post(f"/bills/{bill.public_id}/credit", sent).status_code == status
    assert again(bill).due == Money(left, "USD")
    assert CreditNote.objects.count() == (1 if status == 302 else 0)


def test_writing_off_copying_replacing_and_deleting(shop):
    visitor, bill = office.at_work(shop), desk.issued(shop)
    office.prove(visitor)
    copied = visitor.post(f"/bills/{bill.public_id}/copy")["Location"]
    assert copied.endswith("/edit")
    copy_id = copied.split("/")[2]
    assert visitor.post(f"/bills/{copy_id}/discard")["Location"] == "/bills"
    assert not Invoice.objects.filter(public_id=copy_id).exists()
    visitor.post(f"/bills/{bill.public_id}/replace")
    assert Invoice.objects.get(replaces=bill).status == "draft"
    assert again(bill).status == "open"
    visitor.post(f"/bills/{bill.public_id}/write-off", {"reason": "Gone"})
    assert again(bill).status == "uncollectible"
    visitor.post(f"/bills/{bill.public_id}/discard")
    assert Invoice.objects.filter(pk=bill.pk).exists()


def test_note_and_tags_change_at_any_time(shop):
    bill, visitor = desk.issued(shop), office.at_work(shop)
    url = f"/bills/{bill.public_id}/note"
    visitor.post(url, {"memo": "Called Anna", "tag_list": "fair, spring"})
    assert (again(bill).memo, again(bill).tags) == ("Called Anna", ["fair", "spring"])
    assert visitor.post(url, {"tag_list": "x" * 41}).status_code == 422
    assert again(bill).memo == "Called Anna"


def test_what_the_payer_said_is_kept_and_a_promise_is_followed_up(shop, frozen_clock):
    bill, visitor = desk.issued(shop), office.at_work(shop)
    url = f"/bills/{bill.public_id}"
    visitor.post(f"{url}/sent")
    assert bill.follow_ups.get().due_on.isoformat() == "2026-03-03"
    assert visitor.post(f"{url}/follow-up", {"outcome": "promised"}).status_code == 422
    visitor.post(f"{url}/follow-up", {"outcome": "promised", "promised_on": "2026-03-01"})
    assert bill.follow_ups.get().done_at is None
    visitor.post(f"{url}/follow-up", {"outcome": "promised", "promised_on": "2026-03-06"})
    done, fresh = bill.follow_ups.order_by("pk")
    assert (done.outcome, str(done.promised_on)) == ("promised", "2026-03-06")
    assert (fresh.done_at, fresh.due_on.isoformat()) == (None, "2026-03-09")  # a Monday
    assert "They pay on 6 Mar." in visitor.read(url)


def test_a_refusal_is_told_in_words_and_nothing_moves(shop):
    draft, visitor = desk.draft(shop, payer=""), office.at_work(shop)
    page = visitor.post(f"/bills/{draft.public_id}/issue", follow=True).content.decode()
    assert "Say who is to pay: the full name as registered." in page
    assert again(draft).number == ""


def test_the_paper_of_a_credit_note_is_on_the_page(shop):
    bill, visitor = desk.issued(shop), office.at_work(shop)
    office.prove(visitor)
    visitor.post(f"/bills/{bill.public_id}/credit", {"amount": "20", "reason": "Broken"})
    note = CreditNote.objects.get()
    url = f"/bills/credit-notes/{note.public_id}.pdf"
    assert url in visitor.read(f"/bills/{bill.public_id}")
    paper = shop.papers.get(subject=note.public_id)
    assert visitor.get(url).content == bytes(paper.content)
    assert visitor.get(url.replace(note.public_id, bill.public_id)).status_code == 404


def test_what_the_exchange_brought_stands_with_each_payment(shop, bank):
    Merchant.objects.update(default_currency="CNY")
    bill = invoices.issue(desk.draft(Merchant.objects.get()), by=desk.owner(shop))
    payment = billing.payment(*billing.whole(bill))
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    billing.work()
    page = office.at_work(shop).read(f"/bills/{bill.public_id}")
    assert "No rate is known for the day of payment" in page
    assert bill.home_rate is not None
    Allocation.objects.update(home_rate=bill.home_rate + 1)
    page = office.at_work(shop).read(f"/bills/{bill.public_id}")
    assert "exchange gain: +50.00" in page


def test_the_list_as_a_file_has_what_the_exchange_brought(shop, bank):
    Merchant.objects.update(default_currency="CNY")
    bill = invoices.issue(desk.draft(Merchant.objects.get()), by=desk.owner(shop))
    desk.issued(shop, Money(7000, "CNY"))
    payment = billing.payment(*billing.whole(bill))
    payments.apply_reports([bank.pay(people.attempt(payment).public_id)])
    billing.work()
    columns = ("Home currency", "Worth when paid", "Exchange gain or loss")

    def told() -> list[tuple[str, ...]]:
        file = office.at_work(shop).get("/bills.csv").getvalue()
        rows = csv.DictReader(io.StringIO(file.decode("utf-8-sig")))
        return [tuple(row[name] for name in columns) for row in rows]

    assert told() == [("", "", ""), ("CNY", "no rate known", "no rate known")]
    assert bill.home_rate is not None
    worth = fx.convert(Money(5000, "USD"), bill.home_rate - 1, "CNY")
    Allocation.objects.update(home_rate=bill.home_rate - 1)
    assert told()[1] == ("CNY", str(worth.decimal), "-50.00")
