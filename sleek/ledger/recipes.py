"""Every way money moves, on one page.

A recipe is named for the event, and that name is the entry's `kind`. Accounts that hold a
merchant's money:

    in_transit         captured by a channel, not yet in the merchant's bank account available
    arrived; free to withdraw or refund frozen             arrived or in transit, but not the
    merchant's to use: each posting's entry says why refunds:in_flight  promised to a payer, not yet
    confirmed by the channel payouts:in_flight  being withdrawn

and the outside world, negative by what it holds for the merchant: `clearing:{channel}` and `bank`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from sleek.core.money import Money

Postings: TypeAlias = list[tuple[str, Money]]
Bucket: TypeAlias = Literal["in_transit", "available", "frozen"]

# The database refuses to let these fall below zero.
GUARDED = ("in_transit", "available", "frozen", "refunds:in_flight", "payouts:in_flight")


def payment_succeeded(channel: str, amount: Money) -> Postings:
    return [(f"clearing:{channel}", -amount), ("in_transit", amount)]


def surplus_received(channel: str, amount: Money) -> Postings:
    """Real money that pays nothing.

    A second, late or wrong payment. It waits, frozen, to be returned or accepted.
    """
    return [(f"clearing:{channel}", -amount), ("frozen", amount)]


def channel_fee_charged(channel: str, fee: Money) -> Postings:
    """The channel keeps its fee out of what it holds for the merchant."""
    return [("in_transit", -fee), (f"clearing:{channel}", fee)]


def refund_promised(bucket: Bucket, amount: Money) -> Postings:
    return [(bucket, -amount), ("refunds:in_flight", amount)]


def refund_succeeded(channel: str, amount: Money) -> Postings:
    return [("refunds:in_flight", -amount), (f"clearing:{channel}", amount)]


def refund_failed(bucket: Bucket, amount: Money) -> Postings:
    return [("refunds:in_flight", -amount), (bucket, amount)]


def refund_bounced(channel: str, bucket: Bucket, amount: Money) -> Postings:
    """The payer's bank sent a refund back after the channel had called it done."""
    return [(f"clearing:{channel}", -amount), (bucket, amount)]


def settlement_arrived(channel: str, amount: Money) -> Postings:
    """The channel paid out to the bank: what was in transit is now the merchant's to use."""
    return [
        (f"clearing:{channel}", amount),
        ("bank", -amount),
        ("in_transit", -amount),
        ("available", amount),
    ]


def payout_requested(amount: Money) -> Postings:
    return [("available", -amount), ("payouts:in_flight", amount)]
