"""Who is told what about refunds: each thing once, in the reader's language."""

from __future__ import annotations

import pytest

from sleek.channels.base import Outcome, RefundReport
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.merchants.models import Merchant
from sleek.notifications import actions as notifications
from sleek.notifications.models import Message
from sleek.payments import actions as payments
from sleek.payments.actions import Answers
from sleek.payments.models import Payment
from sleek.reconciliation import actions as reconciliation
from sleek.refunds import actions as refunds
from sleek.refunds import queries, tasks
from sleek.refunds.models import BankAccount, Refund
from sleek.refunds.rules import Limits, RefundReason
from tests import banks, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.refunds.conftest import FIFTY, colleague, paid

ANNA, LIN, WANG = "anna@example.com", "lin@example.com", "wang@example.com"


@pytest.fixture
def shop(db: None, bank: Bank, frozen_clock: FrozenClock) -> Merchant:
    shop = people.merchant()
    colleague(shop, "finance", WANG)
    return shop


@pytest.fixture
def payment(shop: Merchant, bank: Bank) -> Payment:
    payment = paid(shop, bank)
    payments.note_payer(payment, Answers(name="Anna", email=ANNA))
    return payment


def give_back(payment: Payment, shop: Merchant) -> Refund:
    wang = shop.memberships.get(role="finance").user
    reason, note = RefundReason.GOODWILL, "Sorry"
    return refunds.promise(payment, FIFTY, reason=reason, note=note, by=wang)[0]


def told() -> set[tuple[str, str]]:
    """What was written by now: to whom, and which letter."""
    kinds = set(notifications.FOLLOWED)
    for _again in range(2):  # reading the same news again writes nothing more
        notifications.follow(list(Event.objects.filter(kind__in=kinds).order_by("pk")))
    found = Message.objects.filter(template__startswith="refund_")
    assert found.count() == found.values("recipient", "template", "key").distinct().count()
    return set(found.values_list("recipient", "template"))


def test_a_payer_is_told_when_it_is_promised_and_when_it_is_sent(shop, payment):
    give_back(payment, shop)
    assert told() == {(ANNA, "refund_promised")}
    tasks.check_due(0)
    assert told() == {(ANNA, "refund_promised"), (ANNA, "refund_succeeded")}
    promised = Message.objects.get(template="refund_promised")
    assert "50.00" in promised.subject
    assert "March 9, 2026 and March 23, 2026" in promised.text
    assert "They write: Sorry" in promised.text
    assert promised.url.endswith(f"/pay/{payment.public_id}/")


def test_whoever_may_give_money_back_is_told_of_a_failure_and_so_is_the_payer(shop, payment, bank):
    give_back(payment, shop)
    bank.refuses = True
    told()
    tasks.check_due(0)
    assert told() == {
        (ANNA, "refund_promised"),
        (ANNA, "refund_failed"),
        (LIN, "refund_failed"),
        (WANG, "refund_failed"),
    }


def test_a_promise_that_has_failed_meanwhile_is_told_by_its_end(shop, payment, bank):
    give_back(payment, shop)
    bank.refuses = True
    tasks.check_due(0)
    assert (ANNA, "refund_promised") not in told()


def test_reviewers_but_for_whoever_asked_are_told_then_reminded_then_the_owner(
    shop, payment, frozen_clock
):
    lin = shop.memberships.get(role="owner").user
    refunds.set_rule(shop, "USD", "finance", Limits(review_from=1), by=lin)
    refund = give_back(payment, shop)
    assert told() == {(ANNA, "refund_promised"), (LIN, "refund_promised")}
    to_payer = Message.objects.get(recipient=ANNA)
    assert "still checking" in to_payer.text

    frozen_clock.advance(hours=20)
    tasks.watch_clocks(0)
    frozen_clock.advance(hours=4)
    tasks.watch_clocks(0)
    assert told() >= {(LIN, "refund_review_due"), (LIN, "refund_review_overdu")}
    assert (WANG, "refund_review_due") not in told()

    refunds.decline(refund, why="They kept it", by=lin)
    assert (WANG, "refund_failed") in told()
    declined = Message.objects.get(recipient=WANG, template="refund_failed")
    assert "They kept it" in declined.text


