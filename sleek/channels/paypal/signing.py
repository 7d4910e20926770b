"""PayPal's signature on a notice: RSA with SHA-256 over four values and nothing else.

They are the transmission's id and time, our webhook's id, and the CRC-32 of the body: of its very
bytes, so a body that was parsed and written again does not fit. The webhook's id is known to us and
to PayPal alone and comes with no notice, so what is signed for another webhook is worth nothing
here.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sleek.channels.base import Untrusted

ALGORITHM = "SHA256withRSA"
# PayPal repeats a notice for three days, under the time of its first transmission. An older one is
# no repeat of PayPal's. Within that time a replay does nothing: a notice is kept once by its id.
OLDEST = timedelta(days=4)
NEWEST = timedelta(minutes=10)  # ahead of our clock

# The values are joined by "|": none may hold one, or two different notices could read the same.
_ID = re.compile(r"[A-Za-z0-9._-]{1,100}", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seal:
    """What the headers of a notice say about its signature."""

    transmission_id: str
    transmission_time: str
    signature: str
    certificate_url: str

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Seal:
        """From headers with lower-case names. Raises `Untrusted`."""
        names = ("transmission-id", "transmission-time", "transmission-sig", "cert-url")
        values = [headers.get(f"paypal-{name}", "") for name in names]
        if not all(values):
            raise Untrusted("the notice is not signed")
        if headers.get("paypal-auth-algo") != ALGORITHM:
            raise Untrusted("the notice is signed in an unknown way")
        return cls(*values)


def must_be_recent(seal: Seal, now: datetime) -> None:
    """Raises `Untrusted` for a notice older than PayPal's repeats, or from the future."""
    if not _TIME.fullmatch(seal.transmission_time):
        raise Untrusted("the notice's time is no time")
    try:
        sent_at = datetime.fromisoformat(seal.transmission_time)
    except ValueError:
        raise Untrusted("the notice's time is no time") from None
    if not -NEWEST <= now - sent_at <= OLDEST:
        raise Untrusted("the notice is of another time")


def signed_text(seal: Seal, webhook_id: str, body: bytes) -> bytes:
    """Raises `Untrusted` for a transmission id that is none."""
    if not _ID.fullmatch(seal.transmission_id):
        raise Untrusted("the notice's transmission id is none")
    crc = zlib.crc32(body)
    return f"{seal.transmission_id}|{seal.transmission_time}|{webhook_id}|{crc}".encode()


def verify(seal: Seal, webhook_id: str, body: bytes, key: rsa.RSAPublicKey) -> None:
    """Raises `Untrusted` when the signature is wrong."""
    text = signed_text(seal, webhook_id, body)
    try:
        raw = base64.b64decode(seal.signature, validate=True)
        key.verify(raw, text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError, binascii.Error):
        raise Untrusted("the notice's signature is wrong") from None
    # Base64 has spare bits: one signature, one spelling.
    if base64.b64encode(raw).decode() != seal.signature:
        raise Untrusted("the notice's signature is not in its usual form")
