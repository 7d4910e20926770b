"""Which connection a payer is sent to, and the reasons that are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sleek.channels.base import Flow
from sleek.channels.rules import State
from sleek.core.money import Money
from sleek.payments.rules import routing
from sleek.payments.rules.routing import Candidate, Rate, Reason, rank

FIFTY = Money(5000, "USD")
ALL = Rate(200, 200)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def order(*candidates: Candidate, amount: Money = FIFTY) -> list[tuple[int, Reason]]:
    return [(each.candidate.key, each.reason) for each in rank(candidates, amount)]


def test_the_only_one_needs_no_reason() -> None:
    assert order(Candidate(1, True)) == [(1, Reason.ONLY)]
    assert rank([], FIFTY) == []


def test_the_cheaper_one_is_taken() -> None:
    dear, cheap = Candidate(1, True, usd(175)), Candidate(2, True, usd(140))
    assert order(dear, cheap) == [(2, Reason.CHEAPER), (1, Reason.DEARER)]


def test_a_dear_one_that_works_beats_a_cheap_one_that_does_not() -> None:
    """Nine of ten tries fail: of a hundred payers nine are lost with fifty dollars each."""
    cheap = Candidate(1, True, usd(140), rate=Rate(20, 200))
    dear = Candidate(2, True, usd(175), rate=Rate(190, 200))
    assert order(cheap, dear) == [(2, Reason.LIKELIER), (1, Reason.LESS_LIKELY)]
    assert [each.loss for each in rank([cheap, dear], FIFTY)] == [202, 554]


def test_one_success_of_one_is_not_certainty() -> None:
    proven = Candidate(1, True, usd(175), rate=ALL)
    new = Candidate(2, True, usd(175), rate=Rate(1, 1))
    assert order(new, proven)[0] == (1, Reason.LIKELIER)
    assert Rate(1, 1).likely < Rate(200, 200).likely < 1


def test_on_a_small_sale_cents_decide() -> None:
    """Of a dollar, ten points in a hundred of all payers are a cent; the price differs by 27."""
    percent = Candidate(1, True, usd(6), rate=Rate(160, 200))
    fixed = Candidate(2, True, usd(33), rate=Rate(180, 200))
    assert order(fixed, percent, amount=usd(100))[0] == (1, Reason.CHEAPER)
    large = [replace(percent, cost=usd(6000)), replace(fixed, cost=usd(5930))]
    assert order(*large, amount=usd(200_000))[0][0] == 2


def test_among_equals_the_merchants_own_comes_first_then_the_older() -> None:
    operators, own = Candidate(1, False, usd(175)), Candidate(2, True, usd(175))
    assert order(operators, own) == [(2, Reason.OWN), (1, Reason.NOT_FIRST)]
    assert order(Candidate(4, True), Candidate(3, True))[0] == (3, Reason.FIRST)


def test_the_merchants_order_comes_before_money_and_health_before_both() -> None:
    cheap = Candidate(1, True, usd(10))
    wished = Candidate(2, True, usd(400), place=1)
    assert order(cheap, wished) == [(2, Reason.WISHED), (1, Reason.WISHED_LATER)]
    unwell = replace(wished, state=State.OPEN, is_let_through=False)
    assert order(cheap, unwell) == [(1, Reason.OTHERS_UNWELL), (2, Reason.UNWELL)]


def test_a_price_that_nobody_knows_is_no_advantage() -> None:
    unknown, known = Candidate(1, True), Candidate(2, True, usd(175))
    dearer = Candidate(3, True, usd(176))
    assert [key for key, _ in order(unknown, known, dearer)] == [2, 1, 3]


def test_what_costs_nothing_is_the_cheapest() -> None:
    free, dear = Candidate(2, True, usd(0)), Candidate(1, True, usd(175))
    assert order(dear, free)[0] == (2, Reason.CHEAPER)
    assert [each.loss for each in rank([dear, free], FIFTY)] == [50, 225]


RATES = st.builds(
    lambda tried, part: Rate(tried * part // 10, tried), st.integers(0, 200), st.integers(0, 10)
)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        key=st.integers(1, 9),
        is_own=st.booleans(),
        cost=st.none() | st.integers(0, 900).map(usd),
        rate=RATES,
        is_let_through=st.booleans(),
        place=st.none() | st.integers(1, 3),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda each: each.key,
)
AMOUNTS = st.integers(1, 10**7).map(usd)


def position(candidates: list[Candidate], amount: Money, key: int) -> int:
    return [each.candidate.key for each in rank(candidates, amount)].index(key)


@given(CANDIDATES, AMOUNTS, st.integers(1, 900), st.data())
def test_who_becomes_cheaper_never_falls_behind(
    candidates: list[Candidate], amount: Money, less: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(candidates) - 1))
    one = candidates[index]
    if one.cost is None or one.cost.minor < less:
        return
    cheaper = [*candidates]
    cheaper[index] = replace(one, cost=usd(one.cost.minor - less))
    assert position(cheaper, amount, one.key) <= position(candidates, amount, one.key)


@given(CANDIDATES, AMOUNTS, st.data())
def test_who_succeeds_more_often_never_falls_behind(
    candidates: list[Candidate], amount: Money, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(candidates) - 1))
    one = candidates[index]
    better = [*candidates]
    better[index] = replace(one, rate=Rate(one.rate.tried, one.rate.tried))
    assert position(better, amount, one.key) <= position(candidates, amount, one.key)


@given(CANDIDATES, AMOUNTS, st.randoms())
def test_the_order_in_which_they_are_asked_changes_nothing(
    candidates: list[Candidate], amount: Money, chance: object
) -> None:
    shuffled = [*candidates]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' Random
    assert rank(shuffled, amount) == rank(candidates, amount)


@given(CANDIDATES, AMOUNTS)
def test_nobody_unwell_stands_before_one_who_is_well(
    candidates: list[Candidate], amount: Money
) -> None:
    ranked = [each.candidate.is_let_through for each in rank(candidates, amount)]
    assert ranked == sorted(ranked, reverse=True)


def test_failing_over_ends_by_tries_by_time_and_where_money_may_have_moved() -> None:
    second = timedelta(seconds=1)
    assert routing.may_fail_over(Flow.QR, tries=1, spent=second)
    assert routing.may_fail_over(Flow.REDIRECT, tries=2, spent=second)
    assert not routing.may_fail_over(Flow.QR, tries=3, spent=second)
    assert not routing.may_fail_over(Flow.QR, tries=1, spent=8 * second)
    assert not routing.may_fail_over(Flow.HERE, tries=1, spent=second)
