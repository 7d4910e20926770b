"""Reading and verifying the audit log."""

from __future__ import annotations

from dataclasses import dataclass

from sleek.audit.actions import digest
from sleek.audit.models import Chain, Record


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first record of a scope that does not fit its chain."""

    scope: str
    sequence: int
    reason: str


def verify() -> list[Flaw]:
    """Recompute every chain; one flaw at most per scope, none when the log is whole."""
    flaws = (_first_flaw(chain) for chain in Chain.objects.order_by("scope"))
    orphans = Record.objects.exclude(scope__in=Chain.objects.values("scope"))
    lost = [
        Flaw(entry.scope, entry.sequence, "its chain's head is missing") for entry in orphans[:1]
    ]
    return [flaw for flaw in flaws if flaw] + lost


def _first_flaw(chain: Chain) -> Flaw | None:
    previous, expected = "", 1
    for entry in Record.objects.filter(scope=chain.scope).order_by("sequence").iterator():
        if entry.sequence != expected:
            return Flaw(chain.scope, expected, "the record is missing")
        if entry.previous_hash != previous:
            return Flaw(chain.scope, entry.sequence, "it does not follow its predecessor")
        if digest(entry) != entry.hash:
            return Flaw(chain.scope, entry.sequence, "its content was altered")
        previous, expected = entry.hash, expected + 1
    if (chain.sequence, chain.hash) != (expected - 1, previous):
        return Flaw(chain.scope, expected, "records at the end are missing")
    return None
