"""What the database refuses by itself, shown with raw SQL; after a refusal nothing has moved."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from sleek.ledger import queries
from sleek.merchants.models import Merchant
from tests.ledger.journal import (
    LATER,
    ByHand,
    Line,
    account,
    everything,
    paid,
    refusal,
    refusal_of,
)


def test_an_honest_entry_by_hand_is_accepted(shop: Merchant) -> None:
    """So that the refusals below are for the one thing that each of them changes."""
    lines = [Line(account(shop, "clearing:till"), -500), Line(account(shop, "in_transit"), 500)]
    ByHand(shop, lines).post()
    assert queries.balance(shop.pk, "in_transit", "USD").minor == 1500
    assert queries.verify() == []


def test_an_unbalanced_entry(shop: Merchant) -> None:
    lines = [Line(account(shop, "clearing:till"), -500), Line(account(shop, "in_transit"), 501)]
    assert refusal(ByHand(shop, lines).post) == "entry_is_balanced"


def test_an_entry_that_balances_only_across_currencies(shop: Merchant) -> None:
    paid(shop, "pay_2", 1000, "EUR")
    lines = [
        Line(account(shop, "clearing:till", "EUR"), -500),
        Line(account(shop, "in_transit", "USD"), 500),
    ]
    assert refusal(ByHand(shop, lines).post) == "entry_is_balanced"


def test_an_entry_without_postings(shop: Merchant) -> None:
    assert refusal(ByHand(shop, [], size=2).post) == "entry_has_postings"


def test_an_entry_of_one_posting(shop: Merchant) -> None:
    lines = [Line(account(shop, "in_transit"), 500)]
    assert refusal(ByHand(shop, lines).post) == "entry_has_two_sides"


def test_an_entry_whose_size_is_not_the_number_of_its_postings(shop: Merchant) -> None:
    lines = [Line(account(shop, "clearing:till"), -500), Line(account(shop, "in_transit"), 500)]
    assert refusal(ByHand(shop, lines, size=3).post) == "entry_is_whole"


def test_a_posting_of_nothing(shop: Merchant) -> None:
    lines = [Line(account(shop, "clearing:till"), 0), Line(account(shop, "in_transit"), 0)]
    assert refusal(ByHand(shop, lines).post) == "posting_moves_something"


def test_a_balanced_pair_added_to_an_existing_entry(shop: Merchant) -> None:
    clearing, transit = account(shop, "clearing:till"), account(shop, "in_transit")
    statement = """
        WITH heads AS (
            UPDATE ledger_account
            SET sequence = 2, balance = balance + 500 * sign(balance), posted_at = %s
            WHERE id IN (%s, %s)
        ) INSERT INTO ledger_posting (account_id, sequence, entry_id, amount, balance, posted_at)
        SELECT account_id, 2, entry_id, 500 * sign(amount), balance + 500 * sign(amount), %s
        FROM ledger_posting
    """
    assert refusal_of(statement, [LATER, clearing.pk, transit.pk, LATER]) == "entry_is_whole"


def test_a_posting_without_an_entry(shop: Merchant) -> None:
    statement = """
        INSERT INTO ledger_posting (account_id, sequence, entry_id, amount, balance, posted_at)
        VALUES (%s, 2, 77, 1, 1001, %s)
    """
    in_transit = account(shop, "in_transit").pk
    assert refusal_of(statement, [in_transit, LATER]) == "posting_lies_in_its_books"


def test_a_posting_into_an_account_that_does_not_exist(shop: Merchant) -> None:
    nowhere = account(shop, "in_transit")
    nowhere.pk = 10**9
    lines = [Line(account(shop, "clearing:till"), -500), Line(nowhere, 500)]
    assert refusal(ByHand(shop, lines).post) == "posting_lies_in_its_books"


def test_a_posting_into_another_merchants_account(shop: Merchant) -> None:
    other = Merchant.objects.create(name="Wu Porcelain")
    paid(other, "pay_2", 1000)
    lines = [Line(account(shop, "clearing:till"), -500), Line(account(other, "in_transit"), 500)]
    assert refusal(ByHand(shop, lines).post) == "posting_lies_in_its_books"


def test_a_second_entry_of_the_same_kind_and_subject(shop: Merchant) -> None:
    clearing, transit = account(shop, "clearing:till"), account(shop, "in_transit")
    ByHand(shop, [Line(clearing, -500), Line(transit, 500)]).post()
    clearing.refresh_from_db()
    transit.refresh_from_db()
    again = ByHand(shop, [Line(clearing, -500), Line(transit, 500)], entry_id=10**9 + 1)
    assert refusal(again.post) == "entry_is_posted_once"


def test_a_negative_balance_on_a_guarded_account(shop: Merchant) -> None:
    lines = [Line(account(shop, "clearing:till"), 1001), Line(account(shop, "in_transit"), -1001)]
    assert refusal(ByHand(shop, lines).post) == "guarded_balance_is_not_negative"


def test_a_guarded_balance_that_is_negative_only_between_two_postings(shop: Merchant) -> None:
    clearing, transit = account(shop, "clearing:till"), account(shop, "in_transit")
    lines = [
        Line(transit, -1001, head_moves=False),
        Line(transit, 1001, sequence=3, balance=1000),
        Line(clearing, 1001, head_moves=False),
        Line(clearing, -1001, sequence=3, balance=-1000),
    ]
    assert refusal(ByHand(shop, lines).post) == "guarded_balance_is_not_negative"


def test_a_gap_in_the_sequence(shop: Merchant) -> None:
    lines = [
        Line(account(shop, "clearing:till"), -500),
        Line(account(shop, "in_transit"), 500, sequence=3),
    ]
    assert refusal(ByHand(shop, lines).post) == "posting_follows_predecessor"


def test_a_number_that_is_taken(shop: Merchant) -> None:
    lines = [
        Line(account(shop, "clearing:till"), -500),
        Line(account(shop, "in_transit"), 500, sequence=1),
    ]
    assert refusal(ByHand(shop, lines).post) == "ledger_posting_pkey"


def test_a_number_before_the_first(shop: Merchant) -> None:
    lines = [
        Line(account(shop, "clearing:till"), -500),
        Line(account(shop, "in_transit"), 500, sequence=-1),
    ]
    assert refusal(ByHand(shop, lines).post) == "sequence_starts_at_one"


def test_a_wrong_running_balance(shop: Merchant) -> None:
    lines = [
        Line(account(shop, "clearing:till"), -500),
        Line(account(shop, "in_transit"), 500, balance=1501),
    ]
    assert refusal(ByHand(shop, lines).post) == "posting_balance_runs_on"


def test_time_going_backwards(shop: Merchant) -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    lines = [
        Line(account(shop, "clearing:till"), -500),
        Line(account(shop, "in_transit"), 500, posted_at=past),
    ]
    assert refusal(ByHand(shop, lines).post) == "posting_time_runs_on"


def test_a_posting_whose_head_does_not_move(shop: Merchant) -> None:
    lines = [
        Line(account(shop, "clearing:till"), -500),
        Line(account(shop, "in_transit"), 500, head_moves=False),
    ]
    assert refusal(ByHand(shop, lines).post) == "head_is_last_posting"


@pytest.mark.parametrize(
    "change",
    [
        "balance = balance + 1",
        "sequence = sequence + 1",
        "sequence = 0, balance = 0, posted_at = NULL",
        "posted_at = posted_at + interval '1 s'",
    ],
)
def test_a_head_moved_without_a_posting(shop: Merchant, change: str) -> None:
    statement = f"UPDATE ledger_account SET {change} WHERE code = 'in_transit'"
    assert refusal_of(statement) == "head_is_last_posting"


def test_a_head_moved_back_to_an_earlier_posting(shop: Merchant) -> None:
    paid(shop, "pay_2", 500)
    statement = """
        UPDATE ledger_account a SET sequence = 1, balance = p.balance, posted_at = p.posted_at
        FROM ledger_posting p WHERE p.account_id = a.id AND p.sequence = 1 AND a.code = 'in_transit'
    """
    assert refusal_of(statement) == "head_is_last_posting"


def test_a_head_of_an_empty_account_that_claims_postings(shop: Merchant) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NEW_ACCOUNT, [shop.pk, 0, 0])
    statement = "UPDATE ledger_account SET sequence = 7 WHERE code = 'available'"
    assert refusal_of(statement) == "head_is_last_posting"


@pytest.mark.parametrize(("sequence", "balance"), [(0, 5000), (1, 0), (1, 5000)])
def test_an_account_born_with_money(shop: Merchant, sequence: int, balance: int) -> None:
    assert refusal_of(_NEW_ACCOUNT, [shop.pk, sequence, balance]) == "new_account_is_empty"


def test_a_second_account_of_the_same_name(shop: Merchant) -> None:
    statement = _NEW_ACCOUNT.replace("'available'", "'in_transit'")
    assert refusal_of(statement, [shop.pk, 0, 0]) == "account_is_unique"


_NEW_ACCOUNT = """
    INSERT INTO ledger_account (merchant_id, code, currency, is_guarded, sequence, balance)
    VALUES (%s, 'available', 'USD', true, %s, %s)
