"""What each role may do at a merchant: the one table that pages, files and templates share.

Every page of the back office names the right it needs (`web/dashboard/access.py`), and a test walks
all of them against this table.
"""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """What somebody may do or see at a merchant."""

    READ = "read"
    READ_BALANCES = "read_balances"
    SEE_PERSONAL_DATA = "see_personal_data"
    SEE_BANK_DETAILS = "see_bank_details"
    EXPORT = "export"
    ASK_FOR_MONEY = "ask_for_money"
    CUSTOMISE = "customise"
    ANSWER_PAYERS = "answer_payers"
    APPROVE = "approve"
    GIVE_MONEY_BACK = "give_money_back"
    REVIEW_REFUNDS = "review_refunds"
    RECORD_ARRIVALS = "record_arrivals"
    PAY_FROM_BALANCE = "pay_from_balance"
    SET_ALERTS = "set_alerts"
    CHANGE_SETTINGS = "change_settings"
    CHANGE_BANK_DETAILS = "change_bank_details"
    MANAGE_CHANNELS = "manage_channels"
    MANAGE_SPLITS = "manage_splits"
    MANAGE_TEAM = "manage_team"
    READ_AUDIT = "read_audit"


# Finance turns money round and proves it, but changes neither where it goes nor who may touch it.
# Sales asks, and knows whom it asks. Whoever reviews sees everything and moves nothing, so that
# nobody approves their own act. Support talks with payers about payments it can neither make nor
# return. A viewer sees figures; whose they are stays hidden.
_TABLE = """
                      owner  finance  sales  reviewer  support  viewer
read                    x       x       x       x         x        x
read_balances           x       x       .       x         .        x
see_personal_data       x       x       x       x         .        .
see_bank_details        x       x       .       x         .        .
export                  x       x       x       x         .        .
ask_for_money           x       x       x       .         .        .
customise               x       .       x       .         .        .
answer_payers           x       x       x       .         x        .
approve                 x       .       .       x         .        .
give_money_back         x       x       .       .         .        .
review_refunds          x       x       .       x         .        .
record_arrivals         x       x       .       .         .        .
pay_from_balance        x       x       .       .         .        .
set_alerts              x       x       .       .         .        .
change_settings         x       .       .       .         .        .
change_bank_details     x       .       .       .         .        .
manage_channels         x       .       .       .         .        .
manage_splits           x       x       .       .         .        .
manage_team             x       .       .       .         .        .
read_audit              x       x       .       x         .        .
"""


def _read(table: str) -> dict[str, frozenset[Right]]:
    head, *lines = (line.split() for line in table.strip().splitlines())
    rows = {Right(name): marks for name, *marks in lines}
    if rows.keys() != set(Right) or any(len(marks) != len(head) for marks in rows.values()):
        raise ValueError("the table of rights has a gap")
    return {
        role: frozenset(right for right, marks in rows.items() if marks[place] == "x")
        for place, role in enumerate(head)
    }


RIGHTS = _read(_TABLE)


def may(role: str, right: Right) -> bool:
    return right in rights_of(role)


def rights_of(role: str) -> frozenset[Right]:
    """A role that is not in the table may nothing."""
    return RIGHTS.get(role, frozenset())


def stronger_role(one: str, other: str) -> str:
    """Of two roles of one person, the one that may more."""
    return max(one, other, key=lambda role: len(rights_of(role)))
