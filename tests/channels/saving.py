"""What every channel must do that can keep a method for its payer's next payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sleek.channels.base import Flow, Gone, Keeps, Order, Outcome, Saved, Unavailable
from sleek.core import clock
from sleek.core.money import Money
from tests.channels.contract import LOST_ANSWERS, read_all
from tests.channels.providers import Provider, order_for, refund_of, refunded, started


class SavingContract:
    def test_only_what_its_payer_agreed_to_is_kept(self, provider: Provider) -> None:
        order = started(provider)
        provider.meet(order)
        provider.pay(order)
        assert provider.channel.fetch(order).saved is None

    def test_what_was_kept_is_told_with_a_hint(self, provider: Provider) -> None:
        saved = keep(provider)
        assert saved.token
        assert saved.hint
        assert saved.expires_on is None or saved.expires_on > clock.now().date()

    def test_a_kept_method_pays_at_once(self, provider: Provider) -> None:
        order = charge_for(provider, keep(provider))
        step = provider.channel.start(order)
        assert (step.flow, step.url) == (Flow.REDIRECT, order.return_url)
        order = replace(order, reference=step.reference)
        report = provider.channel.fetch(order)
        assert (report.key, report.outcome, report.amount) == (
            order.key,
            Outcome.SUCCEEDED,
            order.amount,
        )
        assert report.payer
        assert (report.fee is not None) == provider.channel.capabilities.tells_fee
        assert provider.booked(order, "money.captured") == 1

    def test_its_notice_tells_the_same_once(self, provider: Provider) -> None:
        order = charged(provider)
        news = [each.report for each in read_all(provider) if each.report]
        told = [each for each in news if each.key == order.key]
        assert [(each.outcome, each.amount, each.reference) for each in told] == [
            (Outcome.SUCCEEDED, order.amount, order.reference)
        ]

    def test_the_same_charge_twice_charges_once(self, provider: Provider) -> None:
        order = charge_for(provider, keep(provider))
        assert provider.channel.start(order) == provider.channel.start(order)
        assert provider.booked(order, "money.captured") == 1

    @pytest.mark.parametrize(("kind", "parameters"), LOST_ANSWERS)
    def test_a_charge_whose_answer_is_lost_is_found_or_was_never_made(
        self, provider: Provider, kind: str, parameters: dict[str, Any]
    ) -> None:
        order = charge_for(provider, keep(provider))
        provider.fault("create", kind, **parameters)
        with pytest.raises(Unavailable):
            provider.channel.start(order)
        moved = provider.booked(order, "money.captured")
        report = provider.channel.fetch(order)
        assert report.outcome == (Outcome.SUCCEEDED if moved else Outcome.PENDING)
        later = replace(order, started_at=clock.now() - timedelta(minutes=10))
        after = provider.channel.fetch(later)
        assert after.outcome == (Outcome.SUCCEEDED if moved else Outcome.CANCELED)
        assert provider.channel.cancel(later).outcome == after.outcome
        provider.channel.start(order)
        assert provider.booked(order, "money.captured") == 1

    def test_such_a_payment_is_refunded_like_any_other(self, provider: Provider) -> None:
        order = charged(provider)
        refund = refund_of(order, 300)
        made = refunded(provider, refund)
        assert (made.outcome, made.amount) == (
            Outcome.SUCCEEDED,
            Money(300, order.amount.currency),
        )
        assert provider.channel.fetch_refund(refund) == made
        assert provider.booked(order, "money.refunded") == 1

    def test_canceling_a_charge_that_was_paid_says_so(self, provider: Provider) -> None:
        order = charged(provider)
        assert provider.channel.cancel(order).outcome == Outcome.SUCCEEDED

    def test_what_was_forgotten_charges_nothing(self, provider: Provider) -> None:
        saved = keep(provider)
        assert isinstance(provider.channel, Keeps)
        provider.channel.forget(saved.token)
        provider.channel.forget(saved.token)
        order = charge_for(provider, saved)
        with pytest.raises(Gone):
            provider.channel.start(order)
        assert provider.booked(order, "money.captured") == 0

    def test_a_token_of_another_account_charges_nothing(self, provider: Provider) -> None:
        other = provider.another()
        order = charge_for(other, keep(provider))
        with pytest.raises(Gone):
            other.channel.start(order)
        assert provider.booked(order, "money.captured") == 0

    @pytest.mark.parametrize("token", ["nothing", "a:b", ":", "../x:y"])
    def test_a_token_that_is_none_is_gone(self, provider: Provider, token: str) -> None:
        order = charge_for(provider, Saved(token))
        with pytest.raises(Gone):
            provider.channel.start(order)


def keep(provider: Provider, **more: Any) -> Saved:
    """Paid once by a payer who agreed that the method is kept."""
    order = started(provider, saves=True)
    provider.meet(order)
    provider.pay(order, **more)
    saved = provider.channel.fetch(order).saved
    assert saved is not None
    return saved


def charge_for(provider: Provider, saved: Saved, **more: Any) -> Order:
    return order_for(provider, saved=saved.token, started_at=clock.now(), **more)


def charged(provider: Provider) -> Order:
    order = charge_for(provider, keep(provider))
    return replace(order, reference=provider.channel.start(order).reference)
