"""Two crowds at a link: honest ones never notice the guard, card testing gets nowhere."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from sleek.risk import rules
from sleek.risk.rules import Action, Count, Decision, Scope, Verdict, Window
from tests.risk.crowds import Story, Try, anywhere, payers, play

MOST = 20  # calls of a provider for one link within an hour
TRIES = 10_000
EVERYBODY_PASSES = {Verdict.ALLOW}


# Honest ones


@pytest.mark.parametrize(("an_hour", "paid"), [(30, 0.6), (120, 0.7), (300, 0.8)])
@pytest.mark.parametrize("seed", range(3))
def test_a_busy_link_is_never_challenged(an_hour: int, paid: float, seed: int) -> None:
    chance = random.Random(seed)
    crowd = payers(chance, an_hour=an_hour, paid=paid, address=lambda: anywhere(chance))
    assert set(play(crowd).verdicts) == EVERYBODY_PASSES


def test_nor_is_a_shop_whose_guests_share_its_network() -> None:
    crowd = payers(random.Random(1), an_hour=200, paid=0.8, address=lambda: "203.0.113.7")
    assert set(play(crowd).verdicts) == EVERYBODY_PASSES


def test_nor_thousands_behind_the_address_of_a_mobile_network() -> None:
    crowd = [
        Try(one.at, f"link {shop}", "198.51.100.1", one.device, one.outcome, one.ends_after)
        for shop in range(10)
        for one in payers(random.Random(shop), an_hour=100, hours=1)
    ]
    assert set(play(crowd).verdicts) == EVERYBODY_PASSES


def test_nor_an_office_that_pays_twenty_links_at_once() -> None:
    office = [
        Try(number * 3, f"link {number}", "203.0.113.7", f"desk {number % 4}", "won")
        for number in range(20)
    ]
    assert set(play(office).verdicts) == EVERYBODY_PASSES


@pytest.mark.parametrize("declines", [1, 3, 5])
def test_nor_a_payer_who_is_declined_and_takes_another_card(declines: int) -> None:
    outcomes = ["lost"] * declines + ["won"]
    tries = [
        Try(number * 45, "link", "203.0.113.7", "phone", outcome, 30)
        for number, outcome in enumerate(outcomes)
    ]
    assert set(play(tries).verdicts) == EVERYBODY_PASSES


def test_a_sudden_crowd_waits_until_its_first_have_paid() -> None:
    """Two a second at a link that nobody has paid before; each is back after twenty seconds."""
    crowd = [Try(number / 2, outcome="won", ends_after=60) for number in range(120)]
    calls = play(crowd, solves=True, returns_after=20).calls
    assert len(calls) == 120
    assert max(at for at, _ in calls) < 180


# Attacks. Whoever attacks solves every challenge.


def _far(number: int) -> str:
    return f"{11 + number // 65536 % 200}.{number // 256 % 256}.{number % 256}.9"


def one_link() -> Iterator[Try]:
    """As fast as it goes, each time from elsewhere and as somebody else."""
    for number in range(TRIES):
        yield Try(number / 50, address=_far(number), device=str(number), outcome="lost")


def one_link_without_an_end() -> Iterator[Try]:
    """Nothing is ever learned of these."""
    for number in range(TRIES):
        yield Try(number / 50, address=_far(number), device=str(number))


def few_addresses_many_links() -> Iterator[Try]:
    for number in range(TRIES):
        address = f"203.0.113.{number % 5}"
        yield Try(number / 2, f"link {number % 300}", address, str(number), "lost", 5)


def slow_and_low() -> Iterator[Try]:
    """One try in two minutes, for two weeks."""
    for number in range(TRIES):
        yield Try(number * 120.0, address=_far(number), device=str(number), outcome="lost")


def some_cards_work() -> Iterator[Try]:
    """Every fiftieth is paid."""
    for number in range(TRIES):
        outcome = "lost" if number % 50 else "won"
        yield Try(number * 3.0, address=_far(number), device=str(number), outcome=outcome)


def in_waves() -> Iterator[Try]:
    """A hundred at once, every ten minutes."""
    for number in range(TRIES):
        at = number // 100 * 600 + number % 100 / 100
        yield Try(at, address=_far(number), device=str(number), outcome="lost", ends_after=2)


ATTACKS = [
    one_link,
    one_link_without_an_end,
    few_addresses_many_links,
    slow_and_low,
    some_cards_work,
    in_waves,
]


@cache
def _story_of(attack: Callable[[], Iterator[Try]]) -> Story:
    return play(attack(), solves=True)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_ten_thousand_tries_reach_a_provider_twenty_times_an_hour(
    attack: Callable[[], Iterator[Try]],
) -> None:
    story = _story_of(attack)
    assert sum(story.verdicts.values()) == TRIES
    assert 0 < story.most_in_an_hour() <= MOST


def test_few_addresses_reach_few_links() -> None:
    calls = _story_of(few_addresses_many_links).calls
    assert len(calls) < 1000  # of 10,000, within an hour and a half


def test_one_address_leaves_room_for_others() -> None:
    attack = (Try(at, address="203.0.113.7", outcome="lost", ends_after=5) for at in range(3600))
    assert len(play(attack, solves=True).calls) <= 16


# The table


def _one(window: Window, scope: Scope = Scope.SUBJECT, **counts: int) -> Decision:
    return rules.decide(Action.PAY, {(scope, window): Count(**counts, oldest=100)})


@pytest.mark.parametrize(
    ("tries", "wins", "verdict"),
    [
        (15, 0, Verdict.ALLOW),
        (16, 0, Verdict.CHALLENGE),
        (19, 0, Verdict.CHALLENGE),
        (19, 1, Verdict.ALLOW),
        (20, 0, Verdict.REFUSE),
        (20, 3, Verdict.REFUSE),
        (23, 4, Verdict.ALLOW),
        (24, 4, Verdict.REFUSE),
        (539, 200, Verdict.ALLOW),
        (540, 200, Verdict.REFUSE),
    ],
)
def test_room_on_a_link_grows_with_what_is_paid(tries: int, wins: int, verdict: Verdict) -> None:
    assert _one(Window.HOUR, tries=tries, wins=wins).verdict == verdict


def test_puzzles_become_harder_with_every_fourth_decline() -> None:
    levels = [_one(Window.HOUR, tries=9, losses=losses).level for losses in range(7, 16)]
    assert levels == [0, 1, 1, 1, 1, 2, 2, 2, 2]


def test_a_refusal_says_when_its_first_try_is_an_hour_old() -> None:
    decision = _one(Window.HOUR, tries=20)
    assert decision.until_slot * rules.SLOT_S == 100 * rules.SLOT_S + 3600 + rules.SLOT_S


def test_a_window_holds_no_less_than_it_says() -> None:
    for window in Window:
        assert 1000 - rules.first_slot(1000, window) == window / rules.SLOT_S


def test_every_action_ends_in_a_refusal() -> None:
    for action in Action:
        counts = {(scope, w): Count(tries=10**6) for scope in Scope for w in Window}
        assert rules.decide(action, counts).verdict == Verdict.REFUSE
        assert rules.decide(action, {}) == Decision()
