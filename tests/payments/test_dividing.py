"""Dividing a bill that is out anew: what money has come for stays as it is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from sleek.audit.models import Record
from sleek.channels.base import Outcome, Report
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.actions import ChangedMeanwhile, InvalidInvoice, NotDividable
from sleek.invoices.models import Instalment, Invoice
from sleek.invoices.rules import Condition, Rest, Stage, StageFlaw, divide_rest
from sleek.merchants.models import Membership, Merchant, Role, User
from sleek.papers.models import Paper
from sleek.payments import actions as payments
from sleek.payments import queries
from sleek.payments.actions import Share, billing
from sleek.payments.models import Payment
from tests import banks, people
from tests import billing as tests
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.payments.test_bills import fresh, hear, pay

D = Decimal


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def day(days: int) -> date:
    return clock.now().date() + timedelta(days=days)


def stage(label: str, amount: str, days: int, deliverable: str = "") -> Stage:
    return Stage(label, deliverable, Money.parse(amount, "USD"), due_on=day(days))


def issued(shop: Merchant) -> Invoice:
    """Of 1,000 USD in three stages."""
    plan = (stage("Design", "300", 5), stage("Build", "500", 10), stage("Care", "200", 20))
    return tests.issued(shop, tests.line("1000"), stages=plan)


def divide(bill: Invoice, *stages: Stage, by: Membership | None = None, seen: str = "") -> Invoice:
    seen = seen or queries.plan_seen(bill)
    return billing.divide(bill, stages, seen=seen, by=by or tests.owner(bill.merchant))


def plan(bill: Invoice) -> list[tuple[str, int, date | None]]:
    return [(each.label, each.amount, each.due_on) for each in bill.instalments.all()]


def test_what_nobody_paid_is_divided_anew(shop: Merchant, bank: Bank) -> None:
    bill = issued(shop)
    first, second, third = bill.instalments.all()
    pay(bank, tests.payment(Share(first, first.due)))
    divide(bill, stage("Build", "400", 12), stage("Test", "100", 15), stage("Care", "200", 30))
    assert plan(bill) == [
        ("Design", 30000, day(5)),
        ("Build", 40000, day(12)),
        ("Test", 10000, day(15)),
        ("Care", 20000, day(30)),
    ]
    kept = list(bill.instalments.values_list("token", flat=True))
    assert kept[:3] == [first.token, second.token, third.token]
    hear()
    assert (fresh(bill).status, fresh(bill).amount_paid, fresh(bill).due.minor) == (
        "open",
        30000,
        70000,
    )


def test_by_shares_of_what_is_left(shop: Merchant, bank: Bank) -> None:
    bill = issued(shop)
    first = bill.instalments.all()[0]
    pay(bank, tests.payment(Share(first, first.due)))
    shares = (Stage("A", percent=D("33.3333"), due_on=day(8)),)
    divide(bill, *shares, Stage("B", percent=D("66.6667"), due_on=day(9)))
    assert [each[1] for each in plan(bill)] == [30000, 23334, 46666]
    assert bills.draft_of(fresh(bill)).stages[1].amount == Money(23334, "USD")


def test_a_stage_that_is_gone_asks_for_nothing_and_comes_back_with_its_address(
    shop: Merchant,
) -> None:
    bill = issued(shop)
    tokens = list(bill.instalments.values_list("token", flat=True))
    divide(bill, stage("All of it", "1000", 9))
    gone = Instalment.ever.exclude(dropped_at=None).filter(invoice=bill)
    assert [each.amount for each in gone] == [0, 0]
    assert bill.instalments.get().token == tokens[0]
    divide(bill, stage("One", "600", 9), stage("Two", "400", 10))
    assert [each.token for each in bill.instalments.all()] == tokens[:2]


def test_a_part_paid_stage_stays_as_it_is(shop: Merchant, bank: Bank) -> None:
    bill = issued(shop)
    first = bill.instalments.all()[0]
    pay(bank, tests.payment(*tests.part(first, 100)))
    divide(bill, stage("Rest", "700", 8))
    assert plan(bill) == [("Design", 30000, day(5)), ("Rest", 70000, day(8))]
    assert bill.instalments.all()[0].due.minor == 29900


def test_money_that_the_bill_has_not_heard_of_counts(shop: Merchant, bank: Bank) -> None:
    bill = issued(shop)
    first = bill.instalments.all()[0]
    attempt = people.attempt(tests.payment(Share(first, first.due)))
    payments.apply_reports([bank.pay(attempt.public_id)])
    assert queries.fixed_of(bill) == {first.pk}


@pytest.mark.parametrize("how", ["a card", "a transfer", "a wrong sum"])
def test_what_may_be_paid_any_moment_stays(shop: Merchant, bank: Bank, how: str) -> None:
    bill = issued(shop)
    first = bill.instalments.all()[0]
    payment = tests.payment(Share(first, first.due))
    if how == "a transfer":
        banks.transfer(payment, banks.account(shop))
    else:
        attempt = people.attempt(payment)
        if how == "a wrong sum":
            payments.apply_reports([bank.pay(attempt.public_id, Money(29900, "USD"))])
    assert queries.fixed_of(bill) == {first.pk}
    with pytest.raises(InvalidInvoice) as caught:
        divide(bill, stage("Everything", "1000", 8))
    assert caught.value.flaws == [StageFlaw.NOT_THE_WHOLE]


def test_who_only_looked_finds_the_new_stages(shop: Merchant) -> None:
    bill = issued(shop)
    first = bill.instalments.all()[0]
    payment = tests.payment(Share(first, first.due))
    divide(bill, stage("Half", "500", 8), stage("Other half", "500", 9))
    payment.refresh_from_db()
    assert payment.status == "expired"
    with pytest.raises(payments.NotPayable):
        people.attempt(payment)


def test_money_that_comes_late_for_what_is_gone_goes_back(shop: Merchant, bank: Bank) -> None:
    """A try that failed, and succeeds after all once the bill is divided otherwise."""
    bill = issued(shop)
    third = bill.instalments.reverse()[0]
    attempt = people.attempt(tests.payment(Share(third, third.due)))
    payments.apply_reports([Report(attempt.public_id, Outcome.FAILED)])
    divide(bill, stage("All of it", "1000", 9))
    payments.apply_reports([bank.pay(attempt.public_id)])
    hear()
    attempt.refresh_from_db()
    assert (attempt.surplus, fresh(bill).amount_paid) == ("late", 0)


def test_somebody_paid_meanwhile(shop: Merchant, bank: Bank) -> None:
    bill = issued(shop)
    first, seen = bill.instalments.all()[0], queries.plan_seen(bill)
    pay(bank, tests.payment(Share(first, first.due)))
    with pytest.raises(ChangedMeanwhile):
        divide(bill, stage("Everything", "700", 8), seen=seen)
    assert [each[0] for each in plan(bill)] == ["Design", "Build", "Care"]


@pytest.mark.parametrize(
    ("stages", "flaw"),
    [
        ([("A", "999.99", 8)], StageFlaw.NOT_THE_WHOLE),
        ([("A", "1000.01", 8)], StageFlaw.NOT_THE_WHOLE),
        ([("A", "1000", -1)], StageFlaw.PAST_DAY),
        ([("A", "1000", 8), ("B", "0", 9)], StageFlaw.NOTHING),
        ([("A", "500", 9), ("B", "500", 8)], StageFlaw.NOT_IN_ORDER),
        ([("A", "40", 8)] * 25, StageFlaw.TOO_MANY),
        ([], StageFlaw.WITHOUT_DAY),
    ],
)
def test_what_is_no_plan(
    shop: Merchant, stages: list[tuple[str, str, int]], flaw: StageFlaw
) -> None:
    bill = issued(shop)
    with pytest.raises(InvalidInvoice) as caught:
        divide(bill, *(stage(*each) for each in stages))
    assert caught.value.flaws == [flaw]
    assert Paper.objects.filter(subject=bill.public_id).count() == 1


def test_a_stage_that_is_late_may_stay_late(shop: Merchant, frozen_clock: FrozenClock) -> None:
    bill = issued(shop)
    frozen_clock.advance(days=7)
    divide(bill, stage("Design", "300", -2), stage("Rest", "700", 3))
    assert [each[2] for each in plan(bill)] == [day(-2), day(3)]


def test_the_same_again_is_no_division(shop: Merchant) -> None:
    bill = issued(shop)
    with pytest.raises(NotDividable):
        divide(bill, stage("Design", "300", 5), stage("Build", "500", 10), stage("Care", "200", 20))


def test_only_while_it_is_to_be_paid(shop: Merchant, bank: Bank) -> None:
    paid, void, draft = issued(shop), issued(shop), tests.drafted(shop)
    pay(bank, tests.payment(*tests.whole(paid)))
    invoices.void(void, "typo", by=tests.owner(shop).user)
    for bill in (paid, void, draft):
        with pytest.raises(NotDividable):
            divide(bill, stage("A", "1000", 8))
    given_up = issued(shop)
    invoices.write_off(given_up, "gone", by=tests.owner(shop).user)
    assert divide(given_up, stage("A", "1000", 8)).instalments.count() == 1


def test_where_a_second_person_was_needed_an_approver_changes_it(shop: Merchant) -> None:
    bill = issued(shop)
    invoices.set_review_rules(shop, [Condition(Money(1, "USD"))], by=tests.owner(shop).user)
    user = User.objects.create_user("sam@example.com", name="Sam")
    sales = Membership.objects.create(user=user, merchant=shop, role=Role.SALES)
    with pytest.raises(NotDividable):
        divide(bill, stage("A", "1000", 8), by=sales)
    assert divide(bill, stage("A", "1000", 8)).instalments.count() == 1


def test_the_plan_is_another_paper_of_the_same_number(shop: Merchant) -> None:
    bill = issued(shop)
    divide(bill, stage("One", "600", 9), stage("Two", "400", 10))
    first, second = Paper.objects.filter(subject=bill.public_id).order_by("pk")
    assert (first.number, first.kind) == (second.number, second.kind)
    assert [row["cells"][0] for row in first.sheet["schedule"]] == [
        "1. Design",
        "2. Build",
        "3. Care",
    ]
    assert [row["cells"][0] for row in second.sheet["schedule"]] == ["1. One", "2. Two"]
    assert "version 2" in str(second.sheet["facts"]) or "第 2 版" in str(second.sheet["facts"])


def test_it_is_told_and_recorded(shop: Merchant) -> None:
    bill = issued(shop)
    divide(bill, stage("One", "600", 9), stage("Two", "400", 10))
    event = Event.objects.get(kind="invoice.divided")
    assert (event.subject, event.data) == (bill.public_id, {"number": bill.number, "count": 2})
    assert Record.objects.filter(action="invoice.divided").count() == 1


def test_the_printed_day_stays_and_the_plan_says_when_it_is_overdue(
    shop: Merchant, frozen_clock: FrozenClock
) -> None:
    bill = issued(shop)
    divide(bill, stage("All of it", "1000", 40))
    bill = fresh(bill)
    assert (bill.due_on, bills.due_day(bill)) == (day(20), day(40))
    frozen_clock.advance(days=30)
    today = clock.now().date()
    assert bills.overdue_days(bill, today) == 0
    assert not bills.overdue(Invoice.objects.all(), today).exists()
    frozen_clock.advance(days=11)
    assert bills.overdue_days(bill, today + timedelta(days=11)) == 1
    assert bills.overdue(Invoice.objects.all(), today + timedelta(days=11)).get() == bill


def test_the_database_keeps_what_was_paid_for(shop: Merchant, bank: Bank) -> None:
    bill = issued(shop)
    first, second, _third = bill.instalments.all()
    pay(bank, tests.payment(Share(first, first.due)))
    with pytest.raises(IntegrityError, match="has been paid for"), transaction.atomic():
        Instalment.objects.filter(pk=first.pk).update(amount=40000)
    with pytest.raises(IntegrityError, match="asks_for_nothing"), transaction.atomic():
        Instalment.objects.filter(pk=second.pk).update(dropped_at=clock.now())


def test_a_payment_for_a_stage_that_went_meanwhile_is_not_opened(shop: Merchant) -> None:
    bill = issued(shop)
    third = bill.instalments.reverse()[0]
    divide(bill, stage("All of it", "1000", 40))
    with pytest.raises(payments.NotPayable):
        tests.payment(Share(third, third.due))
    assert not Payment.objects.exists()


@settings(max_examples=60)
@given(
    whole=st.integers(1, 10**9),
    shares=st.lists(st.integers(1, 100), min_size=1, max_size=23),
    fixed=st.integers(0, 4),
)
def test_the_parts_are_the_rest_to_the_cent(whole: int, shares: list[int], fixed: int) -> None:
    today = date(2026, 5, 1)
    scale = D(100) / sum(shares)
    percents = [(each * scale).quantize(D("0.0001")) for each in shares]
    percents[-1] += 100 - sum(percents)
    stages = [Stage(percent=each, due_on=today) for each in percents]
    parts = divide_rest(Rest(Money(whole, "USD"), fixed, today), stages)
    if isinstance(parts, StageFlaw):
        assert parts in (StageFlaw.NOTHING, StageFlaw.TOO_MANY)
    else:
        assert sum(part.minor for part in parts) == whole
