"""Changing the stages of a bill that is out, as Lin does it in her office."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sleek.core import clock
from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.models import Invoice
from sleek.invoices.rules import Condition, Stage
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments import queries
from sleek.payments.actions import Share
from tests import billing, people
from tests.fakes.channel import Bank
from tests.web.dashboard import office

HALVES = (Stage("First", percent=Decimal(50)), Stage("Second", percent=Decimal(50)))


@pytest.fixture
def shop(db: None, frozen_clock: object) -> Merchant:
    return people.merchant()


@pytest.fixture
def bill(shop: Merchant) -> Invoice:
    return billing.issued(shop, billing.line("100"), stages=HALVES)


def typed(bill: Invoice, *stages: tuple[str, str, int], **more: str) -> dict[str, str]:
    said = {"do": "save", "split": "amount", "seen": queries.plan_seen(bill)}
    said["stage-count"] = str(len(stages))
    for place, (label, share, days) in enumerate(stages):
        day = clock.now().date() + timedelta(days=days)
        said |= {
            f"stage-{place}-label": label,
            f"stage-{place}-share": share,
            f"stage-{place}-due_on": day.isoformat(),
        }
    return said | more


def plan(bill: Invoice) -> list[tuple[str, int]]:
    return [(stage.label, stage.amount) for stage in bill.instalments.all()]


def url(bill: Invoice) -> str:
    return f"/bills/{bill.public_id}/stages"


def test_the_page_holds_what_may_be_changed(shop: Merchant, bill: Invoice, bank: Bank) -> None:
    first = bill.instalments.all()[0]
    attempt = people.attempt(billing.payment(Share(first, first.due)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    page = office.at_work(shop).read(url(bill))
    assert 'value="Second"' in page
    assert 'value="First"' not in page
    assert "stays" in page


def test_the_stages_are_changed(shop: Merchant, bill: Invoice) -> None:
    said = typed(bill, ("One", "30", 3), ("Two", "30", 4), ("Three", "40", 5))
    answer = office.at_work(shop).post(url(bill), said)
    assert answer.headers["Location"] == f"/bills/{bill.public_id}"
    assert plan(bill) == [("One", 3000), ("Two", 3000), ("Three", 4000)]


def test_by_per_cent_of_what_is_left(shop: Merchant, bill: Invoice) -> None:
    said = typed(bill, ("One", "25%", 3), ("Two", "75", 4), split="percent")
    office.at_work(shop).post(url(bill), said)
    assert plan(bill) == [("One", 2500), ("Two", 7500)]


def test_it_is_looked_at_before_it_holds(shop: Merchant, bill: Invoice) -> None:
    page = office.at_work(shop).post(url(bill), typed(bill, ("One", "100", 3), do="look"))
    assert "1. One" in page.content.decode()
    assert plan(bill) == [("First", 5000), ("Second", 5000)]


def test_a_row_is_added_without_a_script(shop: Merchant, bill: Invoice) -> None:
    said = typed(bill, ("One", "100", 3), arrange="stage:add")
    page = office.at_work(shop).post(url(bill), said).content.decode()
    assert 'name="stage-1-share"' in page
    assert plan(bill) == [("First", 5000), ("Second", 5000)]


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ([("One", "99.99", 3)], "do not add up"),
        ([("One", "100", -1)], "a day that has passed"),
        ([("One", "a hundred", 3)], "One"),
        ([], "at least one stage"),
    ],
)
def test_what_is_no_plan_is_said_and_nothing_typed_is_lost(
    shop: Merchant, bill: Invoice, stages: list[tuple[str, str, int]], said: str
) -> None:
    answer = office.at_work(shop).post(url(bill), typed(bill, *stages))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert plan(bill) == [("First", 5000), ("Second", 5000)]


def test_somebody_pays_meanwhile(shop: Merchant, bill: Invoice, bank: Bank) -> None:
    said = typed(bill, ("One", "100", 3))
    first = bill.instalments.all()[0]
    attempt = people.attempt(billing.payment(Share(first, first.due)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    answer = office.at_work(shop).post(url(bill), said)
    assert answer.status_code == 409
    assert "Look at them again" in answer.content.decode()
    assert queries.plan_seen(bill) in answer.content.decode()
    assert plan(bill) == [("First", 5000), ("Second", 5000)]


def test_a_paid_bill_has_no_stages_to_change(shop: Merchant, bill: Invoice, bank: Bank) -> None:
    attempt = people.attempt(billing.payment(*billing.whole(bill)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    answer = office.at_work(shop).get(url(bill))
    assert answer.headers["Location"] == f"/bills/{bill.public_id}"


def test_who_may_not_approve_is_not_offered_it_where_a_rule_applies(
    shop: Merchant, bill: Invoice
) -> None:
    link = f'href="{url(bill)}"'
    sales = office.colleague(shop, "sales")
    assert link in sales.read(f"/bills/{bill.public_id}")
    invoices.set_review_rules(shop, [Condition(Money(1, "USD"))], by=billing.owner(shop).user)
    assert link not in sales.read(f"/bills/{bill.public_id}")
    assert sales.post(url(bill), typed(bill, ("One", "100", 3))).status_code == 422
    assert plan(bill) == [("First", 5000), ("Second", 5000)]


def test_every_paper_stays_at_hand(shop: Merchant, bill: Invoice) -> None:
    visitor = office.at_work(shop)
    visitor.post(url(bill), typed(bill, ("One", "100", 3)))
    first, second = (bytes(each.content) for each in shop.papers.order_by("pk"))
    pdf = f"/bills/{bill.public_id}/paper.pdf"
    assert f"{pdf}?version=1" in visitor.read(f"/bills/{bill.public_id}")
    assert visitor.get(f"{pdf}?version=1").content == first
    assert visitor.get(pdf).content == second
