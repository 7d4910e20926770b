"""Signing files so that a change of any byte shows: PAdES baseline B-B, as a certification behind
which nothing may be changed. No network: there is no time stamp of a third party, so the time is
the signer's own word.
"""

from sleek.papers.signing.certificates import (
    CertificateFlaw,
    Signer,
    Unfit,
    bring_along,
    make,
    subject,
)
from sleek.papers.signing.signatures import Condition, Signature, check, sign

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
