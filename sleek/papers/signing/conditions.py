"""What a look at a file's signature tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Condition(StrEnum):
    """What a look at a file's signature tells."""

    INTACT = "intact"  # not a byte was changed since it was signed
    BROKEN = "broken"
    UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True)
class Signature:
    """`signer` and `signed_at` are the signer's own words: anybody can make a certificate in any
    name, so whoever must know compares the fingerprint.
    """

    condition: Condition
    signer: str = ""
    fingerprint: str = ""
    signed_at: datetime | None = None
