"""Which money is available when a channel pays out, or when frozen money is let go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sleek.core.money import Money
from sleek.ledger.rules import arriving, thawing

minors = st.integers(0, 10_000)


def dollars(minor: int) -> Money:
    return Money(minor, "USD")


def freed(amount: int, in_transit: int, at_channels: int) -> int:
    money = arriving(
        dollars(amount), in_transit=dollars(in_transit), at_channels=dollars(at_channels)
    )
    return money.minor


def test_the_merchants_own_money_arrives_before_what_is_frozen() -> None:
    assert freed(4000, 7000, 10_000) == 4000
    assert freed(9000, 7000, 10_000) == 7000


def test_what_was_refunded_out_of_the_available_never_stays_in_transit() -> None:
    """The channel held 100, took a refund of 30 that available money paid, and pays out 70."""
    assert freed(70, 100, 70) == 100


@given(minors, minors, minors)
def test_never_more_than_there_was_and_never_more_left_than_the_channels_hold(
    amount: int, in_transit: int, at_channels: int
) -> None:
    available = freed(amount, in_transit, at_channels)
    assert 0 <= available <= in_transit
    assert in_transit - available <= max(at_channels - amount, 0) or available == in_transit


@given(minors, minors, minors)
def test_thawed_money_is_in_transit_only_as_far_as_channels_hold_it(
    amount: int, in_transit: int, at_channels: int
) -> None:
    behind = thawing(
        dollars(amount), in_transit=dollars(in_transit), at_channels=dollars(at_channels)
    ).minor
    assert 0 <= behind <= amount
    assert behind == 0 or in_transit + behind <= at_channels
