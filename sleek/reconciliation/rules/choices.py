"""What a person may do with money that waits. Pure."""

from __future__ import annotations

from enum import StrEnum

from sleek.core.money import Money


class Choice(StrEnum):
    """What becomes of money that pays nothing yet."""

    RETURN = "return"  # to where it came from
    ACCEPT = "accept"  # all of it pays its payment after all
    TAKE = "take"  # what was asked pays, the rest goes back to where it came from
    SETTLE = "settle"  # what was asked pays, the rest is kept for the payer
    KEEP = "keep"  # all of it, for the payer
    APPLY = "apply"  # to another payment
    REPAY = "repay"  # what was kept for the payer goes back after all


OF_CREDIT = (Choice.APPLY, Choice.REPAY)


def choices(
    *,
    received: Money,
    asked: Money,
    is_wrong_amount: bool,
    is_alone: bool,
    is_payable: bool,
    is_under_way: bool,
    was_returned: bool,
) -> list[Choice]:
    """The likeliest first. What came back after its return can only be returned again.

    While another try of the payment `is_under_way`, no credit can pay it.
    """
    if was_returned:
        return [Choice.RETURN]
    found = [Choice.RETURN, Choice.KEEP, Choice.APPLY]
    if not is_wrong_amount or not is_payable:
        return found
    if not is_alone:
        return [Choice.ACCEPT, *found]
    if received > asked and not is_under_way:
        return [Choice.TAKE, Choice.SETTLE, *found, Choice.ACCEPT]
    return [Choice.RETURN, Choice.ACCEPT, Choice.KEEP, Choice.APPLY]
