"""From one wallet to another: both books at once or neither, and never out of nothing."""

from __future__ import annotations

import threading

import pytest
from django.db import connection as database

from sleek.audit.models import Record
from sleek.channels.models import Connection
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger import actions as ledger
from sleek.ledger import recipes
from sleek.ledger.actions import Entry, InsufficientFunds
from sleek.ledger.queries import at_channels, verify
from sleek.merchants.models import Membership, Merchant, Role
from sleek.payments import actions as payments
from sleek.payments.actions import Visit
from sleek.payments.models import Attempt
from sleek.stock import actions as stock
from tests import banks, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")


@pytest.fixture
def wallet(db: None, bank: Bank, frozen_clock: FrozenClock) -> Connection:
    return banks.wallet(people.merchant())


@pytest.fixture
def shop(wallet: Connection) -> Merchant:
    assert wallet.merchant
    return wallet.merchant


@pytest.fixture
def buyer(wallet: Connection) -> Membership:
    """Anna, whose own shop has 80 dollars."""
    hers = people.merchant("Anna Tea", "anna@example.com")
    banks.fill(hers, Money(8000, "USD"))
    return hers.memberships.get()


def asked(shop: Merchant, wallet: Connection) -> Attempt:
    return banks.from_wallet(people.payment(shop, FIFTY), wallet)


def between_wallets() -> int:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(balance), 0) FROM ledger_account WHERE code = 'clearing:balance'"
        )
        return int(cursor.fetchone()[0])


def test_it_moves_at_once_in_both_books(
    shop: Merchant, wallet: Connection, buyer: Membership
) -> None:
    attempt = payments.pay_from_balance(asked(shop, wallet), buyer)
    assert (attempt.payment.status, attempt.payer, attempt.paid_by_id) == (
        "succeeded",
        "Anna Tea",
        buyer.merchant_id,
    )
    assert banks.books(shop) == {"available": 5000, "clearing:balance": -5000}
    assert banks.books(buyer.merchant) == {
        "available": 3000,
        "bank": -8000,
        "clearing:balance": 5000,
    }
    assert between_wallets() == 0
    assert verify() == []


def test_other_wallets_are_no_channel_that_will_pay_out(
    shop: Merchant, wallet: Connection, buyer: Membership
) -> None:
    payments.pay_from_balance(asked(shop, wallet), buyer)
    for merchant in (shop, buyer.merchant):
        assert at_channels(merchant.pk, "USD") == Money(0, "USD")


def test_the_payers_people_read_what_it_was_for(
    shop: Merchant, wallet: Connection, buyer: Membership
) -> None:
    attempt = payments.pay_from_balance(asked(shop, wallet), buyer)
    told = Event.objects.get(kind="balance.paid")
    assert (told.merchant_id, told.subject) == (buyer.merchant_id, attempt.public_id)
    assert told.data == {
        "payee": "Lin Ceramics",
        "description": "样品费 Sample fee",
        "payment": attempt.payment.public_id,
        "amount": 5000,
        "currency": "USD",
    }
    assert Record.objects.get(action="balance.paid").actor == buyer.user.public_id


def test_sent_twice_it_pays_once(shop: Merchant, wallet: Connection, buyer: Membership) -> None:
    attempt = asked(shop, wallet)
    for _ in range(2):
        payments.pay_from_balance(attempt, buyer)
    assert people.held(buyer.merchant, "available") == 3000
    assert Event.objects.filter(kind="balance.paid").count() == 1


def test_too_little_is_refused_and_nothing_moves(
    shop: Merchant, wallet: Connection, buyer: Membership
) -> None:
    attempt = banks.from_wallet(people.payment(shop, Money(8001, "USD")), wallet)
    with pytest.raises(InsufficientFunds, match=r"80\.00 USD"):
        payments.pay_from_balance(attempt, buyer)
    assert banks.books(shop) == {}
    assert banks.books(buyer.merchant) == {"available": 8000, "bank": -8000}
    assert (banks.again(attempt).status, banks.again(attempt).paid_by_id) == (
        "requires_action",
        None,
    )
    assert Event.objects.filter(kind="balance.paid").count() == 0


def test_a_wallet_never_pays_itself(shop: Merchant, wallet: Connection) -> None:
    banks.fill(shop, Money(8000, "USD"))
    with pytest.raises(payments.WrongWallet):
        payments.pay_from_balance(asked(shop, wallet), shop.memberships.get())
    assert banks.books(shop) == {"available": 8000, "bank": -8000}


