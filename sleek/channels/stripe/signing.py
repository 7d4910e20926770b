"""The signature of Stripe's notices: HMAC-SHA256 over the moment and the body's exact bytes.

The SDK checks the same but takes the time from the system, and time belongs to `core.clock`.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from sleek.channels.base import Untrusted

TOLERANCE_S = 300
MAX_STAMP = 12  # digits


def verify(header: str, body: bytes, secret: str, now: datetime) -> None:
    """Raises `Untrusted`.

    While a secret is being replaced Stripe signs with both: one match is enough.
    """
    if not secret:
        raise Untrusted("no signing secret is configured for this connection")
    pairs = [part.partition("=")[::2] for part in header.split(",")]
    stamps = [value for name, value in pairs if name == "t"]
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit()):
        raise Untrusted("the signature header is malformed")
    expected = hmac.new(
        secret.encode(), stamps[0].encode() + b"." + body, hashlib.sha256
    ).hexdigest()
    given = [value for name, value in pairs if name == "v1"]
    if not any(hmac.compare_digest(expected.encode(), value.encode()) for value in given):
        raise Untrusted("the signature does not match")
    if len(stamps[0]) > MAX_STAMP or abs(now.timestamp() - int(stamps[0])) > TOLERANCE_S:
        raise Untrusted("the notice is too old or from the future")
