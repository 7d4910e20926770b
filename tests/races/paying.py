"""Races about money that comes in."""

from __future__ import annotations

from sleek.channels.base import NextStep, Outcome, Report
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.queries import verify
from sleek.links import actions as links
from sleek.links.actions import Limits
from sleek.links.models import PaymentLink
from sleek.links.rules import Ask
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import Visit, attempts, expiry, settling, wallets
from sleek.payments.actions.reports import cases
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import CHECKS
from sleek.stock import actions as stock
from sleek.stock.models import Stock
from tests import banks, people
from tests.fakes.channel import Bank
from tests.races.locks import guarded_by, guarded_in_sql
from tests.races.turns import DONE, REFUSED, meet

TEN = Money(1000, "USD")


def _fresh(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_related("payment").get(pk=attempt.pk)


@guarded_by(attempts._promise)
def a_double_click_is_one_try(shop: Merchant, bank: Bank) -> None:
    payment = people.payment(shop, TEN)
    came = meet(lambda: people.attempt(payment), lambda: people.attempt(payment))
    assert came == (DONE, DONE)
    assert (payment.attempts.count(), bank.count("start")) == (1, 1)


@guarded_by(attempts._learn_next_step)
def a_notice_that_overtakes_the_answer_counts(shop: Merchant, bank: Bank) -> None:
    attempt = people.attempt(people.payment(shop, TEN))
    Attempt.objects.filter(pk=attempt.pk).update(status="started")
    step = NextStep(attempt.flow, url=attempt.next_url)  # type: ignore[arg-type]
    report = bank.pay(attempt.public_id)
    came = meet(
        lambda: attempts._learn_next_step(attempt, step),
        lambda: payments.apply_reports([report]),
    )
    assert came == (DONE, DONE)
    attempt = _fresh(attempt)
    assert (attempt.status, attempt.payment.status) == ("succeeded", "succeeded")


@guarded_by(attempts._schedule_next_check)
def a_notice_during_the_last_question_counts(shop: Merchant, bank: Bank) -> None:
    """The janitor gives up, and just then the money comes."""
    attempt = people.attempt(people.payment(shop, TEN))
    Attempt.objects.filter(pk=attempt.pk).update(check_count=len(CHECKS), check_at=clock.now())
    report = bank.pay(attempt.public_id)
    came = meet(
        lambda: attempts._schedule_next_check(attempt),
        lambda: payments.apply_reports([report]),
    )
    assert came == (DONE, DONE)
    assert _fresh(attempt).status == "succeeded"


@guarded_in_sql(cases, "_LOCK", "FOR NO KEY UPDATE")
def of_two_tries_that_are_paid_one_pays(shop: Merchant, bank: Bank) -> None:
    payment = people.payment(shop, TEN)
    tries = [people.attempt(payment), people.attempt(payment, people.qr(shop))]
    one, two = (bank.pay(attempt.public_id) for attempt in tries)
    came = meet(lambda: payments.apply_reports([one]), lambda: payments.apply_reports([two]))
    assert came == (DONE, DONE)
    assert sorted(_fresh(attempt).surplus for attempt in tries) == ["", "duplicate"]
    assert (people.held(shop, "in_transit"), people.held(shop, "frozen")) == (1000, 1000)


@guarded_by(expiry._end)
def money_that_comes_as_the_payment_ends_is_not_lost_sight_of(shop: Merchant, bank: Bank) -> None:
    attempt = people.attempt(people.payment(shop, TEN))
    payments.apply_reports([Report(attempt.public_id, Outcome.FAILED)])
    Payment.objects.update(expires_at=clock.now())
    report = bank.pay(attempt.public_id)
    came = meet(lambda: payments.expire(attempt.payment), lambda: payments.apply_reports([report]))
    assert came == (DONE, DONE)
    attempt = _fresh(attempt)
    assert (attempt.payment.status, attempt.surplus) == ("expired", "late")
    assert (people.held(shop, "in_transit"), people.held(shop, "frozen")) == (0, 1000)


@guarded_by(stock._lock)
def the_last_piece_is_held_once(shop: Merchant, bank: Bank) -> None:
    link = _of_one(shop)
    one, two = (payments.open_for_link(link, Visit(language="en")) for _ in range(2))
    came = meet(
        lambda: people.attempt(one), lambda: people.attempt(two), before='UPDATE "stock_stock"'
    )
    assert came == (DONE, REFUSED)
    assert (Stock.objects.get().held, Attempt.objects.count()) == (1, 1)


@guarded_by(expiry.end_hold)
def what_somebody_begins_to_pay_for_again_is_kept(shop: Merchant, bank: Bank) -> None:
    payment = payments.open_for_link(_of_one(shop), Visit(language="en"))
    first = people.attempt(payment)
    payments.apply_reports([Report(first.public_id, Outcome.FAILED)])
    came = meet(
        lambda: payments.end_hold(payment.public_id),
        lambda: people.attempt(payment),
        before='SELECT .*"stock_',
    )
    assert came == (DONE, DONE)
    assert Stock.objects.get().held == 1


@guarded_by(settling.arrive)
def two_parts_that_arrive_at_once_are_both_counted(shop: Merchant, bank: Bank) -> None:
    attempt = banks.transfer(people.payment(shop, TEN), banks.account(shop))

    def arrives(minor: int) -> None:
        received = Money(minor, "USD")
        payments.arrive(attempt, received, reference=f"T{minor}", payer="Anna", at=clock.now())

    assert meet(lambda: arrives(400), lambda: arrives(600)) == (DONE, DONE)
    assert _fresh(attempt).payment.status == "succeeded"
    assert people.held(shop, "available") == 1000
    assert verify() == []


@guarded_by(settling.credit)
def a_surplus_is_kept_for_its_payer_once(shop: Merchant, bank: Bank) -> None:
    attempt = people.attempt(people.payment(shop, TEN))
    payments.apply_reports([bank.pay(attempt.public_id, Money(900, "USD"))])
    came = meet(lambda: payments.credit(attempt), lambda: payments.credit(attempt))
    assert came == (DONE, REFUSED)
    assert Event.objects.filter(kind="payment.surplus_credited").count() == 1


@guarded_by(settling.apply_credit)
def a_credit_is_used_once(shop: Merchant, bank: Bank) -> None:
    """Another payer's credit is in the books, too, which would not refuse it."""
    credit, _other = _credit(shop, bank), _credit(shop, bank)
    one, two = people.payment(shop, TEN), people.payment(shop, TEN)
    came = meet(
        lambda: payments.apply_credit(credit, one), lambda: payments.apply_credit(credit, two)
    )
    assert came == (DONE, REFUSED)
    assert _fresh(credit).amount_applied == 1000
    assert (people.held(shop, "credits"), people.held(shop, "in_transit")) == (1000, 1000)


@guarded_by(wallets.pay_from_balance)
def a_wallet_pays_once(shop: Merchant, bank: Bank) -> None:
    hers = people.merchant("Anna Tea", "anna@example.com")
    banks.fill(hers, Money(8000, "USD"))
    buyer = hers.memberships.get()
    attempt = banks.from_wallet(people.payment(shop, TEN), banks.wallet(shop))

    def pay() -> None:
        payments.pay_from_balance(attempt, buyer)

    assert meet(pay, pay) == (DONE, DONE)
    assert Event.objects.filter(kind="balance.paid").count() == 1
    assert people.held(hers, "available") == 7000


def _credit(shop: Merchant, bank: Bank) -> Attempt:
    attempt = people.attempt(people.payment(shop, Money(900, "USD")))
    payments.apply_reports([bank.pay(attempt.public_id, TEN)])
    return payments.credit(attempt)


def _of_one(shop: Merchant) -> PaymentLink:
    lin = shop.memberships.get().user
    limits = Limits(is_reusable=True, uses=1)
    return links.create(shop, Ask.fixed(TEN), "Workshop", by=lin, limits=limits)
