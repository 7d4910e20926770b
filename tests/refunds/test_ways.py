"""A provider that lacks balance, requests without an answer, and the way by bank: nobody is paid
twice.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from sleek.channels.base import Outcome, RefundReport
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.queries import verify
from sleek.payments import actions as payments
from sleek.refunds import actions as refunds
from sleek.refunds import queries, tasks
from sleek.refunds.models import BankAccount, Claim, Refund
from sleek.refunds.rules import RefundReason, Route
from tests import banks, people
from tests.fakes.channel import Bank, Till
from tests.refunds.conftest import FIFTY, books, paid

ASKED = RefundReason.REQUESTED
ANNA = BankAccount("Anna Berg", "DE", "DE89370400440532013000", "COBADEFF")


@pytest.fixture
def refund(shop, bank, lin) -> Refund:
    [refund] = refunds.promise(paid(shop, bank), FIFTY, reason=ASKED, by=lin)
    return refund


@pytest.fixture
def queued(refund: Refund, bank: Bank) -> Refund:
    bank.is_short = True
    tasks.check_due(0)
    refund.refresh_from_db()
    return refund


@pytest.fixture
def by_bank(queued, lin) -> Refund:
    refunds.reroute(queued, by=lin)
    return Refund.objects.get(pk=queued.pk)


def claim_of(refund: Refund) -> Claim:
    claim = queries.live_claim(refund)
    assert claim
    return claim


def kinds() -> list[str]:
    found = Event.objects.filter(kind__startswith="refund.").order_by("pk")
    return [kind.removeprefix("refund.") for kind in found.values_list("kind", flat=True)]


def test_a_short_balance_is_told_once_and_tried_hourly_then_daily(shop, bank, queued, frozen_clock):
    assert (queued.status, queued.is_queued) == ("pending", True)
    waits = []
    for _ in range(28):
        queued.refresh_from_db()
        waits.append((queued.check_at - frozen_clock.now).total_seconds() / 3600)
        frozen_clock.now = queued.check_at
        tasks.check_due(0)
    assert waits == [1] * 24 + [24] * 4
    assert kinds() == ["promised", "queued"]
    assert books(shop) == (0, 0, 5000, -5000)

    bank.is_short = False
    queued.refresh_from_db()
    frozen_clock.now = queued.check_at
    tasks.check_due(0)
    queued.refresh_from_db()
    assert (queued.status, queued.is_queued, books(shop)) == ("succeeded", False, (0, 0, 0, 0))


def test_a_queued_refund_goes_by_bank(shop, bank, by_bank, lin):
    claim = claim_of(by_bank)
    refunds.fill_claim(claim, ANNA)
    assert books(shop) == (0, 0, 5000, -5000)

    refunds.pay_claim(by_bank, reference="BOC-1", by=lin)
    refunds.pay_claim(by_bank, reference="BOC-1", by=lin)

    by_bank.refresh_from_db()
    assert (by_bank.status, by_bank.trace) == ("succeeded", "BOC-1")
    assert (books(shop), people.held(shop, "bank")) == ((0, 0, 0, -5000), 5000)
    assert bank.count("refund") == 1
    assert verify() == []


def test_a_request_without_an_answer_cannot_go_another_way(refund, bank, lin):
    """The provider may be giving it back at this moment."""
    bank.is_down = True
    tasks.check_due(0)
    refund.refresh_from_db()
    assert not refund.may_change_route
    for act in (refunds.reroute, refunds.call_off):
        with pytest.raises(refunds.NotRefundable):
            act(refund, by=lin)
    refund.refresh_from_db()
    assert (refund.status, refund.route) == ("pending", "channel")


def test_a_short_balance_is_not_believed_right_after_a_request_without_an_answer(
    refund, bank, lin, frozen_clock
):
    bank.is_down = True
    tasks.check_due(0)
    bank.is_down, bank.is_short = False, True
    frozen_clock.advance(seconds=15)
    tasks.check_due(0)
    refund.refresh_from_db()
    assert (refund.is_queued, refund.may_change_route) == (True, False)

    frozen_clock.advance(minutes=10)
    tasks.check_due(0)
    refund.refresh_from_db()
    assert refund.may_change_route


def test_a_refusal_right_after_a_request_without_an_answer_is_not_believed(
    shop, refund, bank, frozen_clock
):
    bank.is_down = True
    tasks.check_due(0)
    bank.is_down, bank.refuses = False, True
    frozen_clock.advance(seconds=15)
    tasks.check_due(0)
    refund.refresh_from_db()
    assert (refund.status, books(shop)) == ("pending", (0, 0, 5000, -5000))

    frozen_clock.advance(minutes=10)
    tasks.check_due(0)
    refund.refresh_from_db()
    assert (refund.status, books(shop)) == ("failed", (5000, 0, 0, -5000))


def test_a_question_that_is_refused_tells_nothing(shop, refund, bank, frozen_clock):
    """A wrong key must not make us believe that a refund under way has failed."""
    pending = RefundReport(refund.public_id, Outcome.PENDING, reference="R-1")
    refunds.apply_report(pending)
    bank.refuses = True
    frozen_clock.advance(days=1)
    tasks.check_due(0)
    refund.refresh_from_db()
    assert (refund.status, books(shop)) == ("pending", (0, 0, 5000, -5000))


def test_before_the_way_changes_the_provider_is_asked_once_more(shop, queued, bank, lin):
    """It had paid after all, and nobody had told us yet."""
    done = RefundReport(queued.public_id, Outcome.SUCCEEDED, FIFTY, reference="R-late")
    bank.refunds[queued.public_id] = done
    with pytest.raises(refunds.NotRefundable):
        refunds.reroute(queued, by=lin)
    queued.refresh_from_db()
    assert (queued.status, queued.route) == ("succeeded", "channel")
    assert books(shop) == (0, 0, 0, 0)


def test_the_way_does_not_change_while_the_provider_does_not_answer(queued, bank, lin):
    bank.is_down = True
    with pytest.raises(refunds.NotRefundable, match="does not answer"):
        refunds.reroute(queued, by=lin)
    queued.refresh_from_db()
    assert queued.route == "channel"


def test_what_the_provider_keeps_until_it_has_the_money_stays_there(refund, lin):
    kept = RefundReport(refund.public_id, Outcome.PENDING, reference="R-1", is_short=True)
    refund = refunds.apply_report(kept)
    assert (refund.is_queued, refund.may_change_route) == (True, False)
    with pytest.raises(refunds.NotRefundable):
        refunds.reroute(refund, by=lin)


def test_a_refund_by_bank_is_never_sent_to_the_channel_again(by_bank, bank, frozen_clock):
    bank.is_short = False
    for _ in range(3):
        Refund.objects.update(check_at=frozen_clock.now)
        tasks.check_due(0)
    assert bank.count("refund") == 1
    by_bank.refresh_from_db()
    assert (by_bank.status, by_bank.route) == ("pending", "bank")


def test_a_channel_that_pays_after_all_closes_the_payers_page(shop, by_bank, lin):
    claim = claim_of(by_bank)
    refunds.apply_report(RefundReport(by_bank.public_id, Outcome.SUCCEEDED, FIFTY, reference="R-1"))
    by_bank.refresh_from_db()
    assert (by_bank.status, by_bank.route, books(shop)) == ("succeeded", "channel", (0, 0, 0, 0))
    with pytest.raises(refunds.ClaimClosed):
        refunds.fill_claim(claim, ANNA)
    with pytest.raises(refunds.NotRefundable):
        refunds.return_by_bank(by_bank, by=lin)


def test_a_channel_that_pays_what_went_by_bank_is_told_and_not_booked(shop, by_bank, lin):
    refunds.fill_claim(claim_of(by_bank), ANNA)
    refunds.pay_claim(by_bank, reference="BOC-1", by=lin)
    before = books(shop)
    for _ in range(3):
        report = RefundReport(by_bank.public_id, Outcome.SUCCEEDED, FIFTY, reference="R-1")
        refunds.apply_report(report)
    assert kinds().count("contradicted") == 1
    assert books(shop) == before


def test_a_success_after_a_failure_is_told_and_not_booked(shop, refund):
    done = RefundReport(refund.public_id, Outcome.SUCCEEDED, FIFTY, reference="R-1")
    refunds.apply_report(replace(done, outcome=Outcome.FAILED))
    refunds.apply_report(done)
    refund.refresh_from_db()
    assert (refund.status, kinds()[-1]) == ("failed", "contradicted")
    assert books(shop) == (5000, 0, 0, -5000)


def test_a_claim_is_answered_once(by_bank):
    claim = claim_of(by_bank)
    refunds.fill_claim(claim, ANNA)
    with pytest.raises(refunds.ClaimClosed):
        refunds.fill_claim(claim, replace(ANNA, account="GB29NWBK60161331926819"))
    claim.refresh_from_db()
    assert claim.unseal() == ANNA
    assert b"DE89" not in bytes(claim.details)


@pytest.mark.parametrize("how", ["expired", "revoked", "renewed", "called_off"])
def test_a_claim_that_is_over_takes_nothing(by_bank, lin, how, frozen_clock):
    claim = claim_of(by_bank)
    match how:
        case "expired":
            frozen_clock.advance(days=14)
        case "revoked":
            refunds.revoke_claim(by_bank, by=lin)
        case "renewed":
            refunds.renew_claim(by_bank, by=lin)
        case "called_off":
            refunds.call_off(by_bank, by=lin)
    with pytest.raises(refunds.ClaimClosed):
        refunds.fill_claim(claim, ANNA)
    claim.refresh_from_db()
    assert claim.filled_at is None


def test_what_was_entered_before_asking_again_cannot_be_paid(by_bank, lin):
    refunds.fill_claim(claim_of(by_bank), ANNA)
    refunds.renew_claim(by_bank, by=lin)
    with pytest.raises(refunds.NotRefundable):
        refunds.pay_claim(by_bank, reference="BOC-1", by=lin)


def test_a_changed_address_opens_no_claim(by_bank):
    claim = claim_of(by_bank)
    token = queries.claim_token(claim)
    assert queries.claim_by(token) == claim
    for wrong in (token[:-1], token + "a", claim.public_id, "x:y", ""):
        assert queries.claim_by(wrong) is None


def test_a_transfer_that_came_back_is_available_again(shop, by_bank, lin):
    refunds.fill_claim(claim_of(by_bank), ANNA)
    refunds.pay_claim(by_bank, reference="BOC-1", by=lin)
    refunds.return_by_bank(by_bank, by=lin)
    payment = by_bank.attempt.payment
    payment.refresh_from_db()
    assert (payment.amount_refunded, books(shop)) == (0, (0, 5000, 0, -5000))
    assert people.held(shop, "bank") == 0
    assert verify() == []


def test_what_goes_by_bank_is_paid_out_of_what_has_arrived(shop, queued, lin):
    banks.fill(shop, FIFTY)
    assert (books(shop), queued.shares) == ((0, 5000, 5000, -5000), {"in_transit": 5000})

    refund = refunds.reroute(queued, by=lin)

    assert (books(shop), refund.shares) == ((5000, 0, 5000, -5000), {"available": 5000})
    refunds.call_off(refund, by=lin)
    assert books(shop) == (5000, 5000, 0, -5000)
    assert verify() == []


def test_what_has_arrived_covers_it_whole_or_stays(shop, queued, lin):
    banks.fill(shop, Money(4999, "USD"))
    refund = refunds.reroute(queued, by=lin)
    assert (books(shop), refund.shares) == ((0, 4999, 5000, -5000), {"in_transit": 5000})


def test_what_goes_by_bank_from_the_start_leaves_what_is_in_transit(shop, bank, lin):
    paid(shop, bank)
    account = banks.account(shop)
    attempt = banks.transfer(people.payment(shop, FIFTY), account)
    payments.arrive(attempt, FIFTY, reference="one", payer="Anna", at=attempt.created_at)
    [refund] = refunds.promise(attempt.payment, FIFTY, reason=ASKED, by=lin)
    assert (refund.route, refund.shares) == ("bank", {"available": 5000})
    assert books(shop) == (5000, 0, 5000, -5000)


def test_after_a_failure_it_can_go_by_bank(shop, bank, refund, lin):
    bank.refuses = True
    tasks.check_due(0)
    payment = refund.attempt.payment
    [again] = refunds.promise(payment, FIFTY, reason=ASKED, by=lin, route=Route.BANK)
    assert (again.status, again.check_at, queries.live_claim(again) is not None) == (
        "pending",
        None,
        True,
    )
    assert books(shop) == (0, 0, 5000, -5000)


def test_a_channel_that_cannot_give_back_goes_by_bank_from_the_start(shop, bank, lin, monkeypatch):
    one_way = replace(Till.capabilities, gives_back=False)
    monkeypatch.setattr(Till, "capabilities", one_way)
    payment = people.payment(shop, FIFTY)
    first, second = people.attempt(payment), people.attempt(payment, people.qr(shop))
    for attempt in (first, second):
        payments.apply_reports([bank.pay(attempt.public_id)])
    refunds.follow(list(Event.objects.order_by("pk")))
    [refund] = refunds.promise(payment, FIFTY, reason=ASKED, by=lin)
    surplus = second.refunds.get()
    assert {refund.route, surplus.route} == {"bank"}

    for each in (refund, surplus):
        refunds.fill_claim(claim_of(each), ANNA)
        refunds.pay_claim(each, reference="BOC-1", by=lin)
    tasks.check_due(0)

    assert bank.count("refund") == 0
    assert (people.held(shop, "frozen"), people.held(shop, "bank")) == (0, 10000)
    assert verify() == []


def test_an_amount_unlike_ours_is_no_success(refund):
    report = RefundReport(refund.public_id, Outcome.SUCCEEDED, Money(1, "USD"))
    assert refunds.apply_report(report).status == "pending"
