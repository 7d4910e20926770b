"""Threads with connections of their own that really commit."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import psycopg
import pytest
from django.db import connection, transaction

from sleek.core.money import Money
from sleek.ledger import actions as ledger
from sleek.ledger import queries, recipes
from sleek.ledger.actions import Entry, InsufficientFunds, Posted
from sleek.ledger.models import Account, JournalEntry, Posting
from sleek.merchants.models import Merchant
from tests.ledger.journal import account, at_once, entry, paid

THREADS = 8


def withdrawal(shop: Merchant, minor: int, subject: str) -> Entry:
    return entry(shop, "payout_requested", subject, recipes.payout_requested(Money(minor, "USD")))


def settle(shop: Merchant, minor: int) -> None:
    coming = Money(minor, "USD")
    arrived = recipes.settlement_arrived("till", coming, coming)
    ledger.post([entry(shop, "settlement_arrived", f"set_{shop.pk}_{minor}", arrived)])


def test_threads_race_for_a_withdrawal_and_one_wins(real_shop: Merchant) -> None:
    settle(real_shop, 1000)
    wishes = [withdrawal(real_shop, 700, f"po_{n}") for n in range(THREADS)]
    outcomes = at_once([partial(ledger.post, [wish]) for wish in wishes])
    assert sum(isinstance(outcome, list) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, InsufficientFunds) for outcome in outcomes) == THREADS - 1
    assert queries.balance(real_shop.pk, "available", "USD") == Money(300, "USD")
    assert queries.verify() == []


def test_threads_post_the_same_entry_and_it_counts_once(real_shop: Merchant) -> None:
    outcomes = at_once([partial(paid, real_shop, "pay_2", 5)] * THREADS)
    posted = [outcome for outcome in outcomes if isinstance(outcome, Posted)]
    assert len(posted) == THREADS
    assert sorted(p.is_new for p in posted) == [False] * (THREADS - 1) + [True]
    assert len({p.entry_id for p in posted}) == 1
    assert queries.balance(real_shop.pk, "in_transit", "USD") == Money(1005, "USD")


def test_threads_open_the_first_accounts_of_a_merchant(committed_db: str) -> None:
    shop = Merchant.objects.create(name="New")
    subjects = [f"pay_{n}" for n in range(THREADS)]
    outcomes = at_once([partial(paid, shop, subject, 10) for subject in subjects])
    assert all(isinstance(outcome, Posted) for outcome in outcomes)
    assert Account.objects.filter(merchant=shop).count() == 2
    assert account(shop, "in_transit").sequence == THREADS
    assert queries.verify() == []


def test_random_posts_over_the_same_accounts_never_deadlock(
    committed_db: str, chance: random.Random
) -> None:
    shops = [Merchant.objects.create(name=f"Shop {n}") for n in range(3)]
    seeds = [chance.randrange(2**32) for _ in range(THREADS)]
    outcomes = at_once([partial(_post_at_random, shops, seed) for seed in seeds])
    assert [outcome for outcome in outcomes if isinstance(outcome, BaseException)] == []

    assert JournalEntry.objects.count() == sum(n for n in outcomes if isinstance(n, int))
    for book in Account.objects.all():
        numbers = Posting.objects.filter(account=book).order_by("sequence")
        assert list(numbers.values_list("sequence", flat=True)) == [*range(1, book.sequence + 1)]
    assert queries.verify() == []


def _post_at_random(shops: list[Merchant], seed: int) -> int:
    """Fifty transactions of one to four entries over all merchants, in any order; how many entries
    were new.
    """
    dice, count = random.Random(seed), 0
    for number in range(50):
        batch = []
        for part in range(dice.randint(1, 4)):
            subject = f"x_{seed}_{number}_{part}"
            currency = dice.choice(["USD", "EUR"])
            amount = Money(dice.randint(1, 900), currency)
            shop = dice.choice(shops)
            kind, postings = dice.choice(
                [
                    ("payment_succeeded", recipes.payment_succeeded("till", amount)),
                    ("surplus_received", recipes.surplus_received("post", amount)),
                    ("refund_promised", recipes.refund_promised("in_transit", amount)),
                    ("settlement_arrived", recipes.settlement_arrived("till", amount, amount)),
                ]
            )
            batch.append(entry(shop, kind, subject, postings))
        try:
            count += sum(posted.is_new for posted in ledger.post(batch))
        except InsufficientFunds:
            continue
    return count


def in_background(act: Callable[[], Posted]) -> Future[Posted]:
    def run() -> Posted:
        try:
            return act()
        finally:
            connection.close()

    thread = ThreadPoolExecutor(1)
    future = thread.submit(run)
    thread.shutdown(wait=False)
    return future


def until_somebody_waits(database: str) -> None:
    """For a lock that another session of this database holds."""
    waiting = """
        SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
    """
    with psycopg.connect(database, autocommit=True) as watch:
        for _ in range(1000):
            if watch.execute(waiting).rowcount:
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("first_one_commits", [True, False])
def test_another_merchants_entry_of_the_same_name_is_waited_for(
    real_shop: Merchant, committed_db: str, first_one_commits: bool
) -> None:
    """A public id is one merchant's, so this is a defect: the constraint refuses the second."""
    other = Merchant.objects.create(name="Wu Porcelain")
    with transaction.atomic():
        paid(real_shop, "pay_2", 5)
        second = in_background(partial(paid, other, "pay_2", 5))
        until_somebody_waits(committed_db)
        transaction.set_rollback(not first_one_commits)

    error = second.exception(timeout=20)
    held = [queries.balance(shop.pk, "in_transit", "USD").minor for shop in (real_shop, other)]
    if first_one_commits:
        assert "entry_is_posted_once" in str(error)
        assert held == [1005, 0]
    else:
        assert second.result().is_new
        assert held == [1000, 5]
    assert queries.verify() == []


@pytest.mark.parametrize("first_one_commits", [True, False])
def test_the_same_merchants_posts_take_turns(
    real_shop: Merchant, committed_db: str, first_one_commits: bool
) -> None:
    with transaction.atomic():
        first = paid(real_shop, "pay_2", 5)
        second = in_background(partial(paid, real_shop, "pay_2", 5))
        until_somebody_waits(committed_db)
        transaction.set_rollback(not first_one_commits)

    outcome = second.result(timeout=20)
    assert outcome.is_new is not first_one_commits
    assert (outcome.entry_id == first.entry_id) is first_one_commits
    assert queries.balance(real_shop.pk, "in_transit", "USD") == Money(1005, "USD")
    assert queries.verify() == []


def test_merchants_do_not_wait_for_each_other(real_shop: Merchant) -> None:
    other = Merchant.objects.create(name="Wu Porcelain")
    with transaction.atomic():
        paid(real_shop, "pay_2", 5)
        assert in_background(partial(paid, other, "pay_3", 5)).result(timeout=20).is_new
