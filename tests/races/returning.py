"""Races about money that goes back, and about what is written down of it all."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from sleek.audit import actions as audit
from sleek.audit.models import Record
from sleek.channels.base import Outcome, RefundReport
from sleek.core import clock
from sleek.core.money import Money
from sleek.events import actions as events
from sleek.events.models import Event
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation import awaited
from sleek.reconciliation.actions import transfers
from sleek.refunds import actions as refunds
from sleek.refunds.actions import ground, promising
from sleek.refunds.models import BankAccount, Claim, Refund
from sleek.refunds.rules import Limits, RefundReason
from tests import banks, people
from tests.events import reading
from tests.fakes.channel import Bank
from tests.races.locks import guarded_by
from tests.races.turns import DONE, REFUSED, meet

TEN, SIX = Money(1000, "USD"), Money(600, "USD")
ASKED = RefundReason.REQUESTED


def _paid(shop: Merchant, bank: Bank) -> Payment:
    attempt = people.attempt(people.payment(shop, TEN))
    payments.apply_reports([bank.pay(attempt.public_id)])
    return Payment.objects.get(pk=attempt.payment_id)


@guarded_by(ground.lock_payment)
def no_more_goes_back_than_came(shop: Merchant, bank: Bank) -> None:
    """Other payments have filled the books, which would not refuse it."""
    payment, _other = _paid(shop, bank), _paid(shop, bank)

    def give() -> None:
        refunds.promise(payment, SIX, reason=ASKED)

    assert meet(give, give) == (DONE, REFUSED)
    payment.refresh_from_db()
    assert (payment.amount_refunded, people.held(shop, "refunds:in_flight")) == (600, 600)


@guarded_by(ground.lock_payment)
def a_refund_is_done_once(shop: Merchant, bank: Bank) -> None:
    [refund] = refunds.promise(_paid(shop, bank), TEN, reason=ASKED)
    report = RefundReport(refund.public_id, Outcome.SUCCEEDED, TEN, reference="R-1")
    came = meet(lambda: refunds.apply_report(report), lambda: refunds.apply_report(report))
    assert came == (DONE, DONE)
    assert Event.objects.filter(kind="refund.succeeded").count() == 1


@guarded_by(ground.lock_payment)
def a_refund_goes_one_way(shop: Merchant, bank: Bank) -> None:
    """The channel is about to be asked while somebody sends it to a bank account."""
    lin = shop.memberships.get().user
    bank.is_short = True
    [refund] = refunds.promise(_paid(shop, bank), TEN, reason=ASKED, by=lin)
    refunds.check(refund)
    bank.is_short = False
    sent, rerouted = meet(lambda: refunds.check(refund), lambda: refunds.reroute(refund, by=lin))
    assert (sent, rerouted) == (DONE, REFUSED)
    refund.refresh_from_db()
    assert (refund.status, refund.route) == ("succeeded", "channel")


@guarded_by(ground.lock_payment)
def a_payer_answers_where_it_goes_once(shop: Merchant, bank: Bank) -> None:
    """In one tab with a bank account, in another one with their wallet."""
    claim, anna = _claim(shop, bank), people.merchant("Anna Tea", "anna@example.com")
    account = BankAccount("Anna Berg", "DE", "DE89370400440532013000")
    came = meet(
        lambda: refunds.fill_claim(claim, account),
        lambda: refunds.take_to_wallet(claim, by=anna.memberships.get()),
    )
    assert came == (DONE, REFUSED)
    assert people.held(anna, "available") == 0


@guarded_by(ground.lock_payment)
def a_refund_fills_one_wallet(shop: Merchant, bank: Bank) -> None:
    """The books would refuse it too; here nobody meets that error."""
    claim = _claim(shop, bank)
    anna, chen = (people.merchant(name, f"{name}@example.com") for name in ("anna", "chen"))
    came = meet(
        lambda: refunds.take_to_wallet(claim, by=anna.memberships.get()),
        lambda: refunds.take_to_wallet(claim, by=chen.memberships.get()),
    )
    assert came == (DONE, REFUSED)
    assert (people.held(anna, "available"), people.held(chen, "available")) == (1000, 0)


def _claim(shop: Merchant, bank: Bank) -> Claim:
    """Of money that has arrived, where wallets pay each other."""
    lin = shop.memberships.get()
    payment = _paid(shop, bank)
    reconciliation.record_settlement(lin, "till", TEN, arrived_on=clock.now().date())
    bank.is_short = True
    [refund] = refunds.promise(payment, TEN, reason=ASKED, by=lin.user)
    refunds.check(refund)
    refunds.reroute(refund, by=lin.user)
    banks.wallet(shop)
    return Claim.objects.get(refund=refund)


@guarded_by(promising._place_of)
def a_days_limit_is_one_for_all_payments(shop: Merchant, bank: Bank) -> None:
    lin = shop.memberships.get().user
    refunds.set_rule(shop, "USD", "owner", Limits(most_daily=600), by=lin)
    one, two = _paid(shop, bank), _paid(shop, bank)
    came = meet(
        lambda: refunds.promise(one, SIX, reason=ASKED, by=lin),
        lambda: refunds.promise(two, SIX, reason=ASKED, by=lin),
    )
    assert came == (DONE, REFUSED)
    assert Refund.objects.get().amount == 600


@guarded_by(transfers._lock)
def a_line_of_the_banks_statement_is_matched_once(shop: Merchant, bank: Bank) -> None:
    account, lin = banks.account(shop), shop.memberships.get().user
    one, two = (banks.transfer(people.payment(shop, TEN), account) for _ in range(2))
    line = banks.line(account, TEN, "thank you", booked_on=banks.day(one))

    def match(attempt: Attempt) -> None:
        seen = reconciliation.token(banks.again(attempt), awaited.match_of(line, attempt))
        reconciliation.match_line(line, attempt, seen=seen, by=lin)

    assert meet(lambda: match(one), lambda: match(two)) == (DONE, REFUSED)
    assert people.held(shop, "available") == 1000


@guarded_by(events.hold)
def a_consumer_reads_each_event_once(shop: Merchant, bank: Bank) -> None:
    _paid(shop, bank)
    reading.consume("race", lambda found: None, limit=1)
    read: list[int] = []

    def handle(found: Sequence[Event]) -> None:
        read.extend(event.pk for event in found)

    def consume() -> None:
        reading.consume("race", handle)

    assert meet(consume, consume) == (DONE, DONE)
    assert len(read) == len(set(read)) >= 1


@guarded_by(audit.record)
def the_audit_log_is_one_chain(shop: Merchant, bank: Bank) -> None:
    audit.record("race.prepared", "x")

    def act() -> None:
        with transaction.atomic():
            audit.record("race.run", "x")

    assert meet(act, act, before='INSERT INTO "audit_record"') == (DONE, DONE)
    assert Record.objects.filter(action="race.run").count() == 2
