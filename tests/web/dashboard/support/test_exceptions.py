"""The list of exceptions: what it tells, how it is narrowed, and its buttons."""

from __future__ import annotations

import csv
import io

import pytest

from sleek.channels.base import Outcome, RefundReport
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.ledger.queries import verify
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation.models import Anomaly
from sleek.refunds import actions as refunds
from sleek.refunds.models import Refund
from tests import banks, billing, people
from tests.fakes.channel import Bank
from tests.web.dashboard import office
from tests.web.dashboard.conftest import Visitor

USD = "\N{NO-BREAK SPACE}USD"


@pytest.fixture
def shop(bank: Bank, db: None) -> Merchant:
    return people.merchant()


def short(shop: Merchant, minor: int = 4900) -> Attempt:
    attempt = office.wrongly_paid(shop, Money(minor, "USD"))
    read_the_news()
    return attempt


def read_the_news() -> None:
    kinds = reconciliation.FOLLOWED
    reconciliation.follow(list(Event.objects.filter(kind__in=kinds).order_by("pk")))


def proven(shop: Merchant) -> Visitor:
    lin = office.at_work(shop)
    office.prove(lin)
    return lin


def press(shop: Merchant, attempt: Attempt, choice: str, **data: str) -> str:
    url = f"/payments/{attempt.payment.public_id}/{choice}/{attempt.public_id}"
    return str(proven(shop).post(url, {"back": "exceptions", **data})["Location"])


def test_a_case_says_what_happened_and_what_can_be_done(shop):
    short(shop)
    page = office.at_work(shop).read("/exceptions")
    assert f"Of the 50.00{USD} that were asked, 1.00{USD} are missing." in page
    assert "Accept it, or give it back" in page
    for choice in ("return", "accept", "keep", "apply"):
        assert f"/{choice}/att_" in page
    assert "/settle/att_" not in page


def test_a_part_of_a_transfer_may_be_waited_with(shop):
    attempt = banks.transfer(people.payment(shop, office.FIFTY), banks.account(shop))
    received = Money(2000, "USD")
    payments.arrive(attempt, received, reference="B1", payer="Anna", at=clock.now())
    read_the_news()
    page = office.at_work(shop).read("/exceptions")
    assert "The payer sees how much is missing. Wait for the rest, or decide now." in page
    assert "Accept it, or give it back" not in page


def test_the_menu_counts_what_needs_somebody(shop):
    assert "nav-count" not in office.at_work(shop).read("/payments")
    short(shop)
    short(shop, 5600)
    assert '<span class="nav-count">2</span>' in office.at_work(shop).read("/payments")


def test_nothing_is_left_when_all_is_in_order(shop):
    office.paid(shop)
    read_the_news()
    assert "All payments are in order" in office.at_work(shop).read("/exceptions")


@pytest.mark.parametrize(
    ("choice", "status", "accounts"),
    [
        ("accept", "succeeded", {"in_transit": 5600}),
        ("take", "succeeded", {"in_transit": 5000, "refunds:in_flight": 600}),
        ("settle", "succeeded", {"in_transit": 5000, "credits": 600}),
        ("keep", "pending", {"credits": 5600}),
        ("return", "processing", {"refunds:in_flight": 5600}),
    ],
)
def test_each_button_does_what_it_says(shop, choice, status, accounts):
    attempt = short(shop, 5600)
    assert press(shop, attempt, choice) == "/exceptions"
    assert Payment.objects.get().status == status
    assert {code: people.held(shop, code) for code in accounts} == accounts
    assert people.held(shop, "frozen") == 0
    assert Anomaly.objects.get().resolved_by is not None
    assert verify() == []
    assert press(shop, attempt, choice) == "/exceptions"
    assert {code: people.held(shop, code) for code in accounts} == accounts


