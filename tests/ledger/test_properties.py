"""What holds after any sequence of recipes."""

from __future__ import annotations

from random import Random

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sleek.core import ids
from sleek.core.money import Money
from sleek.ledger import actions as ledger
from sleek.ledger import queries, recipes
from sleek.ledger.actions import Entry, InsufficientFunds
from sleek.ledger.models import Account, Posting
from sleek.merchants.models import Merchant
from tests.ledger.journal import entry, everything

# The books of each example are a merchant's of their own, so examples do not disturb each other.
on_postgres = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
Move = tuple[str, recipes.Postings]

money = st.builds(Money, st.integers(1, 1000), st.sampled_from(["USD", "JPY", "KWD"]))
channels = st.sampled_from(["till", "post"])
buckets: st.SearchStrategy[recipes.Bucket] = st.sampled_from(["in_transit", "available", "frozen"])


def _arrived(given: tuple[str, Money]) -> Move:
    channel, amount = given
    return "settlement_arrived", recipes.settlement_arrived(channel, amount, amount)


def _named(recipe: object, *arguments: st.SearchStrategy[object]) -> st.SearchStrategy[Move]:
    name: str = recipe.__name__  # type: ignore[attr-defined]
    return st.tuples(st.just(name), st.builds(recipe, *arguments))  # type: ignore[arg-type]


moves = st.lists(
    st.one_of(
        _named(recipes.payment_succeeded, channels, money),
        _named(recipes.surplus_received, channels, money),
        _named(recipes.channel_fee_charged, channels, money),
        _named(recipes.refund_promised, buckets, money),
        _named(recipes.refund_succeeded, channels, money),
        _named(recipes.refund_failed, buckets, money),
        st.tuples(channels, money).map(_arrived),
        _named(recipes.payout_requested, money),
    ),
    max_size=12,
)


def entries_of(shop: Merchant, story: list[Move]) -> list[Entry]:
    return [entry(shop, kind, ids.new("x"), postings) for kind, postings in story]


def post_one_by_one(entries: list[Entry]) -> list[bool]:
    """Which of them the database took."""
    return [_is_taken([each]) for each in entries]


def _is_taken(batch: list[Entry]) -> bool:
    try:
        with transaction.atomic():
            ledger.post(batch)
    except InsufficientFunds:
        return False
    return True


def lines_of(shop: Merchant) -> list[tuple[object, ...]]:
    columns = ("account__code", "account__currency", "sequence", "amount", "balance")
    return sorted(Posting.objects.filter(account__merchant=shop).values_list(*columns))


@pytest.mark.usefixtures("db")
@on_postgres
@given(moves)
def test_what_all_accounts_hold_adds_up_to_nothing(story: list[Move]) -> None:
    shop = Merchant.objects.create(name="Lin Ceramics")
    post_one_by_one(entries_of(shop, story))
    totals = Account.objects.filter(merchant=shop).values("currency").annotate(sum=Sum("balance"))
    assert [total["sum"] for total in totals] == [0] * len(totals)
    guarded = Account.objects.filter(merchant=shop, is_guarded=True)
    assert all(account.balance >= 0 for account in guarded)
    assert queries.verify() == []


@pytest.mark.usefixtures("db")
@on_postgres
@given(moves)
def test_a_batch_does_what_its_entries_do_one_by_one(story: list[Move]) -> None:
    first = Merchant.objects.create(name="One by one")
    second = Merchant.objects.create(name="At once")
    taken = post_one_by_one(entries_of(first, story))
    before = everything()
    assert _is_taken(entries_of(second, story)) is all(taken)
    if not all(taken):
        assert everything() == before
        accepted = [move for move, is_taken in zip(story, taken, strict=True) if is_taken]
        ledger.post(entries_of(second, accepted))
    assert lines_of(first) == lines_of(second)


@pytest.mark.usefixtures("db")
@on_postgres
@given(moves, st.randoms(use_true_random=False))
def test_posting_anything_again_changes_nothing(story: list[Move], chance: Random) -> None:
    shop = Merchant.objects.create(name="Lin Ceramics")
    entries = entries_of(shop, story)
    taken = post_one_by_one(entries)
    before = everything()
    again = [each for each, is_taken in zip(entries, taken, strict=True) if is_taken]
    chance.shuffle(again)
    assert not any(posted.is_new for posted in ledger.post(again))
    assert everything() == before


@pytest.mark.usefixtures("db")
@on_postgres
@given(money, st.lists(st.integers(0, 50), min_size=1, max_size=5).filter(any))
def test_a_payment_refunded_in_parts_leaves_nothing(amount: Money, weights: list[int]) -> None:
    shop = Merchant.objects.create(name="Lin Ceramics")
    story: list[Move] = [("payment_succeeded", recipes.payment_succeeded("till", amount))]
    for part in filter(None, amount.split(weights)):
        story += [
            ("refund_promised", recipes.refund_promised("in_transit", part)),
            ("refund_succeeded", recipes.refund_succeeded("till", part)),
        ]
    assert all(post_one_by_one(entries_of(shop, story)))
    assert {account.balance for account in Account.objects.filter(merchant=shop)} == {0}
