"""Learning a price from the fees that were really charged."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from sleek.channels.base import Cost
from sleek.channels.rules import Charge, Grade, fit
from sleek.core.money import Money

LIST = Cost(Decimal("0.029"), {"USD": 30})
AMOUNTS = [500, 1000, 2500, 5000, 12345, 20000, 99999]


def charged(cost: Cost, amounts: list[int]) -> list[Charge]:
    return [Charge(minor, cost.of(Money(minor, "USD")).minor) for minor in amounts]


def test_a_list_price_is_found_again_in_its_fees() -> None:
    found = fit(charged(LIST, AMOUNTS * 10))
    assert (found.grade, found.count, found.fixed) == (Grade.GOOD, 70, 30)
    assert abs(found.share - Decimal("0.029")) < Decimal("0.0001")


def test_few_fees_say_too_little() -> None:
    assert fit(charged(LIST, AMOUNTS * 7)).grade == Grade.THIN
    assert fit([]).grade == Grade.THIN


def test_fees_of_one_amount_alone_cannot_tell_a_share_from_a_fixed_sum() -> None:
    found = fit(charged(LIST, [5000] * 500))
    assert (found.grade, found.count) == (Grade.THIN, 500)


def test_two_prices_in_one_do_not_fit() -> None:
    """Foreign cards cost more: a line through both would be wrong for each."""
    foreign = Cost(Decimal("0.044"), {"USD": 30})
    mixed = charged(LIST, AMOUNTS * 10) + charged(foreign, AMOUNTS * 10)
    assert fit(mixed).grade == Grade.UNFIT


def test_a_few_odd_fees_among_many_are_borne() -> None:
    odd = [Charge(5000, 160)] * 4
    assert fit(charged(LIST, AMOUNTS * 20) + odd).grade == Grade.GOOD


def test_small_amounts_are_judged_in_cents() -> None:
    """A cent more on a dollar is a whole percent, and still a cent."""
    charges = [Charge(100 + step, 33 + step % 2) for step in range(60)]
    assert fit(charges).grade == Grade.GOOD


def test_money_given_to_the_payer_is_no_price() -> None:
    assert fit([Charge(1000 + step, 50 - step // 2) for step in range(60)]).grade == Grade.UNFIT


@given(
    st.integers(0, 400),
    st.integers(0, 500),
    st.lists(st.integers(1000, 10**6), min_size=60, max_size=120, unique=True),
)
def test_any_share_and_fixed_sum_is_found_to_a_cent(points: int, fixed: int, amounts: list[int]):
    share = Decimal(points) / 10_000
    fees = [int((each * share).to_integral_value(ROUND_HALF_UP)) + fixed for each in amounts]
    found = fit([Charge(amount, fee) for amount, fee in zip(amounts, fees, strict=True)])
    assert found.grade == Grade.GOOD
    cost = Cost(found.share, {"USD": found.fixed})
    for amount, fee in zip(amounts, fees, strict=True):
        assert abs(cost.of(Money(amount, "USD")).minor - min(fee, amount)) <= 2
