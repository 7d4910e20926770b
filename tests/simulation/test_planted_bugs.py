"""The simulation finds what is wrong: each planted bug breaks an invariant within few worlds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count, islice

import pytest

from tests.simulation import bills, mutations
from tests.simulation.life import Stage, has_bills, live
from tests.simulation.seeds import FOUND_IN
from tests.simulation.world import Violation

WITHIN = 60  # worlds, beside those in which it was found before
BUGS = mutations.BUGS | bills.BUGS


def test_enough_is_planted() -> None:
    assert len(mutations.BUGS) >= 15
    assert len(bills.BUGS) >= 6
    assert set(FOUND_IN) <= set(BUGS)


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(stage: Stage, bug: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        BUGS[bug](patch)
        with pytest.raises(Violation):
            _play(stage, [*FOUND_IN.get(bug, ()), *_worlds(bug)])


def _worlds(bug: str) -> Iterator[int]:
    """Of the kind in which it could show itself."""
    fitting = (seed for seed in count(1) if has_bills(seed) == (bug in bills.BUGS))
    return islice(fitting, WITHIN)


def _play(stage: Stage, seeds: Iterable[int]) -> None:
    for seed in seeds:
        live(stage, seed)
