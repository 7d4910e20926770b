"""What a provider's code means, in a vocabulary common to all channels. Pure.

`may_retry`: the same way may get through, now or after the payer changed something.
`may_try_other`: another connection for the same method may take it without the payer doing
anything, because the cause is this connection or its provider, not the payer or the amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sleek.channels.base import Failure


class Support(StrEnum):
    """What a merchant's support looks at; the words are in `web`."""

    ENTRY = "entry"
    FUNDS = "funds"
    LIMIT = "limit"
    AMOUNT = "amount"
    ASK_BANK = "ask_bank"
    NOT_TAKEN = "not_taken"
    PAYER_ACCOUNT = "payer_account"
    VERIFY = "verify"
    NEW_CARD = "new_card"
    SAY_NOTHING = "say_nothing"
    WAIT = "wait"
    CREDENTIALS = "credentials"
    CONTRACT = "contract"
    MERCHANT_ACCOUNT = "merchant_account"
    REQUEST = "request"
    ORDER_STATE = "order_state"
    REFUND_STATE = "refund_state"
    TOP_UP = "top_up"
    UNKNOWN = "unknown"


class Special(StrEnum):
    """Advice for the payer that says more than its category's."""

    TOO_SMALL = "too_small"
    TOO_OFTEN = "too_often"
    ACCOUNT = "account"
    OTHER_CARD = "other_card"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One row: what the payer may be told (`category`, or `special`), what support does, and
    whether trying again makes sense.
    """

    category: Failure
    support: Support
    may_retry: bool = False
    may_try_other: bool = False
    special: Special | None = None

    @property
    def is_of_connection(self) -> bool:
        """Whether every payer would be turned away alike, until somebody mends the connection."""
        return self.support in (Support.CREDENTIALS, Support.MERCHANT_ACCOUNT)


ENTRY_WRONG = Meaning(Failure.ENTRY_WRONG, Support.ENTRY, may_retry=True)
NO_FUNDS = Meaning(Failure.INSUFFICIENT_FUNDS, Support.FUNDS, may_retry=True)
OVER_LIMIT = Meaning(Failure.LIMIT, Support.LIMIT)
TOO_SMALL = Meaning(Failure.LIMIT, Support.AMOUNT, special=Special.TOO_SMALL)
TOO_OFTEN = Meaning(Failure.LIMIT, Support.LIMIT, special=Special.TOO_OFTEN)
DECLINED = Meaning(Failure.DECLINED, Support.ASK_BANK, may_retry=True)
DECLINED_FOR_GOOD = Meaning(Failure.DECLINED, Support.ASK_BANK)
CARD_NOT_TAKEN = Meaning(Failure.DECLINED, Support.NOT_TAKEN, special=Special.OTHER_CARD)
PAYER_ACCOUNT = Meaning(Failure.DECLINED, Support.PAYER_ACCOUNT, special=Special.ACCOUNT)
NOT_VERIFIED = Meaning(Failure.AUTHENTICATION, Support.VERIFY, may_retry=True)
EXPIRED_CARD = Meaning(Failure.EXPIRED_CARD, Support.NEW_CARD)
CAREFUL = Meaning(Failure.CAREFUL, Support.SAY_NOTHING)

# The provider, or what we have with it.
NO_ANSWER = Meaning(Failure.PROVIDER, Support.WAIT, may_retry=True, may_try_other=True)
# The issuer's own trouble: it is the same through whichever connection.
ISSUER_DOWN = Meaning(Failure.PROVIDER, Support.WAIT, may_retry=True)
CREDENTIALS = Meaning(Failure.PROVIDER, Support.CREDENTIALS, may_try_other=True)
CONTRACT = Meaning(Failure.PROVIDER, Support.CONTRACT, may_try_other=True)
MERCHANT_ACCOUNT = Meaning(Failure.PROVIDER, Support.MERCHANT_ACCOUNT, may_try_other=True)
REQUEST = Meaning(Failure.PROVIDER, Support.REQUEST, may_try_other=True)
# The order was dealt with before: what became of it must be known before anything is tried.
ORDER_STATE = Meaning(Failure.PROVIDER, Support.ORDER_STATE)

# Refunds. Nobody pays here, so the payer's words are never read.
REFUND_STATE = Meaning(Failure.PROVIDER, Support.REFUND_STATE)
SHORT = Meaning(Failure.PROVIDER, Support.TOP_UP, may_retry=True)

UNKNOWN = Meaning(Failure.UNKNOWN, Support.UNKNOWN, may_retry=True)
