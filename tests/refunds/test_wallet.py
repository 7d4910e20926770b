"""A refund that its payer takes into a wallet here: at once, for good, and only out of money that
has arrived.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from sleek.audit.models import Record
from sleek.channels.base import Outcome, RefundReport
from sleek.channels.models import Connection
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.queries import behind, verify
from sleek.merchants.models import Membership, Merchant, Role, User
from sleek.payments import actions as payments
from sleek.reconciliation import actions as reconciliation
from sleek.refunds import actions as refunds
from sleek.refunds import queries, rules, tasks
from sleek.refunds.models import BankAccount, Claim, Refund
from sleek.refunds.rules import RefundReason, Route
from tests import banks, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank
from tests.refunds.conftest import FIFTY, paid

ASKED = RefundReason.REQUESTED
ANNA = BankAccount("Anna Berg", "DE", "DE89370400440532013000", "COBADEFF")
MONDAY = date(2026, 3, 2)
NOTHING = Money(0, "USD")


@pytest.fixture
def wallets(shop: Merchant) -> Connection:
    return banks.wallets()


@pytest.fixture
def anna(wallets: Connection) -> Membership:
    return people.merchant("Anna Tea", "anna@example.com").memberships.get()


def settle(shop: Merchant, amount: Money = FIFTY) -> None:
    owner = shop.memberships.get(role="owner")
    reconciliation.record_settlement(owner, "till", amount, arrived_on=MONDAY)


@pytest.fixture
def refund(shop: Merchant, bank: Bank, lin: User) -> Refund:
    """The provider has paid all out to the bank, and so has nothing to give back from."""
    payment = paid(shop, bank)
    settle(shop)
    return sent_to_bank(payment, bank, lin)


def sent_to_bank(payment, bank: Bank, lin: User) -> Refund:
    bank.is_short = True
    [refund] = refunds.promise(payment, FIFTY, reason=ASKED, by=lin)
    refunds.check(refund)
    return refunds.reroute(refund, by=lin)


def claim_of(refund: Refund) -> Claim:
    claim = queries.live_claim(refund)
    assert claim
    return claim


def test_it_is_in_the_wallet_at_once_and_in_both_books(shop, refund, anna):
    done = refunds.take_to_wallet(claim_of(refund), by=anna)

    refund.refresh_from_db()
    assert (refund.status, refund.route, refund.paid_to) == ("succeeded", "balance", anna.merchant)
    assert (refund.lands_from, refund.lands_by, done.is_in_wallet) == (MONDAY, MONDAY, True)
    assert banks.books(shop) == {"bank": -5000, "clearing:balance": 5000}
    assert banks.books(anna.merchant) == {"available": 5000, "clearing:balance": -5000}
    refund.attempt.payment.refresh_from_db()
    assert refund.attempt.payment.amount_refunded == 5000
    assert verify() == []


def test_both_sides_are_told_and_both_logs_name_who_took_it(shop, refund, anna):
    refunds.take_to_wallet(claim_of(refund), by=anna)

    told = Event.objects.get(kind="refund.succeeded")
    assert told.merchant_id == shop.pk
    assert (told.data["route"], told.data["wallet"]) == ("balance", "Anna Tea")
    assert not Event.objects.filter(kind="refund.claim_filled").exists()
    theirs = Event.objects.get(kind="balance.refunded")
    assert (theirs.merchant_id, theirs.subject) == (anna.merchant_id, refund.public_id)
    assert (theirs.data["payee"], theirs.data["amount"]) == ("Lin Ceramics", 5000)
    logged = Record.objects.filter(action="refund.taken_to_wallet", actor=anna.user.public_id)
    amount = {"amount": 5000, "currency": "USD"}
    assert dict(logged.values_list("scope", "data")) == {
        shop.public_id: amount | {"wallet": "Anna Tea"},
        anna.merchant.public_id: amount | {"payee": "Lin Ceramics"},
    }
    assert queries.wallet_name(refund) == "Anna Tea"


def test_sent_twice_it_moves_once(refund, anna):
    claim = claim_of(refund)
    for _ in range(2):
        refunds.take_to_wallet(claim, by=anna)
    assert people.held(anna.merchant, "available") == 5000
    assert Event.objects.filter(kind="refund.succeeded").count() == 1


def test_only_one_wallet_has_it(refund, anna):
    other = people.merchant("Chen Tea", "chen@example.com").memberships.get()
    claim = claim_of(refund)
    refunds.take_to_wallet(claim, by=anna)
    with pytest.raises(refunds.ClaimClosed):
        refunds.take_to_wallet(claim, by=other)
    assert people.held(other.merchant, "available") == 0


def test_after_a_bank_account_no_wallet_and_after_a_wallet_no_bank_account(shop, bank, lin, anna):
    payments_made = [paid(shop, bank), paid(shop, bank)]
    settle(shop, Money(10000, "USD"))
    one, two = (sent_to_bank(payment, bank, lin) for payment in payments_made)
    refunds.fill_claim(claim_of(one), ANNA)
    with pytest.raises(refunds.ClaimClosed):
        refunds.take_to_wallet(claim_of(one), by=anna)
    refunds.take_to_wallet(claim_of(two), by=anna)
    with pytest.raises(refunds.ClaimClosed):
        refunds.fill_claim(claim_of(two), ANNA)
    assert people.held(anna.merchant, "available") == 5000
    assert (claim_of(one).unseal(), claim_of(two).unseal()) == (ANNA, None)


@pytest.mark.parametrize("how", ["expired", "revoked", "renewed", "called_off", "channel_paid"])
def test_a_page_that_is_over_fills_no_wallet(shop, refund, anna, lin, how, frozen_clock):
    claim = claim_of(refund)
    match how:
        case "expired":
            frozen_clock.advance(days=14)
        case "revoked":
            refunds.revoke_claim(refund, by=lin)
        case "renewed":
            refunds.renew_claim(refund, by=lin)
        case "called_off":
            refunds.call_off(refund, by=lin)
        case "channel_paid":
            refunds.apply_report(RefundReport(refund.public_id, Outcome.SUCCEEDED, FIFTY))
    before = banks.books(shop)
    with pytest.raises(refunds.ClaimClosed):
        refunds.take_to_wallet(claim, by=anna)
    assert (banks.books(shop), banks.books(anna.merchant)) == (before, {})


def test_the_payees_own_wallet_is_none(shop, refund, wallets):
    with pytest.raises(payments.WrongWallet):
        refunds.take_to_wallet(claim_of(refund), by=shop.memberships.get(role="owner"))
    refund.refresh_from_db()
    assert (refund.status, refund.route) == ("pending", "bank")
    assert people.held(shop, "refunds:in_flight") == 5000


@pytest.mark.parametrize("role", [Role.SALES, Role.REVIEWER, Role.SUPPORT, Role.VIEWER])
def test_whoever_may_not_pay_from_a_wallet_takes_nothing_into_it(refund, anna, role):
    anna.role = role
    with pytest.raises(payments.WrongWallet):
        refunds.take_to_wallet(claim_of(refund), by=anna)
    assert banks.books(anna.merchant) == {}
    assert claim_of(refund).filled_at is None


def test_what_the_channel_still_holds_waits_until_it_has_arrived(shop, bank, lin, anna):
    refund = sent_to_bank(paid(shop, bank), bank, lin)
    assert (refund.shares, queries.may_go_to_wallet(refund)) == ({"in_transit": 5000}, False)
    with pytest.raises(refunds.NotRefundable, match="has not reached"):
        refunds.take_to_wallet(claim_of(refund), by=anna)
    assert (banks.books(anna.merchant), claim_of(refund).filled_at) == ({}, None)

    settle(shop)
    assert behind(shop.pk, "USD") == NOTHING
    refunds.take_to_wallet(claim_of(refund), by=anna)
    assert people.held(anna.merchant, "available") == 5000
    assert verify() == []


def test_other_money_that_has_arrived_covers_it(shop, bank, lin, anna):
    payment = paid(shop, bank)
    banks.fill(shop, FIFTY)
    refund = sent_to_bank(payment, bank, lin)
    refunds.take_to_wallet(claim_of(refund), by=anna)
    assert people.held(anna.merchant, "available") == 5000
    assert (people.held(shop, "in_transit"), people.held(shop, "available")) == (5000, 0)
    assert verify() == []


def test_a_part_that_has_not_arrived_keeps_all_of_it_back(shop, bank, lin, wallets):
    payment = paid(shop, bank)
    settle(shop, Money(4999, "USD"))
    refund = sent_to_bank(payment, bank, lin)
    assert refund.shares == {"in_transit": 1, "available": 4999}
    assert not queries.may_go_to_wallet(refund)


@pytest.mark.parametrize(
    ("taken", "held", "has_arrived"),
    [
        ({"available": 5}, 9, True),
        ({"in_transit": 5}, 1, False),
        ({"in_transit": 5}, 0, True),
        ({"in_transit": 1, "available": 4}, 1, False),
        ({"frozen": 5}, 1, False),
        ({"frozen": 5}, 0, True),
        ({"credits": 5}, 1, False),
        ({"credits": 5}, 0, True),
    ],
)
def test_what_channels_hold_beyond_what_is_in_transit_may_be_any_of_it(taken, held, has_arrived):
    assert rules.has_arrived(taken, behind=Money(held, "USD")) is has_arrived


def test_where_wallets_do_not_pay_each_other_it_goes_to_none(refund, anna, wallets):
    wallets.is_enabled = False
    wallets.save()
    with pytest.raises(refunds.NotRefundable):
        refunds.take_to_wallet(claim_of(refund), by=anna)
    assert banks.books(anna.merchant) == {}


def test_money_that_came_by_bank_twice_goes_to_a_wallet(shop, bank, anna):
    """It has arrived with its line, and stays frozen until then."""
    account, payment = banks.account(shop), people.payment(shop, FIFTY)
    attempt = banks.transfer(payment, account)
    for line in ("one", "two"):
        payments.arrive(attempt, FIFTY, reference=line, payer="Anna", at=attempt.created_at)
    refunds.follow(list(Event.objects.order_by("pk")))
    refund = Refund.objects.get()
    assert (refund.shares, refund.route) == ({"frozen": 5000}, "bank")
    refunds.take_to_wallet(claim_of(refund), by=anna)
    assert banks.books(shop) == {"available": 5000, "bank": -10000, "clearing:balance": 5000}
    assert people.held(anna.merchant, "available") == 5000
    assert verify() == []


def test_nothing_sends_it_back(shop, refund, anna, lin, bank, frozen_clock):
    refunds.take_to_wallet(claim_of(refund), by=anna)
    before = banks.books(shop)
    refunds.apply_report(RefundReport(refund.public_id, Outcome.FAILED))
    for act in (refunds.return_by_bank, refunds.call_off, refunds.renew_claim, refunds.reroute):
        with pytest.raises(refunds.NotRefundable):
            act(refund, by=lin)
    frozen_clock.advance(days=30)
    with pytest.raises(refunds.NotRefundable):
        refunds.report_missing(refund)
    tasks.watch_clocks(0)
    refund.refresh_from_db()
    assert (refund.status, refund.late_at, banks.books(shop)) == ("succeeded", None, before)
    assert people.held(anna.merchant, "available") == 5000


def test_a_channel_that_pays_after_all_is_told_and_not_booked(shop, refund, anna):
    refunds.take_to_wallet(claim_of(refund), by=anna)
    before = banks.books(shop)
    refunds.apply_report(RefundReport(refund.public_id, Outcome.SUCCEEDED, FIFTY, reference="R-1"))
    assert Event.objects.filter(kind="refund.contradicted").count() == 1
    assert banks.books(shop) == before


@pytest.mark.parametrize("is_taken", [True, False])
def test_a_channel_that_was_given_up_is_asked_once_when_it_speaks_of_it(
    bank, refund, anna, is_taken, frozen_clock
):
    if is_taken:
        refunds.take_to_wallet(claim_of(refund), by=anna)
    Refund.objects.update(check_at=frozen_clock.now)
    before = bank.count("fetch_refund")
    for _ in range(3):
        tasks.check_due(0)
    assert bank.count("fetch_refund") == before + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"route": Route.BALANCE},
        {"route": Route.BALANCE, "status": "succeeded"},
        {"route": Route.BALANCE, "status": "failed", "paid_to": 1},
        {"paid_to": 1},
    ],
)
def test_the_database_holds_no_wallet_that_was_half_filled(refund, anna, wrong):
    if "paid_to" in wrong:
        wrong = wrong | {"paid_to": anna.merchant}
    with pytest.raises(IntegrityError, match="stays_there"), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(**wrong)


def test_a_person_promises_nothing_to_a_wallet(shop, bank, lin):
    payment = paid(shop, bank)
    with pytest.raises(IntegrityError), transaction.atomic():
        refunds.promise(payment, FIFTY, reason=ASKED, by=lin, route=Route.BALANCE)
    assert people.held(shop, "refunds:in_flight") == 0


def test_a_refund_to_the_wallet_that_paid_is_there_at_once(
    shop, anna, wallets, frozen_clock: FrozenClock
):
    banks.fill(anna.merchant, FIFTY)
    attempt = banks.from_wallet(people.payment(shop, FIFTY), wallets)
    payments.pay_from_balance(attempt, anna)
    [refund] = refunds.promise(attempt.payment, FIFTY, reason=ASKED)
    assert not refund.is_in_wallet
    tasks.check_due(0)
    refund.refresh_from_db()
    assert (refund.status, refund.route, refund.paid_to, refund.is_in_wallet) == (
        "succeeded",
        "channel",
        None,
        True,
    )
    assert people.held(anna.merchant, "available") == 5000