def test_a_payer_gets_the_page_for_the_account_and_only_the_one_that_counts(
    shop, payment, bank, client
):
    lin = shop.memberships.get(role="owner").user
    refund = give_back(payment, shop)
    bank.is_short = True
    tasks.check_due(0)
    assert told() == {
        (ANNA, "refund_promised"),
        (LIN, "refund_queued"),
        (WANG, "refund_queued"),
    }
    refunds.reroute(Refund.objects.get(), by=lin)
    refunds.renew_claim(Refund.objects.get(), by=lin)
    told()
    mail = Message.objects.get(template="refund_claim_opened")
    claim = queries.live_claim(refund)
    assert claim
    assert mail.url.endswith(f"/claim/{queries.claim_token(claim)}/")
    refunds.fill_claim(claim, BankAccount("Anna", "DE", "DE89370400440532013000"))
    assert {(LIN, "refund_claim_filled"), (WANG, "refund_claim_filled")} <= told()
    assert not Message.objects.filter(text__contains="DE89").exists()


def test_where_it_can_go_to_a_wallet_the_payer_is_told_so_and_then_that_it_is_there(
    shop, payment, bank
):
    lin = shop.memberships.get(role="owner")
    reconciliation.record_settlement(lin, "till", FIFTY, arrived_on=clock.now().date())
    banks.wallet(shop)
    give_back(payment, shop)
    bank.is_short = True
    tasks.check_due(0)
    refund = refunds.reroute(Refund.objects.get(), by=lin.user)
    told()
    mail = Message.objects.get(template="refund_claim_opened")
    assert "take it into your Sleek wallet" in mail.text
    claim = queries.live_claim(refund)
    assert claim
    hers = people.merchant("Anna Tea", "tea@example.com").memberships.get()
    refunds.take_to_wallet(claim, by=hers)
    assert {(ANNA, "refund_succeeded"), (LIN, "refund_succeeded"), (WANG, "refund_succeeded")} <= (
        told()
    )
    mail = Message.objects.get(recipient=ANNA, template="refund_succeeded")
    assert "in your Sleek wallet since March 2, 2026" in mail.text
    assert "between" not in mail.text
    mail = Message.objects.get(recipient=LIN, template="refund_succeeded")
    assert "款项已到钱包，您无需再转账" in mail.text


def test_while_it_has_not_arrived_no_wallet_is_spoken_of(shop, payment, bank):
    banks.wallet(shop)
    give_back(payment, shop)
    bank.is_short = True
    tasks.check_due(0)
    refunds.reroute(Refund.objects.get(), by=shop.memberships.get(role="owner").user)
    told()
    mail = Message.objects.get(template="refund_claim_opened")
    assert "transfers it to your bank account" in mail.text
    assert "wallet" not in mail.text


def test_while_it_is_not_known_where_to_no_day_is_promised(shop, bank):
    lin = shop.memberships.get(role="owner").user
    attempt = banks.transfer(people.payment(shop, FIFTY), banks.account(shop))
    payments.arrive(attempt, FIFTY, reference="B1", payer="Anna", at=clock.now())
    payments.note_payer(attempt.payment, Answers(name="Anna", email=ANNA))
    payment = Payment.objects.get()
    refunds.promise(payment, FIFTY, reason=RefundReason.GOODWILL, note="Sorry", by=lin)
    assert told() == {(ANNA, "refund_claim_opened")}
    asked = Message.objects.get(template="refund_claim_opened")
    assert "until March 16, 2026, 17:00 (GMT+08:00)." in asked.text
    assert "They write: Sorry" in asked.text


def test_a_late_refund_is_told_to_all(shop, payment, bank, frozen_clock):
    give_back(payment, shop)
    bank.is_down = True
    frozen_clock.advance(days=22)
    tasks.watch_clocks(0)
    late = {(who, "refund_late") for who in (ANNA, LIN, WANG)}
    assert late <= told()


def test_a_contradiction_is_for_the_merchant_alone(shop, payment):
    refund = give_back(payment, shop)
    refunds.apply_report(RefundReport(refund.public_id, Outcome.FAILED))
    refunds.apply_report(
        RefundReport(refund.public_id, Outcome.SUCCEEDED, Money(5000, "USD"), "R-1")
    )
    found = told()
    assert {(LIN, "refund_contradicted"), (WANG, "refund_contradicted")} <= found
    assert (ANNA, "refund_contradicted") not in found


def test_without_an_address_nobody_is_written_to(shop, bank):
    payment = paid(shop, bank)
    give_back(payment, shop)
    tasks.check_due(0)
    assert told() == set()


def test_a_payer_is_written_to_in_the_language_they_paid_in(shop, payment):
    Payment.objects.update(language="zh-hans")
    give_back(payment, shop)
    told()
    assert "2026年3月9日" in Message.objects.get(template="refund_promised").text
