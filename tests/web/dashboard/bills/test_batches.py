"""Acts on several bills from the list: a few at once, many as a batch that can be watched."""

from __future__ import annotations

import io
import zipfile

import pytest

from sleek.invoices import actions as invoices
from sleek.invoices.actions import batching
from sleek.invoices.models import Batch, Invoice, Sending
from sleek.merchants.models import Merchant, User
from tests import people
from tests.web.dashboard import office
from tests.web.dashboard.bills import desk
from tests.web.dashboard.conftest import Visitor


@pytest.fixture
def shop(db: None, frozen_clock: object) -> Merchant:
    return people.merchant()


@pytest.fixture
def many(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> list[Invoice]:
    """More than are done at once, were that two; and more than a page of the list."""
    monkeypatch.setattr("sleek.web.dashboard.views.bills.bulk.AT_ONCE", 2)
    monkeypatch.setattr("sleek.reports.queries.pages.SIZE", 2)
    return [desk.draft(shop) for _ in range(3)]


def picked(bills: list[Invoice], **more: str) -> dict[str, object]:
    return {"pick": [bill.public_id for bill in bills], **more}


def work() -> None:
    while batching.work():
        pass


def said(visitor: Visitor, url: str, data: dict[str, object]) -> str:
    return visitor.post(url, data, follow=True).content.decode()


def test_a_few_are_done_at_once(shop):
    bills = [desk.draft(shop), desk.draft(shop)]
    assert "2 bills are issued." in said(office.at_work(shop), "/bills/issue", picked(bills))
    assert not Batch.objects.exists()


def test_many_become_a_batch_that_shows_how_far_it_is(shop, many):
    visitor = office.at_work(shop)
    answer = visitor.post("/bills/issue", picked(many))
    batch = Batch.objects.get()
    assert answer["Location"] == f"/bills/batches/{batch.public_id}"
    page = visitor.read(answer["Location"])
    assert "Issue 3 bills" in page
    assert 'hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert f"/bills/batches/{batch.public_id}" in visitor.read("/bills")
    work()
    page = visitor.read(answer["Location"])
    assert "hx-trigger" not in page
    assert "http-equiv" not in page
    assert "0 of 3" not in page
    assert Invoice.objects.filter(status="open").count() == 3
    assert "/bills/batches/" + batch.public_id not in visitor.read("/bills")
    assert "Issue 3 bills" in visitor.read("/bills/batches")


def test_what_was_refused_stands_there_with_its_reason_and_can_be_tried_again(shop, many):
    Invoice.objects.filter(pk=many[0].pk).update(payer_name="")
    invoices.issue(many[1], by=desk.owner(shop))
    visitor = office.at_work(shop)
    url = visitor.post("/bills/issue", picked(many))["Location"]
    work()
    invoices.discard(Invoice.objects.get(pk=many[0].pk), by=desk.owner(shop).user)
    page = visitor.read(url)
    assert "A deleted draft" in page
    assert "This bill is issued already." in page
    assert f'href="/bills/{many[1].public_id}"' in page
    assert "Try the 2 again" in page
    again = visitor.post(f"{url}/again")["Location"]
    assert again != url
    work()
    assert "SK-2026-00001" in visitor.read(again)


def test_flaws_are_told_in_words(shop, many):
    Invoice.objects.update(payer_name="")
    visitor = office.at_work(shop)
    url = visitor.post("/bills/issue", picked(many))["Location"]
    work()
    assert visitor.read(url).count("Say who is to pay: the full name as registered.") == 2
    assert "Say who is to pay" in visitor.read(f"{url}?page=2")


def test_a_batch_is_stopped_and_says_by_whom(shop, many):
    visitor = office.at_work(shop)
    url = visitor.post("/bills/issue", picked(many))["Location"]
    batching.work()
    User.objects.update(name="Lin")
    visitor.post(f"{url}/stop")
    work()
    page = visitor.read(url)
    assert "Stopped by Lin. What was done stays done." in page
    assert "Try the 2 again" in page


def test_all_of_a_filtered_list_means_all_its_pages_and_no_other(shop, many):
    other = desk.draft(shop, payer="Other Ltd")
    desk.issued(shop)
    visitor = office.at_work(shop)
    page = visitor.read("/bills?q=Berg")
    assert "all 4 of the list, on every page" in page
    wanted = {"all": "1", "match": "q=Berg", "seen": "4"}
    visitor.post("/bills/issue", wanted)
    assert Batch.objects.get().size == 3
    work()
    other.refresh_from_db()
    assert other.status == "draft"
    assert Invoice.objects.filter(status="open").count() == 4


@pytest.mark.parametrize("seen", ["2", "", "x", "²", "-1"])
def test_nobody_acts_on_what_they_have_not_seen(shop, many, seen):
    visitor = office.at_work(shop)
    page = said(visitor, "/bills/issue", {"all": "1", "match": "", "seen": seen})
    assert "More bills match now than when you looked." in page
    assert not Batch.objects.exists()
    assert not Invoice.objects.filter(status="open").exists()


def test_of_all_none_may_fit(shop):
    desk.issued(shop)
    page = said(office.at_work(shop), "/bills/issue", {"all": "1", "seen": "1"})
    assert "With none of these bills that can be done." in page


def test_many_are_voided_and_tried_again_only_with_a_proof(shop, many):
    for bill in many:
        invoices.issue(bill, by=desk.owner(shop))
    visitor = office.at_work(shop)
    visitor.post("/bills/void", picked(many, reason="Wrong"))
    assert not Batch.objects.exists()
    office.prove(visitor)
    url = visitor.post("/bills/void", picked(many, reason="Wrong"))["Location"]
    batching.work()
    visitor.post(f"{url}/stop")
    work()
    assert "Void 3 bills" in visitor.read(url)
    fresh = office.at_work(shop)
    assert fresh.post(f"{url}/again").status_code == 404
    fresh.post(f"{url}/void")
    assert Batch.objects.count() == 1
    visitor.post(f"{url}/void")
    work()
    assert Invoice.objects.filter(status="void", end_reason="Wrong").count() == 3


def test_batches_of_others_are_as_absent_as_their_bills(shop, many):
    foreign = people.merchant("Chen Tea", "chen@example.com")
    url = office.at_work(shop).post("/bills/issue", picked(many))["Location"]
    visitor = office.at_work(foreign)
    assert visitor.get(url).status_code == 404
    assert visitor.post(f"{url}/stop").status_code == 404
    assert said(visitor, "/bills/issue", picked(many)).count("Tick some bills first.") == 1


def test_a_bill_is_reminded_of_from_its_page_once_a_day(shop):
    bill = desk.issued(shop)
    visitor = office.at_work(shop)
    assert "Remind by mail" not in visitor.read(f"/bills/{bill.public_id}")
    invoices.send(bill, "boss@example.com", by=desk.owner(shop).user)
    assert "Remind by mail" in visitor.read(f"/bills/{bill.public_id}")
    page = said(visitor, f"/bills/{bill.public_id}/remind", {})
    assert "The reminder is on its way." in page
    assert "Reminded by mail" in page
    assert "· reminder" in page
    page = said(visitor, f"/bills/{bill.public_id}/remind", {})
    assert "They were reminded of this bill today. Once a day is enough." in page
    assert [each.to for each in Sending.objects.order_by("pk")] == ["boss@example.com"] * 2


def test_several_are_reminded_of(shop):
    bills = [desk.issued(shop), desk.issued(shop), desk.draft(shop)]
    page = said(office.at_work(shop), "/bills/remind", picked(bills))
    assert "2 reminders are on their way." in page
    assert "Only a bill that is still to be paid can be reminded of." in page


def test_the_papers_of_ticked_bills_come_as_one_file(shop, monkeypatch):
    first, second, draft = desk.issued(shop), desk.issued(shop), desk.draft(shop)
    foreign = desk.issued(people.merchant("Chen Tea", "chen@example.com"))
    visitor = office.at_work(shop)

    def names(**query: str | list[str]) -> list[str]:
        content = b"".join(visitor.get("/bills/papers.zip", query))
        return zipfile.ZipFile(io.BytesIO(content)).namelist()

    ids = [each.public_id for each in (first, draft, foreign)]
    lists = ["manifest.json", "manifest.csv"]
    assert names(pick=ids) == ["bills/SK-2026-00001.pdf", *lists]
    everything = ["bills/SK-2026-00001.pdf", "bills/SK-2026-00002.pdf", *lists]
    assert names(all="1", match="q=Berg") == everything
    page = visitor.get("/bills/papers.zip", {"pick": draft.public_id}, follow=True)
    assert "None of these bills is issued" in page.content.decode()
    monkeypatch.setattr("sleek.reports.queries.bills.MOST_PACKED", 1)
    page = visitor.get("/bills/papers.zip", {"all": "1", "match": ""}, follow=True)
    assert "at most 1 bills" in page.content.decode()
    assert second.number == "SK-2026-00002"


def test_the_files_hold_all_of_the_list_when_all_is_ticked(shop, many):
    desk.draft(shop, payer="Other Ltd")
    query = {"all": "1", "match": "q=Berg", "pick": many[0].public_id}
    text = b"".join(office.at_work(shop).get("/bills.csv", query)).decode()
    assert text.count(desk.BERG) == 3
    assert "Other Ltd" not in text
