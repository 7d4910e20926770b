"""Signing files so that a change of any byte shows: PAdES baseline B-B, as a certification behind
which nothing may be changed. No network: there is no time stamp of a third party, so the time is
the signer's own word.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sleek.papers.signing.certificates import (
    CertificateFlaw,
    Signer,
    Unfit,
    bring_along,
    make,
    subject,
)
from sleek.papers.signing.conditions import Condition, Signature

if TYPE_CHECKING:
    from sleek.papers.signing.signatures import check, sign
else:
    # These bring pyHanko along, which takes most of a second, and most processes never ask.
    _LATER = {"check", "sign"}

    def __getattr__(name: str) -> object:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.signatures"), name)


__all__ = [
    "CertificateFlaw",
    "Condition",
    "Signature",
    "Signer",
    "Unfit",
    "bring_along",
    "check",
    "make",
    "sign",
    "subject",
]
