"""When a payer can expect the money, by how it goes back. Pure, but for the calendar's data.

A channel calls a refund done when it has handed it on. Banks of cards post it days later; a wallet
shows it within days; a balance here at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sleek.core import calendars
from sleek.refunds.rules.life import RefundStatus, Route


@dataclass(frozen=True, slots=True)
class Window:
    """From the first to the last working day, counted from the day it is sent."""

    first: int
    last: int


AT_ONCE = Window(0, 0)
WINDOWS: dict[str, Window] = {
    "card": Window(5, 15),
    "debit": Window(1, 3),
    "alipay": Window(1, 3),
    "wechatpay": Window(1, 3),
    "unionpay": Window(1, 7),
    "paypal": Window(3, 5),
    "balance": AT_ONCE,
}
BY_BANK = Window(1, 3)
WALLET = "balance"  # the channel from wallet to wallet
LONGEST = Window(5, 15)  # for a method that is not listed


def window(method: str, route: str) -> Window:
    if route == Route.BALANCE:
        return AT_ONCE
    return BY_BANK if route == Route.BANK else WINDOWS.get(method, LONGEST)


def ends_in_wallet(channel: str, route: str) -> bool:
    """Whether it goes to a wallet here: to the one that paid, or to one that its payer chose."""
    return route == Route.BALANCE or (route == Route.CHANNEL and channel == WALLET)


def arrives_between(start: date, span: Window, country: str) -> tuple[date, date]:
    return (
        calendars.working_days_after(country, start, span.first),
        calendars.working_days_after(country, start, span.last),
    )


class Stage(StrEnum):
    """Where a refund stands, in the three steps that people see."""

    REVIEW = "review"
    CHANNEL = "channel"
    ARRIVAL = "arrival"
    OVER = "over"  # it failed


def stage(status: str) -> Stage:
    return {
        RefundStatus.IN_REVIEW: Stage.REVIEW,
        RefundStatus.PENDING: Stage.CHANNEL,
        RefundStatus.SUCCEEDED: Stage.ARRIVAL,
    }.get(RefundStatus(status), Stage.OVER)
