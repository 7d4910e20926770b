"""What a link is good for now, and what a searcher may mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sleek.core.money import Money
from sleek.links import rules
from sleek.links.rules import LinkState, LinkStatus

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
    state = rules.state(status, expires_at=expires_at, is_paid=is_paid, now=NOW)

    assert state == expected


def test_fifty_means_fifty_of_every_currency_in_its_own_units():
    found = rules.amounts("50")

    assert {Money(5000, "USD"), Money(50, "JPY"), Money(50000, "KWD")} <= set(found)


def test_half_a_yen_is_no_amount_but_half_a_dollar_is():
    found = {amount.currency for amount in rules.amounts("0.5")}

    assert "USD" in found
    assert "JPY" not in found


def test_words_are_no_amount():
    assert rules.amounts("Sample fee") == []
