"""Which of the merchant's accounts pay a refund, and to which it returns when it fails. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sleek.core.money import Money
from sleek.ledger import rules as ledger
from sleek.ledger.recipes import Bucket
from sleek.ledger.rules import Purse
from sleek.refunds.rules.life import Route

Shares = dict[Bucket, int]  # minor units by account


def sources(amount: Money, purse: Purse, route: Route) -> tuple[Purse, Shares] | None:
    """What is still with channels first, then what has arrived; and what the purse has left. By
    bank it is paid out of what has arrived, so that goes first.

    None when both together lack it.
    """
    left, parts = purse.take_arrived(amount) if route == Route.BANK else purse.take(amount)
    if parts is None:
        return None
    shares: Shares = {"in_transit": parts[0].minor, "available": parts[1].minor}
    return left, {bucket: minor for bucket, minor in shares.items() if minor}


def returning(taken: Mapping[Bucket, int], amount: Money, *, behind: Money) -> Shares:
    """To where it was taken from; but what has reached the bank meanwhile is available.

    `behind` is what channels hold beyond what is in transit: no more than that can be there again.
    """
    if not set(taken) <= {"in_transit", "available"}:
        return dict(taken)
    near = min(taken.get("in_transit", 0), max(behind.minor, 0))
    shares: Shares = {"in_transit": near, "available": amount.minor - near}
    return {bucket: minor for bucket, minor in shares.items() if minor}


def behind(in_transit: Money, at_channels: Money) -> Money:
    """How much more channels hold than what is in transit."""
    held = Money(max(at_channels.minor, 0), at_channels.currency)
    return ledger.thawing(held, in_transit=in_transit, at_channels=at_channels)


def has_arrived(taken: Mapping[Bucket, int], *, behind: Money) -> bool:
    """Whether the bank has all of it by now. What channels hold beyond what is in transit may be
    any of what is not available.
    """
    return set(taken) == {"available"} or not behind.minor


def spread(amount: int, left: Sequence[int]) -> list[int]:
    """Of an amount that several tries paid together, what each gives back: the first ones first."""
    parts = []
    for room in left:
        part = min(amount, room)
        amount -= part
        parts.append(part)
    return parts
