"""Which keys of WeChat Pay's a connection believes.

In public-key mode the one key that was entered, under its id (`PUB_KEY_ID_…`). In certificate mode
the platform certificates, which are downloaded and come encrypted under the APIv3 key: that is what
makes them trustworthy, and a rotation needs no hand. While a merchant moves from one mode to the
other, messages come signed in either way, so a connection may believe both.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import rsa

# A stranger may name any serial number in a message: it leads to one download in so long.
DOWNLOAD_EVERY = timedelta(minutes=1)
BELIEVE_FOR = timedelta(hours=12)

Keys = dict[str, rsa.RSAPublicKey]


@dataclass
class Ring:
    """The platform certificates' keys of one merchant, as this process knows them."""

    keys: Keys = field(default_factory=dict)
    asked_at: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def key(
        self, serial: str, *, now: datetime, download: Callable[[], Keys]
    ) -> rsa.RSAPublicKey | None:
        """The key of that serial number. `download` is asked when it is not known, or long ago."""
        if serial in self.keys and self._age(now) < BELIEVE_FOR:
            return self.keys[serial]
        with self.lock:
            wait = BELIEVE_FOR if serial in self.keys else DOWNLOAD_EVERY
            if self._age(now) >= wait:
                self.asked_at = now
                self.keys = download()
        return self.keys.get(serial)

    def _age(self, now: datetime) -> timedelta:
        return now - self.asked_at if self.asked_at else timedelta.max


_rings: dict[tuple[str, str], Ring] = {}
_lock = threading.Lock()


def ring(base: str, merchant: str) -> Ring:
    """Shared by all connections of this process to the same merchant."""
    with _lock:
        return _rings.setdefault((base, merchant), Ring())


def forget() -> None:
    """As a fresh process knows them: not at all."""
    with _lock:
        _rings.clear()
