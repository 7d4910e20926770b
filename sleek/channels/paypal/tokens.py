"""PayPal's access tokens: one for each pair of client id and secret, shared by this process until
shortly before its end.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

# A request may wait in a queue of the network's: it must not arrive with a token that has ended.
MARGIN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Token:
    value: str
    ends_at: datetime


_tokens: dict[str, Token] = {}
_lock = threading.Lock()


def owner(*credentials: str) -> str:
    """A name for the credentials that does not tell them."""
    return hashlib.sha256("\n".join(credentials).encode()).hexdigest()


def current(owner: str, *, now: datetime, ask: Callable[[], Token]) -> str:
    known = _tokens.get(owner)
    if known is None or now >= known.ends_at - MARGIN:
        # Two threads may ask at once: both tokens are good, the later one stays.
        known = ask()
        with _lock:
            _tokens[owner] = known
    return known.value


def drop(owner: str, value: str = "") -> None:
    """Forget a token that PayPal no longer takes, unless another thread has a newer one already."""
    with _lock:
        known = _tokens.get(owner)
        if known is not None and value in ("", known.value):
            del _tokens[owner]
