"""Where a payment that does not get through stands on the way to an answer. Pure.

Five steps, each taken when the one before did not help: check the entry; balance, limits and the
bank; the network; another method; and at last an investigation by number.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sleek.channels.base import Failure


class Step(StrEnum):
    """What to try now."""

    ENTRY = "entry"
    ISSUER = "issuer"
    NETWORK = "network"
    OTHER_METHOD = "other_method"
    INVESTIGATION = "investigation"


OTHER_METHOD_AFTER = 2  # tries that failed
INVESTIGATION_AFTER = 4
_FIRST: dict[Failure, Step] = {
    Failure.ENTRY_WRONG: Step.ENTRY,
    Failure.INSUFFICIENT_FUNDS: Step.ISSUER,
    Failure.LIMIT: Step.ISSUER,
    Failure.DECLINED: Step.ISSUER,
    Failure.CAREFUL: Step.ISSUER,
    Failure.AUTHENTICATION: Step.ISSUER,
    Failure.EXPIRED_CARD: Step.OTHER_METHOD,
    Failure.PROVIDER: Step.NETWORK,
    Failure.UNKNOWN: Step.NETWORK,
}


def step(failures: Sequence[str], *, is_unclear: bool = False) -> Step | None:
    """By how the tries failed, the latest last. Nothing failed and nothing is unclear: no step."""
    if is_unclear or len(failures) >= INVESTIGATION_AFTER:
        return Step.INVESTIGATION
    if not failures:
        return None
    first = _FIRST[Failure(failures[-1])]
    return max(first, Step.OTHER_METHOD, key=[*Step].index) if _is_again(failures) else first


def _is_again(failures: Sequence[str]) -> bool:
    return len(failures) >= OTHER_METHOD_AFTER