"""


@pytest.mark.parametrize(
    "change",
    [
        "merchant_id = merchant_id + 1",
        "code = 'bank'",
        "currency = 'JPY'",
        "is_guarded = false",
        "id = id + 100",
    ],
)
def test_an_account_that_becomes_another(shop: Merchant, change: str) -> None:
    statement = f"UPDATE ledger_account SET {change} WHERE code = 'in_transit'"
    assert refusal_of(statement) == "accounts_stay_what_they_are"


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE ledger_posting SET amount = amount * 2", "postings_are_append_only"),
        ("UPDATE ledger_journalentry SET subject = 'x'", "entries_are_append_only"),
        ("DELETE FROM ledger_posting", "postings_are_append_only"),
        ("DELETE FROM ledger_journalentry", "entries_are_append_only"),
        ("DELETE FROM ledger_account", "accounts_stay"),
        ("TRUNCATE ledger_posting", "postings_are_append_only"),
        ("TRUNCATE ledger_journalentry", "entries_are_append_only"),
        ("TRUNCATE ledger_account", "accounts_stay"),
        ("TRUNCATE ledger_posting CASCADE", "postings_are_append_only"),
        ("TRUNCATE ledger_journalentry CASCADE", "entries_are_append_only"),
        ("TRUNCATE ledger_account CASCADE", "accounts_stay"),
        ("TRUNCATE ledger_account, ledger_journalentry, ledger_posting", "accounts_stay"),
    ],
)
def test_change_deletion_and_truncation(shop: Merchant, statement: str, rule: str) -> None:
    assert refusal_of(statement) == rule


def test_truncating_merchants_with_all_that_hangs_on_them(shop: Merchant) -> None:
    """Whichever of them is asked first refuses for all."""
    stays = {
        "accounts_stay",
        "numbers_are_append_only",
        "papers_are_append_only",
        "receipts_are_append_only",
    }
    assert refusal_of("TRUNCATE merchants_merchant CASCADE") in stays


def test_even_a_change_that_would_touch_no_row(shop: Merchant) -> None:
    before = everything()
    assert refusal_of("DELETE FROM ledger_posting WHERE false") == "postings_are_append_only"
    assert everything() == before