def test_what_is_kept_can_be_applied_or_given_back_on_its_payments_page(shop):
    attempt = short(shop)
    press(shop, attempt, "keep")
    page = proven(shop).read(f"/payments/{attempt.payment.public_id}")
    assert f"It is kept for the payer; 49.00{USD} are left." in page
    assert [f"/{choice}/att_" in page for choice in ("apply", "repay", "return")] == [
        True,
        True,
        False,
    ]
    for _again in range(2):
        press(shop, attempt, "repay")
        assert people.held(shop, "refunds:in_flight") == 4900
        assert people.held(shop, "credits") == 0
    assert verify() == []


def test_the_payments_page_says_what_became_of_a_rest(shop):
    attempt = short(shop, 5600)
    lin = proven(shop)
    url = f"/payments/{attempt.payment.public_id}"
    assert f"Take 50.00{USD}, give the rest back" in lin.read(url)
    press(shop, attempt, "take")
    assert f"6.00{USD} of it are on their way back to the payer." in lin.read(url)
    refund = Refund.objects.get()
    refunds.apply_report(RefundReport(refund.public_id, Outcome.FAILED, failure_code="closed"))
    page = lin.read(url)
    assert f"Giving 6.00{USD} of it back failed" in page
    assert f"Yes, give back 6.00{USD}" in page
    assert refund.requested_by is not None
    refunds.promise_credit(attempt.payment.attempts.get(pk=attempt.pk), by=refund.requested_by)
    refunds.check(Refund.objects.get(status="pending"))
    assert f"6.00{USD} of it have been given back to the payer." in lin.read(url)


def test_money_is_applied_to_the_payment_that_was_chosen(shop):
    attempt, other = short(shop), people.payment(shop, Money(4000, "USD"))
    closed = office.paid(shop)
    url = f"/payments/{attempt.payment.public_id}/apply/{attempt.public_id}"
    page = proven(shop).read(url)
    assert other.public_id in page
    assert closed.public_id not in page
    assert press(shop, attempt, "apply", target=other.public_id) == f"/payments/{other.public_id}"
    other.refresh_from_db()
    assert other.status == "succeeded"


def test_money_is_not_applied_to_another_merchants_payment(shop):
    attempt = short(shop)
    foreign = people.payment(people.merchant("Wei Tea", "wei@example.com"), Money(4900, "USD"))
    url = f"/payments/{attempt.payment.public_id}/apply/{attempt.public_id}"
    page = proven(shop).post(url, {"target": foreign.public_id}, follow=True)
    assert "Choose the payment that it was meant for." in page.content.decode()
    assert people.held(shop, "frozen") == 4900
    assert not foreign.attempts.exists()


@pytest.mark.parametrize("choice", ["return", "accept", "take", "settle", "keep", "apply", "repay"])
@pytest.mark.parametrize("role", ["sales", "support", "viewer", "reviewer"])
def test_who_may_not_decide_moves_nothing(shop, role, choice):
    attempt = short(shop, 5600)
    visitor = office.colleague(shop, role)
    office.prove(visitor)
    url = f"/payments/{attempt.payment.public_id}/{choice}/{attempt.public_id}"
    assert visitor.post(url).status_code == 403
    assert people.held(shop, "frozen") == 5600


def test_a_decision_needs_a_fresh_proof(shop):
    attempt = short(shop)
    url = f"/payments/{attempt.payment.public_id}/accept/{attempt.public_id}"
    assert office.at_work(shop).post(url).status_code != 302
    assert people.held(shop, "frozen") == 4900
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("flag=under", True),
        ("flag=over", False),
        ("flag=nonsense", True),
        ("days=1", False),
        ("days=x", True),
        ("least=1&currency=USD", True),
        ("least=1.01&currency=USD", False),
        ("least=1&currency=EUR", False),
        ("least=abc&currency=USD", True),
        ("state=running", False),
        ("state=past", False),
        ("page=99", True),
    ],
)
def test_the_list_is_narrowed_by_its_address(shop, query, is_found):
    attempt = short(shop)
    page = office.at_work(shop).read(f"/exceptions?{query}")
    assert (attempt.payment.public_id in page) == is_found


def test_what_was_settled_is_in_the_past(shop):
    attempt = short(shop)
    press(shop, attempt, "accept")
    page = office.at_work(shop).read("/exceptions?state=past")
    assert attempt.payment.public_id in page
    assert "Accepted" in page


