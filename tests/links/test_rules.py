"""What a link is good for now, and what a searcher may mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sleek.core.money import Money
from sleek.links import rules
from sleek.links.rules import AmountKind, Ask, Flaw, LinkState, LinkStatus, Wish, WishFlaw

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("status", "expires_at", "is_paid", "expected"),
    [
        (LinkStatus.ACTIVE, None, False, LinkState.ACTIVE),
        (LinkStatus.ACTIVE, LATER, False, LinkState.ACTIVE),
        (LinkStatus.ACTIVE, NOW, False, LinkState.EXPIRED),
        (LinkStatus.PAUSED, LATER, False, LinkState.PAUSED),
        (LinkStatus.PAUSED, EARLIER, False, LinkState.EXPIRED),
        (LinkStatus.PAUSED, EARLIER, True, LinkState.PAID),
    ],
)
def test_what_cannot_be_undone_is_named_first(status, expires_at, is_paid, expected):
    state = rules.state(status, expires_at=expires_at, is_paid=is_paid, is_used_up=False, now=NOW)

    assert state == expected


def test_a_link_put_away_says_so_before_it_says_used_up():
    def state(status: LinkStatus, *, is_paid: bool) -> LinkState:
        return rules.state(status, expires_at=EARLIER, is_paid=is_paid, is_used_up=True, now=NOW)

    assert state(LinkStatus.ARCHIVED, is_paid=True) == LinkState.PAID
    assert state(LinkStatus.ARCHIVED, is_paid=False) == LinkState.ARCHIVED
    assert state(LinkStatus.PAUSED, is_paid=False) == LinkState.USED_UP


FIXED = Ask(AmountKind.FIXED, "USD", amount=5000)
OPEN = Ask(AmountKind.OPEN, "JPY", amount=500, minimum=100, maximum=900)
PIECES = Ask(AmountKind.QUANTITY, "KWD", amount=1250, quantity_max=3)


@pytest.mark.parametrize(
    ("ask", "wish", "expected"),
    [
        (FIXED, Wish(), Money(5000, "USD")),
        (FIXED, Wish(amount=Money(1, "USD"), quantity=9), Money(5000, "USD")),
        (OPEN, Wish(), WishFlaw.AMOUNT_MISSING),
        (OPEN, Wish(amount=Money(500, "USD")), WishFlaw.AMOUNT_MISSING),
        (OPEN, Wish(amount=Money(99, "JPY")), WishFlaw.AMOUNT_BELOW),
        (OPEN, Wish(amount=Money(100, "JPY")), Money(100, "JPY")),
        (OPEN, Wish(amount=Money(900, "JPY")), Money(900, "JPY")),
        (OPEN, Wish(amount=Money(901, "JPY")), WishFlaw.AMOUNT_ABOVE),
        (PIECES, Wish(), WishFlaw.QUANTITY_MISSING),
        (PIECES, Wish(quantity=-1), WishFlaw.QUANTITY_MISSING),
        (PIECES, Wish(quantity=3, amount=Money(1, "KWD")), Money(3750, "KWD")),
        (PIECES, Wish(quantity=4), WishFlaw.QUANTITY_ABOVE),
    ],
)
def test_what_a_payer_chose_is_compared_with_the_link(ask, wish, expected):
    assert rules.total(ask, wish) == expected


@pytest.mark.parametrize(
    ("ask", "flaw"),
    [
        (Ask(AmountKind.OPEN, "USD"), Flaw.BOUNDS_MISSING),
        (Ask(AmountKind.OPEN, "USD", minimum=9, maximum=8), Flaw.BOUNDS_REVERSED),
        (Ask(AmountKind.OPEN, "USD", amount=7, minimum=8, maximum=9), Flaw.AMOUNT_OUT_OF_BOUNDS),
        (Ask(AmountKind.OPEN, "USD", minimum=1, maximum=10**9 + 1), Flaw.AMOUNT_TOO_LARGE),
        (Ask(AmountKind.QUANTITY, "USD", amount=500), Flaw.QUANTITY_MISSING),
        (Ask(AmountKind.QUANTITY, "USD", amount=1, quantity_max=10_001), Flaw.QUANTITY_TOO_LARGE),
        (Ask(AmountKind.QUANTITY, "USD", amount=10**9, quantity_max=2), Flaw.AMOUNT_TOO_LARGE),
    ],
)
def test_an_ask_that_cannot_be_paid_is_named(ask, flaw):
    assert rules.flaws(ask, "Sample fee") == [flaw]


def test_fifty_means_fifty_of_every_currency_in_its_own_units():
    found = rules.amounts("50")

    assert {Money(5000, "USD"), Money(50, "JPY"), Money(50000, "KWD")} <= set(found)


def test_half_a_yen_is_no_amount_but_half_a_dollar_is():
    found = {amount.currency for amount in rules.amounts("0.5")}

    assert "USD" in found
    assert "JPY" not in found


def test_words_are_no_amount():
    assert rules.amounts("Sample fee") == []
