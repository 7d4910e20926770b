"""Payments in the back office: the list, its export, and one payment's story."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from sleek.channels.base import Failure, Outcome, Report
from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import Visit
from sleek.payments.models import Payment
from sleek.payments.rules import AttemptStatus, PaymentStatus
from sleek.refunds.models import Refund
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office


@pytest.fixture
def shop(bank: Bank, db: None) -> Merchant:
    return people.merchant()


def read(shop: Merchant, url: str, language: str = "en") -> str:
    answer = office.at_work(shop, language).get(url)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("status", [status for status in PaymentStatus if status != "succeeded"])
def test_a_payment_is_shown_in_every_status(shop, status, language):
    payment = people.payment(shop, office.FIFTY)
    Payment.objects.filter(pk=payment.pk).update(status=status)

    assert "50.00" in read(shop, f"/payments/{payment.public_id}", language)
    assert payment.public_id in read(shop, f"/payments?status={status}", language)


@pytest.mark.parametrize("status", [status for status in AttemptStatus if status != "succeeded"])
def test_a_try_is_shown_in_every_status(shop, status):
    attempt = people.attempt(people.payment(shop, office.FIFTY))
    attempt.status = status
    attempt.save(update_fields=["status"])

    assert attempt.public_id in read(shop, f"/payments/{attempt.payment.public_id}")


def test_a_paid_payment_tells_its_story_and_its_bookings(shop):
    payment = office.paid(shop)

    page = read(shop, f"/payments/{payment.public_id}")

    story = ["The payer opened the link", "The payer chose Bank card", "Paid: 50.00", "Booked: "]
    assert [page.index(line) for line in story] == sorted(page.index(line) for line in story)
    assert "In the books" in page


@pytest.mark.parametrize("failure", list(Failure))
def test_a_decline_is_explained_in_words_with_advice(shop, failure):
    payment = office.declined(shop, failure)

    page = read(shop, f"/payments/{payment.public_id}", "zh-hans")

    assert "x_code" in page
    assert "银行卡 · till：" in page
    assert "付款人" in page


def test_wrong_money_is_explained_and_goes_back_at_one_press(shop):
    attempt = office.wrongly_paid(shop, Money(4900, "USD"))
    url, lin = f"/payments/{attempt.payment.public_id}", office.at_work(shop)
    assert "arrived instead of the 50.00\N{NO-BREAK SPACE}USD" in read(shop, url)
    assert "Give back 49.00" in read(shop, url)

    office.prove(lin)
    for _ in range(2):
        lin.post(f"{url}/return/{attempt.public_id}")

    refund = Refund.objects.get()
    assert refund.money == Money(4900, "USD")
    assert (people.held(shop, "frozen"), people.held(shop, "refunds:in_flight")) == (0, 4900)
    assert "on its way back to the payer" in read(shop, url)


def test_a_second_payment_goes_back_by_itself_and_needs_no_button(shop):
    payment = people.payment(shop, office.FIFTY)
    first, second = people.attempt(payment), people.attempt(payment, people.qr(shop))
    for attempt in (first, second):
        office.learned(attempt, Report(attempt.public_id, Outcome.SUCCEEDED, office.FIFTY))

    page = read(shop, f"/payments/{payment.public_id}", "zh-hans")

    assert "付款人重复付了一笔" in page
    assert "自动退回付款人" in page
    assert "/return/" not in page


@pytest.mark.parametrize("role", ["sales", "viewer"])
def test_money_is_given_back_by_owner_and_finance_only(shop, role):
    attempt = office.wrongly_paid(shop, Money(4900, "USD"))
    url = f"/payments/{attempt.payment.public_id}/return/{attempt.public_id}"

    assert office.colleague(shop, role).post(url).status_code == 403
    assert not Refund.objects.exists()
    finance = office.colleague(shop, "finance")
    office.prove(finance)
    assert finance.post(url).status_code == 302
    assert Refund.objects.count() == 1


def test_another_merchants_payment_is_not_there(shop):
    attempt = office.wrongly_paid(shop, Money(4900, "USD"))
    stranger = office.at_work(people.merchant("Wei Tea", "wei@example.com"))
    office.prove(stranger)
    url = f"/payments/{attempt.payment.public_id}"

    assert stranger.get(url).status_code == 404
    assert stranger.post(f"{url}/return/{attempt.public_id}").status_code == 404
    assert attempt.payment.public_id not in stranger.get("/payments?q=50").content.decode()
    assert attempt.payment.public_id not in export(stranger, "")
    assert not Refund.objects.exists()


def test_a_try_is_not_reached_through_another_payment(shop):
    attempt, other = office.wrongly_paid(shop, Money(4900, "USD")), office.paid(shop)
    url = f"/payments/{other.public_id}/return/{attempt.public_id}"

    lin = office.at_work(shop)
    office.prove(lin)
    assert lin.post(url).status_code == 404


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("q=50.00", True),
        ("q=sample", True),
        ("q=T-1", False),
        ("status=succeeded", True),
        ("status=attention", False),
        ("channel=till&currency=USD", True),
        ("currency=EUR", False),
        ("since=2026-03-02&until=2026-03-02", True),
        ("since=2026-03-03", False),
        ("until=2026-03-01", False),
        ("since=nonsense", True),
    ],
)
def test_the_list_is_narrowed_by_its_address(shop, query, is_found):
    payment = office.paid(shop, at=datetime(2026, 3, 1, 16, 0, tzinfo=UTC))  # 00:00 in Shanghai

    assert (payment.public_id in read(shop, f"/payments?{query}")) == is_found


def test_a_payment_is_found_by_the_providers_reference(shop):
    attempt = people.attempt(people.payment(shop, office.FIFTY))

    page = read(shop, f"/payments?q=T-{attempt.public_id}")

    assert attempt.payment.public_id in page


def test_the_export_is_the_filtered_list_with_cells_that_are_safe(shop):
    link = people.link(shop, office.FIFTY)
    PaymentLink.objects.filter(pk=link.pk).update(reason="=HYPERLINK(1)")
    link.refresh_from_db()
    attempt = people.attempt(payments.open_for_link(link, Visit(language="en")))
    attempt.reference = "2026112122001412341234567890"
    attempt.save(update_fields=["reference"])
    office.learned(attempt, Report(attempt.public_id, Outcome.SUCCEEDED, office.FIFTY))
    office.paid(shop, Money(700, "EUR"))

    text = export(office.at_work(shop), "currency=USD")

    [row] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert text.startswith("\ufeff")
    assert (row["Amount"], row["Currency"], row["Status"]) == ("50.00", "USD", "Paid")
    assert row["Reason"] == "'=HYPERLINK(1)"
    assert row["Channel's reference"] == "2026112122001412341234567890\t"


def test_list_and_page_cost_the_same_however_much_there_is(shop, django_assert_max_num_queries):
    lin, payment = office.at_work(shop), office.paid(shop)
    urls = ["/payments", f"/payments/{payment.public_id}"]
    costs = []
    for url in urls:
        with django_assert_max_num_queries(100) as few:
            lin.get(url)
        costs.append(len(few.captured_queries))
    for _ in range(6):
        office.paid(shop)

    for url, cost in zip(urls, costs, strict=True):
        with django_assert_max_num_queries(cost):
            lin.get(url)


def export(visitor, query: str) -> str:
    answer = visitor.get(f"/payments.csv?{query}")
    return b"".join(answer.streaming_content).decode()