@pytest.mark.parametrize("role", [Role.SALES, Role.REVIEWER, Role.SUPPORT, Role.VIEWER])
def test_only_those_who_may_pay_from_a_wallet_do(
    shop: Merchant, wallet: Connection, buyer: Membership, role: Role
) -> None:
    buyer.role = role
    with pytest.raises(payments.WrongWallet):
        payments.pay_from_balance(asked(shop, wallet), buyer)
    assert people.held(buyer.merchant, "available") == 8000


def test_a_try_by_another_channel_or_past_its_end_takes_nothing(
    shop: Merchant, wallet: Connection, buyer: Membership, frozen_clock: FrozenClock
) -> None:
    by_bank = banks.transfer(people.payment(shop, FIFTY), banks.account(shop))
    over = asked(shop, wallet)
    frozen_clock.advance(hours=1)
    for attempt in (by_bank, over):
        with pytest.raises(payments.NotPayable):
            payments.pay_from_balance(attempt, buyer)
    assert people.held(buyer.merchant, "available") == 8000


def test_what_is_gone_is_not_paid_for(
    shop: Merchant, wallet: Connection, buyer: Membership
) -> None:
    link = people.link(shop, FIFTY, is_reusable=True)
    link.pieces = stock.create(shop, 1)
    link.save(update_fields=["pieces"])
    attempt = banks.from_wallet(payments.open_for_link(link, Visit(language="en")), wallet)
    stock.release(attempt.payment.public_id)
    stock.hold("pay_other", {link.pieces.pk: 1}, until=clock.now())
    with pytest.raises(payments.NotPayable):
        payments.pay_from_balance(attempt, buyer)
    assert banks.books(shop) == {}
    assert people.held(buyer.merchant, "available") == 8000


def test_a_refund_goes_back_to_the_wallet_that_paid(
    shop: Merchant, wallet: Connection, buyer: Membership
) -> None:
    attempt = payments.pay_from_balance(asked(shop, wallet), buyer)
    amount = Money(2000, "USD")
    back = payments.give_back_to_balance(attempt, amount, "ref_1")
    promised = recipes.refund_promised("available", amount)
    paid, now = recipes.refund_succeeded("balance", amount), clock.now()
    theirs = [
        Entry(shop.pk, "refund_promised", "ref_1", promised, now),
        Entry(shop.pk, "refund_succeeded", "ref_1", paid, now),
    ]
    ledger.post([*theirs, back])
    assert people.held(shop, "available") == 3000
    assert people.held(buyer.merchant, "available") == 5000
    assert between_wallets() == 0
    assert verify() == []


def test_what_came_otherwise_is_not_given_back_to_a_wallet(
    shop: Merchant, wallet: Connection
) -> None:
    with pytest.raises(ValueError, match="not paid from a wallet"):
        payments.give_back_to_balance(asked(shop, wallet), FIFTY, "ref_1")


def test_the_books_say_when_one_side_is_missing(shop: Merchant) -> None:
    banks.fill(shop, FIFTY)
    one_side = Entry(shop.pk, "balance_paid", "att_x", recipes.balance_paid(FIFTY), clock.now())
    ledger.post([one_side])
    assert [str(flaw) for flaw in verify()] == [
        "accounts clearing:balance in USD: what wallets paid and received is off by 5000"
    ]


def test_two_payments_at_once_never_spend_the_same_money(committed_db: str, bank: Bank) -> None:
    shop, hers = people.merchant(), people.merchant("Anna Tea", "anna@example.com")
    banks.fill(hers, Money(8000, "USD"))
    wallet = banks.wallet(shop)
    tries, outcomes = [asked(shop, wallet), asked(shop, wallet)], []
    gate = threading.Barrier(2)

    def pay(attempt: Attempt) -> None:
        buyer = hers.memberships.get()
        gate.wait()
        try:
            outcomes.append(payments.pay_from_balance(attempt, buyer).status)
        except InsufficientFunds:
            outcomes.append("refused")
        finally:
            database.close()

    threads = [threading.Thread(target=pay, args=(attempt,)) for attempt in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "succeeded"]
    assert people.held(hers, "available") == 3000
    assert verify() == []
