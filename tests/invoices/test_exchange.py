"""What money was worth at home, on issue and when it came."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.core.money import Money
from sleek.invoices.rules import Exchange, exchange, together

D = Decimal


def usd(minor: int, issued: str | None, paid: str | None, home: str = "CNY") -> Exchange:
    rates = [D(rate) if rate else None for rate in (issued, paid)]
    return exchange(Money(minor, "USD"), home, issue_rate=rates[0], payment_rate=rates[1])


@pytest.mark.parametrize(
    ("minor", "issued", "paid", "expected"),
    [
        (50000, "7.16", "7.22", ("3580.00", "3610.00", "30.00")),
        (50000, "7.22", "7.16", ("3610.00", "3580.00", "-30.00")),
        (50000, "7.16", "7.16", ("3580.00", "3580.00", "0.00")),
        (1, "7.5", "8.5", ("0.08", "0.08", "0.00")),  # half to even
        (0, "7.16", "7.22", ("0.00", "0.00", "0.00")),
    ],
)
def test_gain_and_loss(minor: int, issued: str, paid: str, expected: tuple[str, ...]) -> None:
    found = usd(minor, issued, paid)
    assert found.gain is not None
    told = (found.at_issue, found.at_payment, found.gain)
    assert tuple(str(each.decimal) for each in told if each is not None) == expected


def test_yen_have_no_hundredths() -> None:
    found = usd(50000, "150.25", "151.75", "JPY")
    assert (found.at_issue, found.gain) == (Money(75125, "JPY"), Money(750, "JPY"))


@pytest.mark.parametrize(("issued", "paid"), [(None, "7.22"), ("7.16", None), (None, None)])
def test_without_a_rate_nothing_is_said(issued: str | None, paid: str | None) -> None:
    assert usd(50000, issued, paid).gain is None


def test_more_than_can_be_held_is_not_told() -> None:
    assert usd(10**15, "999999999", "7").gain is None


def test_together_they_are_their_sum_or_unknown() -> None:
    one, two = usd(10000, "7.16", "7.22"), usd(20000, "7.16", "7.10")
    assert together([one, two]) == Exchange(Money(214800, "CNY"), Money(214200, "CNY"))
    assert together([one, usd(20000, "7.16", None)]).gain is None
    assert together([]).gain is None


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=8))
def test_the_gain_is_always_the_difference_of_what_is_shown(minors: list[int]) -> None:
    parts = [usd(minor, "7.1234567", "7.2345678") for minor in minors]
    whole = together(parts)
    gains = [part.gain.minor for part in parts if part.gain]
    assert whole.gain is not None
    assert whole.gain.minor == sum(gains)
