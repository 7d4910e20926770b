"""Posting: one entry or many, once each, all or none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DataError, IntegrityError, transaction

from sleek.core import clock
from sleek.core.money import MAX_MINOR, Money
from sleek.ledger import actions as ledger
from sleek.ledger import queries, recipes
from sleek.ledger.actions import MAX_ENTRIES, InsufficientFunds
from sleek.ledger.models import Account, JournalEntry, Posting
from sleek.merchants.models import Merchant
from tests.conftest import FrozenClock
from tests.ledger.journal import account, entry, everything, paid, payment


def held(shop: Merchant, code: str) -> int:
    return queries.balance(shop.pk, code, "USD").minor


def test_a_payment_moves_from_the_channel_to_in_transit(shop: Merchant) -> None:
    assert held(shop, "clearing:till") == -1000
    assert held(shop, "in_transit") == 1000
    assert queries.verify() == []


def test_nothing_to_post_is_fine(shop: Merchant) -> None:
    assert ledger.post([]) == []


def test_postings_are_numbered_and_carry_the_balance_after_them(shop: Merchant) -> None:
    ledger.post([payment(shop, "pay_2", 30), payment(shop, "pay_3", 5)])
    rows = Posting.objects.filter(account=account(shop, "in_transit"))
    assert list(rows.order_by("sequence").values_list("sequence", "amount", "balance")) == [
        (1, 1000, 1000),
        (2, 30, 1030),
        (3, 5, 1035),
    ]


def test_outcomes_come_in_the_order_of_the_entries(shop: Merchant) -> None:
    (first,) = ledger.post([payment(shop, "pay_9", 10)])
    posted = ledger.post([payment(shop, s, 10) for s in ("pay_8", "pay_9", "pay_7", "pay_8")])
    ids = dict(JournalEntry.objects.values_list("subject", "pk"))
    assert [p.entry_id for p in posted] == [ids[s] for s in ("pay_8", "pay_9", "pay_7", "pay_8")]
    assert [p.is_new for p in posted] == [True, False, True, False]
    assert posted[1].entry_id == first.entry_id


def test_the_same_kind_and_subject_again_moves_nothing(shop: Merchant) -> None:
    before = everything()
    again = paid(shop, "pay_1", 1000)
    assert not again.is_new
    assert again.entry_id == JournalEntry.objects.get(subject="pay_1").pk
    assert everything() == before


def test_the_same_kind_and_subject_twice_in_a_batch_counts_once(shop: Merchant) -> None:
    first, second = ledger.post([payment(shop, "pay_2", 7), payment(shop, "pay_2", 7)])
    assert (first.is_new, second.is_new) == (True, False)
    assert first.entry_id == second.entry_id
    assert held(shop, "in_transit") == 1007


def test_another_kind_about_the_same_subject_is_another_entry(shop: Merchant) -> None:
    fee = recipes.channel_fee_charged("till", Money(30, "USD"))
    (posted,) = ledger.post([entry(shop, "channel_fee_charged", "pay_1", fee)])
    assert posted.is_new
    assert held(shop, "in_transit") == 970


def test_two_postings_on_one_account_in_one_entry(shop: Merchant) -> None:
    there_and_back = recipes.refund_promised("in_transit", Money(400, "USD"))
    there_and_back += recipes.refund_failed("in_transit", Money(400, "USD"))
    ledger.post([entry(shop, "there_and_back", "ref_1", there_and_back)])
    assert held(shop, "in_transit") == 1000
    assert account(shop, "in_transit").sequence == 3
    assert queries.verify() == []


def test_an_entry_over_two_currencies_balances_in_each(shop: Merchant) -> None:
    both = recipes.payment_succeeded("till", Money(100, "USD"))
    both += recipes.payment_succeeded("till", Money(700, "CNY"))
    ledger.post([entry(shop, "basket_paid", "pay_2", both)])
    assert held(shop, "in_transit") == 1100
    assert queries.balance(shop.pk, "in_transit", "CNY") == Money(700, "CNY")


def test_entries_of_several_merchants_in_one_batch(shop: Merchant) -> None:
    others = [Merchant.objects.create(name=f"Shop {n}") for n in range(300)]
    ledger.post([payment(other, f"pay_of_{other.pk}", other.pk) for other in reversed(others)])
    assert [held(other, "in_transit") for other in others] == [other.pk for other in others]
    assert queries.verify() == []


def test_a_whole_batch_of_the_greatest_size(shop: Merchant) -> None:
    posted = ledger.post([payment(shop, f"pay_b{n}", 1) for n in range(MAX_ENTRIES)])
    assert all(p.is_new for p in posted)
    assert held(shop, "in_transit") == 1000 + MAX_ENTRIES
    with pytest.raises(ValueError, match="at most"):
        ledger.post([payment(shop, f"pay_c{n}", 1) for n in range(MAX_ENTRIES + 1)])


def test_overdrawing_a_guarded_account_posts_nothing_of_the_batch(shop: Merchant) -> None:
    before = everything()
    refund = recipes.refund_promised("in_transit", Money(1011, "USD"))
    batch = [payment(shop, "pay_2", 10), entry(shop, "refund_promised", "ref_1", refund)]
    with pytest.raises(InsufficientFunds, match="not enough"), transaction.atomic():
        ledger.post(batch)
    assert everything() == before


def test_a_batch_may_not_spend_what_only_a_later_entry_brings(shop: Merchant) -> None:
    """Posted one by one it would be refused as well."""
    refund = recipes.refund_promised("in_transit", Money(1010, "USD"))
    batch = [entry(shop, "refund_promised", "ref_1", refund), payment(shop, "pay_2", 10)]
    with pytest.raises(InsufficientFunds), transaction.atomic():
        ledger.post(batch)
    ledger.post(batch[::-1])
    assert held(shop, "in_transit") == 0


def test_a_defect_in_a_recipe_is_no_lack_of_money(shop: Merchant) -> None:
    before = everything()
    lopsided = [("in_transit", Money(1, "USD")), ("clearing:till", Money(-2, "USD"))]
    with pytest.raises(IntegrityError, match="entry_is_balanced"), transaction.atomic():
        ledger.post([entry(shop, "lopsided", "x_1", lopsided)])
    with pytest.raises(IntegrityError, match="entry_has_two_sides"), transaction.atomic():
        ledger.post([entry(shop, "empty", "x_1", [])])
    assert everything() == before


def test_a_balance_beyond_what_the_database_holds_is_refused(shop: Merchant) -> None:
    most = Money(MAX_MINOR, "USD")
    huge = recipes.payment_succeeded("till", most) * 9300
    with pytest.raises(DataError, match="out of range"), transaction.atomic():
        ledger.post([entry(shop, "huge", "x_1", huge)])


def test_a_clock_that_was_set_back_does_not_turn_postings_around(
    shop: Merchant, frozen_clock: FrozenClock
) -> None:
    paid(shop, "pay_2", 10)
    latest = account(shop, "in_transit").posted_at
    frozen_clock.advance(hours=-1)
    paid(shop, "pay_3", 10)
    assert account(shop, "in_transit").posted_at == latest
    assert JournalEntry.objects.get(subject="pay_3").created_at == frozen_clock.now


def test_balances_at_past_moments(shop: Merchant) -> None:
    start = clock.now()
    for day, minor in enumerate([100, 20, 3], 1):
        with clock.frozen(start + timedelta(days=day)):
            paid(shop, f"pay_d{day}", minor)

    def at(**span: float) -> int:
        moment = start + timedelta(**span)
        return queries.balance_at(shop.pk, "in_transit", "USD", moment).minor

    assert [at(days=-1), at(hours=1), at(days=1), at(days=2.5), at(days=9)] == [
        *(0, 1000, 1100, 1120, 1123)
    ]


def test_balances_of_an_account_never_used(shop: Merchant) -> None:
    assert queries.balance(shop.pk, "available", "JPY") == Money(0, "JPY")
    assert queries.balance_at(shop.pk, "available", "JPY", clock.now()) == Money(0, "JPY")
    assert not Account.objects.filter(code="available").exists()


def test_a_statement_is_read_page_by_page(shop: Merchant) -> None:
    ledger.post([payment(shop, f"pay_s{n}", n) for n in range(1, 6)])
    in_transit = account(shop, "in_transit")
    first = queries.statement(in_transit, size=4)
    assert [p.entry.subject for p in first] == ["pay_s5", "pay_s4", "pay_s3", "pay_s2"]
    rest = queries.statement(in_transit, before=first[-1].sequence, size=4)
    assert [p.balance for p in rest] == [1001, 1000]
