from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.core import money
from sleek.core.money import MAX_MINOR, CurrencyMismatch, InvalidAmount, Money

CURRENCIES = st.sampled_from(["CNY", "EUR", "JPY", "KWD", "USD", "CLF"])
AMOUNTS = st.builds(Money, st.integers(-MAX_MINOR, MAX_MINOR), CURRENCIES)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("50", "CNY", 5000),
        ("50.00", "CNY", 5000),
        (" 0.01 ", "EUR", 1),
        (".5", "EUR", 50),
        ("+5.", "EUR", 500),
        ("-0", "JPY", 0),
        ("0.50" + "0" * 36, "USD", 50),
        ("-3.50", "USD", -350),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("1.0000", "CLF", 10000),
    ],
)
def test_an_amount_is_read_with_its_currencys_decimals(text: str, currency: str, minor: int):
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("0.001", "CNY"),
        ("1.5", "JPY"),
        ("1.2345", "KWD"),
        ("1e3", "USD"),
        ("1_000", "USD"),
        ("1,000", "USD"),
        ("NaN", "USD"),
        ("Infinity", "USD"),
        ("", "USD"),
        ("５ dollars", "USD"),
        ("٣", "USD"),
        (".", "USD"),
        ("-", "USD"),
        ("9" * 30, "USD"),
        ("1.00" + "0" * 34 + "1", "USD"),
        ("1" + "0" * 30 + ".001", "USD"),
        ("0.00" + "0" * 40 + "1", "USD"),
        ("0" * 41, "USD"),
        ("9" * 10_000, "USD"),
        ("1", "XYZ"),
        ("1", "XAU"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, currency: str):
    with pytest.raises(InvalidAmount):
        Money.parse(text, currency)


@pytest.mark.parametrize("minor", [1.0, Decimal(1), True, "1", None])
def test_nothing_but_a_whole_number_enters(minor: object):
    with pytest.raises(TypeError):
        Money(minor, "EUR")  # type: ignore[arg-type]


def test_an_amount_beyond_the_limit_is_refused():
    assert Money(MAX_MINOR, "EUR").minor == MAX_MINOR
    with pytest.raises(InvalidAmount):
        Money(MAX_MINOR + 1, "EUR")
    with pytest.raises(InvalidAmount):
        Money(MAX_MINOR, "EUR") + Money(1, "EUR")


@pytest.mark.parametrize(
    "mix",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a <= b,
        lambda a, b: a > b,
        lambda a, b: a >= b,
    ],
)
def test_currencies_do_not_mix(mix):
    with pytest.raises(CurrencyMismatch):
        mix(Money(1, "EUR"), Money(1, "USD"))


def test_equal_numbers_of_different_currencies_are_different_money():
    assert Money(1, "EUR") != Money(1, "USD")


@pytest.mark.parametrize(("currency", "digits"), [("JPY", 0), ("CNY", 2), ("KWD", 3), ("CLF", 4)])
def test_decimals_come_from_iso_4217(currency: str, digits: int):
    assert money.exponent(currency) == digits


@given(AMOUNTS)
def test_what_is_written_reads_back(amount: Money):
    text, _, currency = str(amount).partition(" ")
    assert Money.parse(text, currency) == amount


@given(AMOUNTS, st.lists(st.integers(0, 10_000), min_size=1, max_size=20).filter(any))
def test_a_split_adds_up_and_is_fair_to_one_minor_unit(amount: Money, weights: list[int]):
    parts = amount.split(weights)

    assert sum(part.minor for part in parts) == amount.minor
    for part, weight in zip(parts, weights, strict=True):
        exact = Decimal(amount.minor) * weight / sum(weights)
        assert abs(part.minor - exact) <= 1
        assert weight or not part.minor


@given(st.data(), st.lists(st.integers(0, 10_000), min_size=1, max_size=20).filter(any))
def test_a_split_by_what_is_there_takes_no_more_than_is_there(
    data: st.DataObject, there: list[int]
):
    amount = Money(data.draw(st.integers(0, sum(there))), "EUR")
    parts = amount.split(there)
    assert all(part.minor <= most for part, most in zip(parts, there, strict=True))


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [-1]])
def test_a_split_needs_a_positive_weight_and_no_negative_one(weights: list[int]):
    with pytest.raises(ValueError, match="cannot split"):
        Money(100, "EUR").split(weights)


@given(st.data(), CURRENCIES)
def test_adding_is_the_same_in_any_order(data: st.DataObject, currency: str):
    small = st.integers(-(10**9), 10**9)
    one, two, three = (Money(data.draw(small), currency) for _ in range(3))

    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert one + two - two == one
    assert one + -one == Money(0, currency)
    assert (one < two) == (one.minor < two.minor)
