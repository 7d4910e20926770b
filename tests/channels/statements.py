"""What every channel that has statements must do: tell each payment and refund of a day once.

A connector's own test module subclasses `StatementContract` and gives it a `provider` fixture.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain

import pytest

from sleek.channels.base import Movement, StatementLine, Unavailable
from sleek.core import clock
from tests.channels.providers import Provider, paid, refund_of, refunded, started

# What happened three days ago by any provider's calendar, even when a test began before midnight.
DAYS = (4, 3, 2)


class StatementContract:
    def test_a_day_tells_every_payment_and_refund_once(self, provider: Provider) -> None:
        orders = [paid(provider)[0] for _ in range(3)]
        refunds = [refund_of(orders[0], 300), refund_of(orders[1])]
        for refund in refunds:
            refunded(provider, refund)
        provider.let_days_pass()

        told = [line for line in lines(provider) if line.key]
        by_key = {line.key: line for line in told}
        assert len(told) == len(by_key) == 5
        [method] = provider.channel.capabilities.methods
        assert method.cost is not None
        for order in orders:
            line = by_key[order.key]
            assert (line.movement, line.amount) == (Movement.PAYMENT, order.amount)
            assert line.fee == method.cost.of(order.amount)
            assert line.reference
        for refund in refunds:
            line = by_key[refund.key]
            assert (line.movement, line.amount) == (Movement.REFUND, -refund.amount)
            assert line.reference

    def test_it_stands_on_one_day(self, provider: Provider) -> None:
        order, _ = paid(provider)
        provider.let_days_pass()
        days = [list(provider.channel.statement(days_ago(days))) for days in DAYS]
        assert sorted([line.key for line in each] for each in days) == [[], [], [order.key]]

    def test_a_day_without_trade_is_empty(self, provider: Provider) -> None:
        paid(provider)
        provider.let_days_pass()
        assert list(provider.channel.statement(days_ago(6))) == []

    def test_a_payment_that_was_not_made_is_not_told(self, provider: Provider) -> None:
        order = started(provider)
        provider.meet(order)
        provider.let_days_pass()
        assert lines(provider) == []

    @pytest.mark.parametrize("days", [0, -1])
    def test_a_day_that_is_not_over_is_not_told_yet(self, provider: Provider, days: int) -> None:
        paid(provider)
        with pytest.raises(Unavailable):
            list(provider.channel.statement(days_ago(days)))

    @pytest.mark.parametrize("kind", ["error_500", "timeout_before"])
    def test_what_got_lost_can_be_asked_for_again(self, provider: Provider, kind: str) -> None:
        order, _ = paid(provider)
        provider.let_days_pass()
        provider.fault("statement", kind, seconds=0.05)
        with pytest.raises(Unavailable):
            lines(provider)
        assert [line.key for line in lines(provider)] == [order.key]


def lines(provider: Provider) -> list[StatementLine]:
    return list(chain.from_iterable(provider.channel.statement(days_ago(each)) for each in DAYS))


def days_ago(days: int) -> date:
    return (clock.now() - timedelta(days=days)).date()
