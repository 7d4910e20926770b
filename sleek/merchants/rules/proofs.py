"""Which proofs of identity count before something sensitive happens, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

PROOF_VALID_FOR = timedelta(minutes=5)


class Way(StrEnum):
    """How somebody who is logged in proves once more who they are."""

    TRANSACTION_PASSWORD = "transaction_password"
    CODE = "code"
    PASSKEY = "passkey"
    PASSWORD = "password"
    MAIL = "mail"


# What alone is worth nothing once somebody has something better.
_STRONG = frozenset({Way.TRANSACTION_PASSWORD, Way.CODE, Way.PASSKEY})
_ORDER = [Way.TRANSACTION_PASSWORD, Way.CODE, Way.PASSKEY, Way.PASSWORD, Way.MAIL]


def ways(has: frozenset[Way]) -> list[Way]:
    """Those that count for somebody who has these, the quickest first.

    Whoever has set up nothing else is asked for the log-in password, and whoever has not even one,
    because they come by Google or WeChat, for a code by mail.
    """
    strong = [way for way in _ORDER if way in has & _STRONG]
    return strong or [Way.PASSWORD if Way.PASSWORD in has else Way.MAIL]


def is_fresh(proven_at: datetime | None, now: datetime) -> bool:
    return proven_at is not None and timedelta(0) <= now - proven_at < PROOF_VALID_FOR