def test_several_are_settled_with_one_note_and_money_stays(shop):
    attempt = short(shop)
    orphans = [
        Anomaly.objects.create(merchant=shop, flag="orphan", subject=f"att_{n}") for n in range(2)
    ]
    ticked = [one.public_id for one in (*orphans, Anomaly.objects.get(payment=attempt.payment))]
    lin = office.at_work(shop)
    lin.post("/exceptions/settle", {"anomaly": ticked, "reason": "A test of the provider's"})
    endings = list(Anomaly.objects.order_by("pk").values_list("ending", flat=True))
    assert endings == ["", "looked_at", "looked_at"]


def test_the_export_is_the_filtered_list(shop):
    short(shop)
    short(shop, 5600)
    answer = office.at_work(shop).get("/exceptions.csv?flag=over")
    text = answer.getvalue().decode().removeprefix("\ufeff")
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["Kind"], row["Amount"], row["Asked"]) == ("Too much", "6.00", "50.00")


def test_another_merchants_exceptions_are_not_there(shop):
    attempt = short(shop)
    stranger = office.at_work(people.merchant("Wei Tea", "wei@example.com"))
    assert attempt.payment.public_id not in stranger.read("/exceptions")
    anomaly = Anomaly.objects.get()
    url = f"/exceptions/{anomaly.public_id}/settle"
    assert stranger.post(url, {"reason": "mine"}).status_code == 404
    assert Anomaly.objects.get().resolved_at is None


def test_the_list_costs_the_same_however_much_there_is(shop, django_assert_max_num_queries):
    lin = office.at_work(shop)
    short(shop)
    lin.get("/exceptions")
    with django_assert_max_num_queries(200) as one:
        lin.get("/exceptions")
    for _ in range(3):
        short(shop)
    with django_assert_max_num_queries(len(one.captured_queries) + 3):
        lin.get("/exceptions")


def for_void(shop: Merchant, bank: Bank) -> tuple[Attempt, Invoice]:
    """Money for a bill that is void since another one asks for the same."""
    owner = billing.owner(shop)
    first = billing.issued(shop)
    attempt = people.attempt(billing.payment(*billing.whole(first)))
    heir = invoices.issue(invoices.replacement(first, by=owner.user), by=owner)
    payments.apply_reports([bank.pay(attempt.public_id)])
    read_the_news()
    return attempt, heir


def test_money_for_a_void_bill_is_offered_to_the_one_in_its_place(shop, bank, frozen_clock):
    attempt, heir = for_void(shop, bank)
    lin = proven(shop)
    page = lin.read("/exceptions")
    assert f"50.00{USD} were paid for a bill that is void." in page
    assert f"Give it back, or apply it to {heir.number}, which replaces that bill." in page
    assert f"Apply to bill {heir.number}" in page
    url = f"/payments/{attempt.payment.public_id}/apply/{attempt.public_id}"
    page = lin.read(url)
    assert "Bills of the same payer" in page
    assert heir.public_id in page
    press(shop, attempt, "apply", target=heir.public_id)
    billing.work()
    heir.refresh_from_db()
    assert (heir.status, people.held(shop, "frozen")) == ("paid", 0)


def test_it_is_given_back_by_one_press(shop, bank, frozen_clock):
    attempt, _heir = for_void(shop, bank)
    press(shop, attempt, "return")
    assert Refund.objects.get().money == Money(5000, "USD")
    assert people.held(shop, "frozen") == 0


def test_it_is_not_applied_to_another_merchants_bill(shop, bank, frozen_clock):
    attempt, _heir = for_void(shop, bank)
    foreign = billing.issued(people.merchant("Wei Tea", "wei@example.com"))
    url = f"/payments/{attempt.payment.public_id}/apply/{attempt.public_id}"
    page = proven(shop).post(url, {"target": foreign.public_id}, follow=True)
    assert "Choose the payment that it was meant for." in page.content.decode()
    assert people.held(shop, "frozen") == 5000
