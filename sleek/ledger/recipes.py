"""Every way money moves, on one page.

A recipe is named for the event, and that name is the entry's `kind`. Accounts that hold a
merchant's money:

- in_transit: captured by a channel, not yet in the merchant's bank account
- available: arrived; free to withdraw or refund
- frozen: not the merchant's to use, arrived or not; each posting's entry says why
- credits: paid too much, and kept for the payer
- refunds:in_flight: promised to a payer, not yet confirmed by the channel
- payouts:in_flight: being withdrawn

`debts` is negative by what the merchant owes; and the outside world is, by what it holds for the
merchant: `clearing:{channel}` and `bank`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from sleek.core.money import Money

Postings: TypeAlias = list[tuple[str, Money]]
Bucket: TypeAlias = Literal["in_transit", "available", "frozen", "credits"]

# The database refuses to let these fall below zero.
GUARDED = (
    "in_transit",
    "available",
    "frozen",
    "credits",
    "refunds:in_flight",
    "payouts:in_flight",
)


def payment_succeeded(channel: str, amount: Money) -> Postings:
    return [(f"clearing:{channel}", -amount), ("in_transit", amount)]


def surplus_received(channel: str, amount: Money) -> Postings:
    """Real money that pays nothing.

    A second, late or wrong payment. It waits, frozen, to be returned or accepted.
    """
    return [(f"clearing:{channel}", -amount), ("frozen", amount)]


def surplus_accepted(bucket: Bucket, amount: Money) -> Postings:
    return [("frozen", -amount), (bucket, amount)]


def surplus_credited(amount: Money) -> Postings:
    return [("frozen", -amount), ("credits", amount)]


def credit_applied(bucket: Bucket, amount: Money) -> Postings:
    """Of a payer's credit, to a payment: to the merchant's use when that pays it, else `frozen`."""
    return [("credits", -amount), (bucket, amount)]


def channel_fee_charged(channel: str, fee: Money) -> Postings:
    """The channel keeps its fee out of what it holds for the merchant."""
    return [("in_transit", -fee), (f"clearing:{channel}", fee)]


def channel_fee_owed(channel: str, fee: Money) -> Postings:
    """The same when nothing of the payment is left in transit: the merchant owes it."""
    return [("debts", -fee), (f"clearing:{channel}", fee)]


def debt_settled(amount: Money) -> Postings:
    return [("available", -amount), ("debts", amount)]


def refund_promised(bucket: Bucket, amount: Money) -> Postings:
    return [(bucket, -amount), ("refunds:in_flight", amount)]


def refund_succeeded(channel: str, amount: Money) -> Postings:
    return [("refunds:in_flight", -amount), (f"clearing:{channel}", amount)]


def refund_failed(bucket: Bucket, amount: Money) -> Postings:
    return [("refunds:in_flight", -amount), (bucket, amount)]


def refund_bounced(channel: str, bucket: Bucket, amount: Money) -> Postings:
    """The payer's bank sent a refund back after the channel had called it done."""
    return [(f"clearing:{channel}", -amount), (bucket, amount)]


def refund_paid_by_bank(amount: Money) -> Postings:
    """The merchant transferred it to an account that the payer named."""
    return [("refunds:in_flight", -amount), ("bank", amount)]


def refund_drawn_from_bank(amount: Money) -> Postings:
    """It is paid out of what has arrived, so what it took before is in transit again."""
    return [("in_transit", amount), ("available", -amount)]


def refund_sent_back_by_bank(bucket: Bucket, amount: Money) -> Postings:
    """Such a transfer came back."""
    return [("bank", -amount), (bucket, amount)]


def settlement_arrived(channel: str, amount: Money, freed: Money) -> Postings:
    """The channel paid out to the bank: what was in transit is now the merchant's to use.

    `freed` of it, by `rules.arriving`: what is frozen or going back to a payer stays so.
    """
    postings: Postings = [(f"clearing:{channel}", amount), ("bank", -amount)]
    return [*postings, ("in_transit", -freed), ("available", freed)] if freed.minor else postings


def balance_paid(amount: Money) -> Postings:
    """Out of the payer's own wallet, to another one here. Over all merchants, what is on
    `clearing:balance` is nothing.
    """
    return [("available", -amount), ("clearing:balance", amount)]


def balance_received(amount: Money) -> Postings:
    """What came from another wallet was never under way."""
    return [("in_transit", -amount), ("available", amount)]


def balance_refunded(amount: Money) -> Postings:
    """Back in the wallet that paid, or in one that the payer chose; the payee's side is its
    refund's.
    """
    return [("clearing:balance", -amount), ("available", amount)]


def portion_held(in_transit: Money, available: Money) -> Postings:
    """A part of a payment is kept back, out of what is in transit and what has arrived."""
    sides = [("in_transit", in_transit), ("available", available)]
    taken = [(code, -part) for code, part in sides if part.minor]
    return [*taken, ("frozen", in_transit + available)]


def portion_released(amount: Money, behind: Money) -> Postings:
    """It is the merchant's own again; `behind` of it, by `rules.thawing`, is still in transit."""
    sides = [("in_transit", behind), ("available", amount - behind)]
    return [("frozen", -amount), *((code, part) for code, part in sides if part.minor)]


def share_paid(amount: Money) -> Postings:
    """To another merchant's wallet, in whose books it is `share_received`."""
    return [("frozen", -amount), ("clearing:balance", amount)]


def share_paid_again(amount: Money) -> Postings:
    """What a refund had taken back, after it failed."""
    return [("available", -amount), ("clearing:balance", amount)]


def share_received(amount: Money) -> Postings:
    return [("clearing:balance", -amount), ("available", amount)]


def share_returned(amount: Money) -> Postings:
    """Out of the other wallet, for a refund; in the merchant's books it is `share_recovered`."""
    return [("available", -amount), ("clearing:balance", amount)]


def share_recovered(amount: Money) -> Postings:
    return [("clearing:balance", -amount), ("available", amount)]


def payout_requested(amount: Money) -> Postings:
    return [("available", -amount), ("payouts:in_flight", amount)]
