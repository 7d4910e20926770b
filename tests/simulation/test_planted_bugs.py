"""The simulation finds what is wrong: each planted bug breaks an invariant within few worlds."""

from __future__ import annotations

import pytest

from tests.simulation.life import Stage, live
from tests.simulation.mutations import BUGS
from tests.simulation.seeds import FOUND_IN
from tests.simulation.world import Violation

WITHIN = 60  # worlds, beside those in which it was found before


def test_enough_is_planted() -> None:
    assert len(BUGS) >= 15
    assert set(FOUND_IN) <= set(BUGS)


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(stage: Stage, bug: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        BUGS[bug](patch)
        with pytest.raises(Violation):
            _play(stage, [*FOUND_IN.get(bug, ()), *range(1, WITHIN + 1)])


def _play(stage: Stage, seeds: list[int]) -> None:
    for seed in seeds:
        live(stage, seed)
