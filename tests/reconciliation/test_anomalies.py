"""The list of what is out of the ordinary keeps itself, and people settle what waits, each once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from sleek.audit.models import Record
from sleek.channels.base import Notice as Message
from sleek.channels.base import Outcome, RefundReport, Report
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.queries import verify
from sleek.merchants.models import Merchant, User
from sleek.notifications import actions as notifications
from sleek.notifications.models import Message as Letter
from sleek.payments import actions as payments
from sleek.payments.actions import Kept, Visit
from sleek.payments.models import Attempt, Notice, Payment, Waiting
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation.models import Anomaly
from sleek.refunds import actions as refunds
from sleek.refunds import tasks as refund_tasks
from sleek.refunds.models import Refund
from sleek.stock import actions as stock
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")


@pytest.fixture
def shop(db: None, bank: Bank, frozen_clock: FrozenClock) -> Merchant:
    shop = people.merchant()
    User.objects.update(language="en")
    return shop


def lin(shop: Merchant) -> User:
    return shop.memberships.get(role="owner").user


def paid(shop: Merchant, bank: Bank, minor: int, currency: str = "USD") -> Attempt:
    attempt = people.attempt(people.payment(shop, FIFTY))
    payments.apply_reports([bank.pay(attempt.public_id, Money(minor, currency))])
    read_the_news()
    return Attempt.objects.select_related("payment").get(pk=attempt.pk)


def paid_twice(shop: Merchant, bank: Bank) -> Attempt:
    payment = people.payment(shop, FIFTY)
    for attempt in (people.attempt(payment), people.attempt(payment, people.qr(shop))):
        payments.apply_reports([bank.pay(attempt.public_id)])
    read_the_news()
    return payment.attempts.get(surplus="duplicate")


def read_the_news() -> None:
    """What the worker would do, twice over: reading again changes nothing."""
    for _ in range(2):
        for consumer in (refunds, reconciliation, notifications):
            kinds = consumer.FOLLOWED
            consumer.follow(list(Event.objects.filter(kind__in=kinds).order_by("pk")))


def listed() -> list[str]:
    return [
        f"{one.flag} {one.money} {'you' if one.needs_person else 'itself'} {one.ending or 'open'}"
        for one in Anomaly.objects.order_by("pk")
    ]


def books(shop: Merchant) -> dict[str, int]:
    codes = ("in_transit", "frozen", "credits", "refunds:in_flight")
    assert verify() == []
    return {code: people.held(shop, code) for code in codes if people.held(shop, code)}


def letters() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("subject", flat=True))


def test_a_payment_in_order_is_not_listed(shop: Merchant, bank: Bank) -> None:
    paid(shop, bank, 5000)
    assert listed() == []
    assert letters() == []


def test_a_wrong_sum_is_listed_and_told_once(shop: Merchant, bank: Bank) -> None:
    paid(shop, bank, 4900)
    assert listed() == ["under 1.00 USD you open"]
    assert letters() == ["49.00 USD arrived instead of 50.00 USD: please decide"]
    assert Event.objects.filter(kind="anomaly.opened").count() == 1


def test_what_goes_back_by_itself_is_listed_told_nobody_and_settles_itself(
    shop: Merchant, bank: Bank
) -> None:
    paid_twice(shop, bank)
    assert listed() == ["duplicate 50.00 USD itself open"]
    refund_tasks.check_due(0)
    read_the_news()
    assert listed() == ["duplicate 50.00 USD itself by_itself"]
    assert letters() == []


def test_when_giving_back_fails_somebody_is_asked_after_all(shop: Merchant, bank: Bank) -> None:
    paid_twice(shop, bank)
    bank.refuses = True
    refund_tasks.check_due(0)
    read_the_news()
    assert listed() == ["duplicate 50.00 USD you open"]
    assert letters() == ["A refund of 50.00 USD failed"]


def test_a_stuck_try_is_listed_until_its_provider_has_spoken(shop: Merchant, bank: Bank) -> None:
    attempt = people.attempt(people.payment(shop, FIFTY))
    Attempt.objects.filter(pk=attempt.pk).update(check_count=27, check_at=clock.now())
    payments.check(Attempt.objects.select_related("payment", "connection").get(pk=attempt.pk))
    read_the_news()
    assert listed() == ["stuck 50.00 USD you open"]
    payments.apply_reports([bank.pay(attempt.public_id)])
    read_the_news()
    assert listed() == ["stuck 50.00 USD itself by_itself"]


def test_a_refund_that_takes_too_long_is_listed(
    shop: Merchant, bank: Bank, frozen_clock: FrozenClock
) -> None:
    paid_twice(shop, bank)
    bank.is_down = True
    refund_tasks.check_due(0)
    reconciliation.look()
    assert listed() == ["duplicate 50.00 USD itself open"]
    frozen_clock.advance(days=3, seconds=1)
    for _ in range(2):
        reconciliation.look()
    assert listed()[1:] == ["stuck 50.00 USD you open"]
    bank.is_down = False
    refund_tasks.check_due(0)
    read_the_news()
    assert listed() == ["duplicate 50.00 USD itself by_itself", "stuck 50.00 USD itself by_itself"]


def test_a_refund_that_its_provider_does_not_know_is_an_orphan(shop: Merchant, bank: Bank) -> None:
    paid_twice(shop, bank)
    Refund.objects.update(reference="R-1")
    refund = Refund.objects.get()
    refunds.apply_report(
        RefundReport(refund.public_id, Outcome.FAILED, failure_code="RESOURCE_NOT_EXISTS")
    )
    read_the_news()
    assert "orphan 50.00 USD you open" in listed()


def test_money_for_a_try_that_nobody_knows_is_kept_as_an_orphan(shop: Merchant, bank: Bank) -> None:
    report = Report("att_unknown", Outcome.SUCCEEDED, FIFTY, "T-9")
    connection = shop.connections.get()
    message = Message("n-1", "till.news", report=report)
    payments.keep([Kept("till", connection.pk, message, b"{}", clock.now())])
    payments.apply_waiting()
    payments.apply_reports([Report("att_failed", Outcome.FAILED)])
    read_the_news()
    [orphan] = Anomaly.objects.all()
    assert (orphan.merchant, orphan.subject, orphan.reference) == (shop, "att_unknown", "till T-9")
    assert listed() == ["orphan 50.00 USD you open"]
    assert books(shop) == {}


def test_a_notice_whose_tries_are_used_up_is_listed_until_it_is_applied(
    shop: Merchant, bank: Bank
) -> None:
    attempt = people.attempt(people.payment(shop, FIFTY))
    message = Message("n-1", "till.news", key=attempt.public_id)
    payments.keep([Kept("till", attempt.connection_id, message, b"{}", clock.now())])
    Waiting.objects.update(try_at=None, tries=7, error="ValueError: no")
    reconciliation.look()
    [anomaly] = Anomaly.objects.all()
    assert (anomaly.flag, anomaly.merchant, anomaly.money) == ("stuck", shop, None)
    assert anomaly.payment == attempt.payment
    Waiting.objects.all().delete()
    reconciliation.look()
    assert listed() == ["stuck None itself by_itself"]
    assert Notice.objects.count() == 1


def test_giving_back_settles_and_is_in_the_audit_log(shop: Merchant, bank: Bank) -> None:
    attempt = paid(shop, bank, 4900)
    reconciliation.give_back(attempt, by=lin(shop))
    assert books(shop) == {"refunds:in_flight": 4900}
    read_the_news()
    assert listed() == ["under 1.00 USD itself returned"]
    assert Anomaly.objects.get().resolved_by == lin(shop)
    assert Record.objects.filter(action="refund.promised").count() == 1


def test_accepting_pays_the_payment(shop: Merchant, bank: Bank) -> None:
    attempt = paid(shop, bank, 4900)
    reconciliation.accept(attempt, by=lin(shop))
    read_the_news()
    payment = Payment.objects.get()
    assert (payment.status, payment.amount_paid) == ("succeeded", 4900)
    assert books(shop) == {"in_transit": 4900}
    assert listed() == ["under 1.00 USD itself accepted"]
    assert Record.objects.get(action="surplus.accepted").data["amount"] == 4900


def test_taking_what_was_asked_keeps_the_rest_for_the_payer(shop: Merchant, bank: Bank) -> None:
    attempt = paid(shop, bank, 5600)
    rest = reconciliation.settle(attempt, by=lin(shop))
    read_the_news()
    payment = Payment.objects.get()
    assert (payment.status, payment.amount_paid) == ("succeeded", 5000)
    assert rest.credit == Money(600, "USD")
    assert books(shop) == {"in_transit": 5000, "credits": 600}
    assert listed() == ["over 6.00 USD itself kept"]


def test_taking_what_was_asked_gives_the_rest_back(shop: Merchant, bank: Bank) -> None:
    attempt = paid(shop, bank, 5600)
    refund = reconciliation.take(attempt, by=lin(shop))
    read_the_news()
    payment = Payment.objects.get()
    assert (payment.status, payment.amount_paid, payment.amount_refunded) == ("succeeded", 5000, 0)
    assert (refund.money, refund.reason, refund.route) == (Money(600, "USD"), "amount", "channel")
    assert books(shop) == {"in_transit": 5000, "refunds:in_flight": 600}
    assert listed() == ["over 6.00 USD itself returned"]
    assert Record.objects.get(action="surplus.taken").data["amount"] == 600
    refund_tasks.check_due(0)
    assert Refund.objects.get().status == "succeeded"
    assert books(shop) == {"in_transit": 5000}


def test_a_rest_that_could_not_be_given_back_waits_again(shop: Merchant, bank: Bank) -> None:
    attempt = paid(shop, bank, 5600)
    refund = reconciliation.take(attempt, by=lin(shop))
    refunds.apply_report(RefundReport(refund.public_id, Outcome.FAILED, failure_code="closed"))
    read_the_news()
    assert books(shop) == {"in_transit": 5000, "credits": 600}
    assert listed() == ["over 6.00 USD you open"]
    with pytest.raises(reconciliation.NotDecidable):
        reconciliation.take(attempt, by=lin(shop))
    again = reconciliation.give_back(attempt, by=lin(shop))
    read_the_news()
    assert (again.money, again.source) == (Money(600, "USD"), "credit")
    assert books(shop) == {"in_transit": 5000, "refunds:in_flight": 600}
    assert listed() == ["over 6.00 USD itself returned"]


@pytest.mark.parametrize("decide", [reconciliation.take, reconciliation.settle])
def test_too_much_for_what_is_sold_out_stays_where_it_is(
    shop: Merchant, bank: Bank, decide: Callable[..., object]
) -> None:
    link = people.link(shop, FIFTY, is_reusable=True)
    link.pieces = stock.create(shop, 1)
    link.save(update_fields=["pieces"])
    payment = payments.open_for_link(link, Visit(language="en"))
    attempt = people.attempt(payment)
    payments.apply_reports([bank.pay(attempt.public_id, Money(5600, "USD"))])
    stock.release(payment.public_id)
    stock.hold("pay_other", {link.pieces.pk: 1}, until=clock.now() + timedelta(days=1))
    with pytest.raises(payments.NotCreditable):
        decide(attempt, by=lin(shop))
    assert books(shop) == {"frozen": 5600}
    assert Payment.objects.get().status == "processing"
    assert not Refund.objects.exists()
    assert not Event.objects.filter(kind="payment.surplus_credited").exists()


def test_money_is_applied_to_another_payment_as_far_as_it_goes(shop: Merchant, bank: Bank) -> None:
    attempt, target = paid(shop, bank, 4900), people.payment(shop, Money(4000, "USD"))
    reconciliation.apply_to(attempt, target, by=lin(shop))
    read_the_news()
    target.refresh_from_db()
    assert (target.status, target.amount_paid) == ("succeeded", 4000)
    assert Payment.objects.get(pk=attempt.payment_id).status == "pending"
    assert books(shop) == {"in_transit": 4000, "credits": 900}
    assert listed() == ["under 1.00 USD itself applied"]


def test_what_was_kept_pays_what_its_payer_pays_next_and_the_rest_goes_back(
    shop: Merchant, bank: Bank
) -> None:
    attempt = paid(shop, bank, 4900)
    reconciliation.keep_for_payer(attempt, by=lin(shop))
    with pytest.raises(reconciliation.NotDecidable):
        reconciliation.give_back(attempt, by=lin(shop))
    small = people.payment(shop, Money(3000, "USD"))
    reconciliation.apply_to(attempt, small, by=lin(shop))
    assert Payment.objects.get(pk=small.pk).status == "succeeded"
    assert books(shop) == {"in_transit": 3000, "credits": 1900}
    refund = reconciliation.repay(attempt, by=lin(shop))
    assert (refund.amount, books(shop)) == (1900, {"in_transit": 3000, "refunds:in_flight": 1900})
    for decide in (reconciliation.repay, reconciliation.give_back):
        with pytest.raises(reconciliation.NotDecidable):
            decide(attempt, by=lin(shop))
    refunds.check(refund)
    read_the_news()
    assert books(shop) == {"in_transit": 3000}
    assert [one.payment_key for one in bank.refund_orders] == [attempt.public_id]


def test_another_merchants_payment_takes_no_money(shop: Merchant, bank: Bank) -> None:
    attempt = paid(shop, bank, 4900)
    target = people.payment(people.merchant("Wei Tea", "wei@example.com"), FIFTY)
    with pytest.raises(payments.NotCreditable):
        reconciliation.apply_to(attempt, target, by=lin(shop))
    assert books(shop) == {"frozen": 4900}
    assert listed() == ["under 1.00 USD you open"]
    assert not Record.objects.filter(action__startswith="surplus").exists()


def test_what_goes_back_by_itself_is_not_decided_on(shop: Merchant, bank: Bank) -> None:
    second = paid_twice(shop, bank)
    for decide in (reconciliation.give_back, reconciliation.keep_for_payer, reconciliation.accept):
        with pytest.raises(reconciliation.NotDecidable):
            decide(second, by=lin(shop))
    assert Refund.objects.count() == 1
    assert books(shop) == {"in_transit": 5000, "refunds:in_flight": 5000}


def test_money_of_a_payer_is_not_settled_by_a_look(shop: Merchant, bank: Bank) -> None:
    paid(shop, bank, 4900)
    with pytest.raises(reconciliation.NeedsMore):
        reconciliation.look_at(Anomaly.objects.get(), "fine", by=lin(shop))
    assert listed() == ["under 1.00 USD you open"]


def test_a_look_needs_a_reason_and_settles_once(shop: Merchant, bank: Bank) -> None:
    payments.apply_reports([Report("att_unknown", Outcome.SUCCEEDED, FIFTY, "T-9")])
    read_the_news()
    anomaly = Anomaly.objects.get()
    with pytest.raises(reconciliation.NotDecidable):
        reconciliation.look_at(anomaly, "  ", by=lin(shop))
    reconciliation.look_at(anomaly, "A test of the provider's", by=lin(shop))
    with pytest.raises(reconciliation.NotDecidable):
        reconciliation.look_at(anomaly, "again", by=lin(shop))
    read_the_news()
    assert listed() == ["orphan 50.00 USD itself looked_at"]
    assert Anomaly.objects.get().reason == "A test of the provider's"


def test_a_flood_is_told_once(shop: Merchant, bank: Bank) -> None:
    for _ in range(8):
        paid(shop, bank, 4900)
    assert len(letters()) == notifications.anomalies.MAILS_PER_HOUR + 1
    assert letters()[-1] == "Several payments need a decision"


Deed = Callable[[Attempt, User], object]
GIVE_BACK: Deed = lambda attempt, by: reconciliation.give_back(attempt, by=by)  # noqa: E731
ACCEPT: Deed = lambda attempt, by: reconciliation.accept(attempt, by=by)  # noqa: E731
TAKE: Deed = lambda attempt, by: reconciliation.take(attempt, by=by)  # noqa: E731
KEEP: Deed = lambda attempt, by: reconciliation.keep_for_payer(attempt, by=by)  # noqa: E731


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (GIVE_BACK, GIVE_BACK),
        (ACCEPT, ACCEPT),
        (ACCEPT, GIVE_BACK),
        (KEEP, GIVE_BACK),
        (TAKE, TAKE),
        (TAKE, GIVE_BACK),
    ],
    ids=[
        "twice back",
        "twice accepted",
        "accepted and back",
        "kept and back",
        "twice taken",
        "taken and back",
    ],
)
def test_of_two_people_who_decide_at_once_one_does(
    committed_db: str, bank: Bank, first: Deed, second: Deed
) -> None:
    shop = people.merchant()
    attempt = paid(shop, bank, 5600)
    people.held(shop, "frozen")
    start, done, refused = threading.Barrier(2), [], []

    def decide(deed: Deed) -> None:
        try:
            start.wait(10)
            deed(attempt, lin(shop))
            done.append(deed)
        except SleekError as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[deed]) for deed in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), refused) == (1, ["not_decidable"])
    assert sum(books(shop).values()) == 5600
    assert people.held(shop, "frozen") == 0
