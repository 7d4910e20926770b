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

    def __str__(self) -> str:
        return f"{self.scope}, record {self.sequence}: {self.reason}"


def verify() -> list[Flaw]:
    """Recompute every chain; one flaw at most per scope, none when the log is whole."""
    flaws = (_first_flaw(chain) for chain in Chain.objects.order_by("scope"))
    orphans = Record.objects.exclude(scope__in=Chain.objects.values("scope"))
    lost = [
        Flaw(entry.scope, entry.sequence, "its chain's head is missing") for entry in orphans[:1]
    ]
    return [flaw for flaw in flaws if flaw] + lost


def flaw_of(scope: str) -> Flaw | None:
    """The same for one scope; one that nothing was ever recorded in is whole."""
    chain = Chain.objects.filter(scope=scope).first()
    return _first_flaw(chain) if chain else None


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
    # Read again, since more may have been appended while we read.
    head = Chain.objects.get(scope=chain.scope)
    if head.sequence < expected - 1:
        return Flaw(chain.scope, head.sequence + 1, "it is beyond its chain's head")
    last = Record.objects.filter(scope=chain.scope, sequence=head.sequence, hash=head.hash)
    if head.sequence and not last.exists():
        return Flaw(chain.scope, expected, "records at the end are missing")
    return None
