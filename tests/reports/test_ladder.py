"""Which step of troubleshooting a payment is at, by how its tries failed."""

from __future__ import annotations

import pytest

from sleek.channels.base import Failure
from sleek.reports.rules.ladder import Step, step


@pytest.mark.parametrize(
    ("failures", "expected"),
    [
        ([], None),
        ([Failure.ENTRY_WRONG], Step.ENTRY),
        ([Failure.INSUFFICIENT_FUNDS], Step.ISSUER),
        ([Failure.CAREFUL], Step.ISSUER),
        ([Failure.EXPIRED_CARD], Step.OTHER_METHOD),
        ([Failure.PROVIDER], Step.NETWORK),
        ([Failure.ENTRY_WRONG, Failure.ENTRY_WRONG], Step.OTHER_METHOD),
        ([Failure.DECLINED] * 4, Step.INVESTIGATION),
    ],
)
def test_a_step_follows_when_the_one_before_did_not_help(
    failures: list[Failure], expected: Step | None
) -> None:
    assert step(failures) == expected


@pytest.mark.parametrize("failure", list(Failure))
def test_every_failure_has_a_step_and_an_open_outcome_is_looked_into(failure: Failure) -> None:
    assert step([failure]) is not None
    assert step([failure], is_unclear=True) == Step.INVESTIGATION
