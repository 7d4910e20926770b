"""What every channel must do: one suite, run against each over its provider's simulator.

A connector's own test module subclasses `ChannelContract` and gives it a `provider` fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sleek.channels.base import Notice, Outcome, Refused, Unavailable, Untrusted
from sleek.core import clock
from sleek.core.money import Money
from tests.channels.providers import (
    SHORT,
    Provider,
    afterwards,
    called_off,
    order_for,
    paid,
    refund_of,
    refunded,
    started,
)

LOST_ANSWERS: list[Any] = [
    pytest.param("error_500", {}, id="500 before anything happened"),
    pytest.param("error_500", {"effect": True}, id="500 after it happened"),
    pytest.param("timeout_before", SHORT, id="time-out before anything happened"),
    pytest.param("timeout_after", SHORT, id="time-out after it happened"),
]


class ChannelContract:
    def test_the_credentials_are_proven_by_a_harmless_question(self, provider: Provider) -> None:
        provider.channel.check()

    def test_wrong_credentials_are_refused_and_not_repeated_in_words(
        self, provider: Provider
    ) -> None:
        channel = type(provider.channel)(provider.bad_credentials)
        with pytest.raises(Refused) as refusal:
            channel.check()
        assert "sk_" not in refusal.value.message
        assert "PRIVATE" not in refusal.value.message

    def test_a_payment_is_started_paid_and_told(self, provider: Provider) -> None:
        order = started(provider)
        provider.meet(order)
        before = provider.channel.fetch(order)
        assert (before.outcome, before.amount) == (Outcome.PENDING, None)
        provider.pay(order)
        after = provider.channel.fetch(order)
        assert after.key == order.key
        assert (after.outcome, after.amount) == (Outcome.SUCCEEDED, provider.asked)
        assert after.reference
        assert after.payer
        assert after.event_at is not None
        assert (after.fee is not None) == provider.channel.capabilities.tells_fee

    def test_its_notice_tells_the_same_as_asking(self, provider: Provider) -> None:
        order, report = paid(provider)
        news = [each.report for each in read_all(provider) if each.report]
        told = [each for each in news if each.outcome == Outcome.SUCCEEDED]
        assert [(each.key, each.amount, each.reference) for each in told] == [
            (order.key, provider.asked, report.reference)
        ]

    def test_every_notice_has_an_id_of_its_own_and_a_repeat_has_the_same(
        self, provider: Provider
    ) -> None:
        provider.fault("notify", "duplicate", copies=2)
        paid(provider)
        ids = [each.id for each in read_all(provider)]
        assert all(ids)
        assert len(ids) == len(set(ids)) + 1

    def test_a_payment_that_was_never_started_is_pending(self, provider: Provider) -> None:
        report = provider.channel.fetch(order_for(provider))
        assert (report.outcome, report.amount) == (Outcome.PENDING, None)

    def test_and_past_its_end_it_is_canceled(self, provider: Provider) -> None:
        order = order_for(provider, expires_at=clock.now() - timedelta(hours=1))
        assert provider.channel.fetch(order).outcome == Outcome.CANCELED
        assert provider.channel.cancel(order).outcome == Outcome.CANCELED

    def test_a_canceled_payment_cannot_be_paid(self, provider: Provider) -> None:
        order = started(provider)
        provider.meet(order)
        assert called_off(provider, order).outcome == Outcome.CANCELED
        with pytest.raises(AssertionError):
            provider.pay(order)
        with afterwards(provider, order):
            assert provider.channel.fetch(order).outcome == Outcome.CANCELED
        assert provider.booked(order, "money.captured") == 0

    def test_canceling_twice_says_the_same(self, provider: Provider) -> None:
        order = started(provider)
        provider.meet(order)
        first = called_off(provider, order)
        with afterwards(provider, order):
            assert provider.channel.cancel(order).outcome == first.outcome == Outcome.CANCELED

    def test_canceling_a_paid_payment_says_that_it_was_paid(self, provider: Provider) -> None:
        order, _ = paid(provider)
        report = provider.channel.cancel(order)
        assert (report.outcome, report.amount) == (Outcome.SUCCEEDED, provider.asked)

    def test_a_full_refund_leaves_a_payment_that_succeeded(self, provider: Provider) -> None:
        order, _ = paid(provider)
        refund = refund_of(order)
        made = refunded(provider, refund)
        assert (made.key, made.outcome, made.amount) == (
            refund.key,
            Outcome.SUCCEEDED,
            order.amount,
        )
        assert provider.channel.fetch_refund(refund) == made
        after = provider.channel.fetch(order)
        assert (after.outcome, after.amount) == (Outcome.SUCCEEDED, order.amount)

    def test_partial_refunds_are_told_apart(self, provider: Provider) -> None:
        order, _ = paid(provider)
        first, second = refund_of(order, 300), refund_of(order, 200)
        amounts = [refunded(provider, each).amount for each in (first, second)]
        assert amounts == [Money(300, order.amount.currency), Money(200, order.amount.currency)]
        assert provider.channel.fetch_refund(first).amount == amounts[0]
        assert provider.channel.fetch(order).amount == order.amount

    def test_the_same_refund_twice_refunds_once(self, provider: Provider) -> None:
        order, _ = paid(provider)
        refund = refund_of(order, 300)
        first, again = provider.channel.refund(refund), provider.channel.refund(refund)
        assert first == again
        provider.settle(refund)
        assert provider.channel.refund(refund).amount == refund.amount
        assert provider.booked(order, "money.refunded") == 1

    def test_access_that_was_taken_away_leaves_a_refund_open(self, provider: Provider) -> None:
        """An earlier request may have moved the money: a no to our keys says nothing of that."""
        order, _ = paid(provider)
        locked_out = type(provider.channel)(provider.bad_credentials)
        with pytest.raises(Unavailable):
            locked_out.refund(refund_of(order))

    def test_more_than_was_paid_is_not_refunded(self, provider: Provider) -> None:
        order, _ = paid(provider)
        refunded(provider, refund_of(order, 300))
        with pytest.raises(Refused) as refusal:
            provider.channel.refund(refund_of(order))
        assert refusal.value.reason
        assert provider.booked(order, "money.refunded") == 1

    def test_a_refund_that_was_never_sent_is_pending(self, provider: Provider) -> None:
        order, _ = paid(provider)
        report = provider.channel.fetch_refund(refund_of(order))
        assert (report.outcome, report.amount) == (Outcome.PENDING, None)

    def test_a_refunds_notices_are_no_second_payment(self, provider: Provider) -> None:
        order, _ = paid(provider)
        refunded(provider, refund_of(order, 300))
        refunded(provider, refund_of(order, order.amount.minor - 300))
        read = read_all(provider)
        reports = [each.report for each in read if each.report]
        assert {each.amount for each in reports if each.amount} == {order.amount}
        assert sum(each.outcome == Outcome.SUCCEEDED for each in reports) == 1
        assert {each.key for each in read} <= {order.key, ""}

    def test_a_notice_with_any_byte_changed_is_refused(self, provider: Provider) -> None:
        paid(provider)
        headers, body = provider.notices()[-1]
        provider.channel.read_notice(headers, body)
        for altered in each_byte_altered(body):
            with pytest.raises(Untrusted):
                provider.channel.read_notice(headers, altered)

    def test_a_notice_with_its_signature_changed_or_missing_is_refused(
        self, provider: Provider
    ) -> None:
        paid(provider)
        headers, body = provider.notices()[-1]
        for name in provider.signed_headers:
            for altered in each_byte_altered(headers[name].encode()):
                with pytest.raises(Untrusted):
                    provider.channel.read_notice(headers | {name: altered.decode()}, body)
        for spoilt in (b"", body[:-1], body + b" ", body[: len(body) // 2]):
            with pytest.raises(Untrusted):
                provider.channel.read_notice(headers, spoilt)

    def test_a_notice_signed_with_another_key_is_refused(self, provider: Provider) -> None:
        provider.fault("notify", "wrong_signature")
        paid(provider)
        refused = 0
        for headers, body in provider.notices():
            try:
                provider.channel.read_notice(headers, body)
            except Untrusted:
                refused += 1
        assert refused == 1

    def test_a_notice_for_another_account_is_refused(self, provider: Provider) -> None:
        paid(provider)
        other = provider.another()
        for headers, body in provider.notices():
            with pytest.raises(Untrusted):
                other.channel.read_notice(headers, body)

    @pytest.mark.parametrize("kind", ["wrong_amount", "wrong_currency"])
    def test_other_money_is_reported_as_what_it_is(self, provider: Provider, kind: str) -> None:
        order, _ = paid(provider)
        provider.fault("query", kind)
        report = provider.channel.fetch(order)
        assert report.outcome == Outcome.SUCCEEDED
        assert report.amount == other_money(order.amount, kind)

    @pytest.mark.parametrize("kind", ["wrong_amount", "wrong_currency"])
    def test_a_notice_of_other_money_too(self, provider: Provider, kind: str) -> None:
        order = started(provider)
        provider.meet(order)
        for _ in range(20):
            provider.fault("notify", kind)
        provider.pay(order)
        reports = [each.report for each in read_all(provider) if each.report]
        told = {each.amount for each in reports if each.outcome == Outcome.SUCCEEDED}
        assert told == {other_money(order.amount, kind)}

    @pytest.mark.parametrize(("kind", "parameters"), LOST_ANSWERS)
    def test_a_start_whose_answer_is_lost_leads_to_one_payment(
        self, provider: Provider, kind: str, parameters: dict[str, Any]
    ) -> None:
        order = order_for(provider)
        provider.fault("create", kind, **parameters)
        with pytest.raises(Unavailable):
            provider.open(order)
        assert provider.channel.fetch(order).outcome == Outcome.PENDING
        order = replace(order, reference=provider.open(order).reference)
        provider.meet(order)
        provider.pay(order)
        assert provider.channel.fetch(order).amount == order.amount
        assert provider.booked(order, "money.captured") == 1

    @pytest.mark.parametrize(("kind", "parameters"), LOST_ANSWERS)
    def test_a_refund_whose_answer_is_lost_refunds_once(
        self, provider: Provider, kind: str, parameters: dict[str, Any]
    ) -> None:
        order, _ = paid(provider)
        refund = refund_of(order, 300)
        provider.fault("refund", kind, **parameters)
        with pytest.raises(Unavailable):
            provider.channel.refund(refund)
        assert refunded(provider, refund).amount == refund.amount
        assert provider.channel.fetch_refund(refund).outcome == Outcome.SUCCEEDED
        assert provider.booked(order, "money.refunded") == 1

    @pytest.mark.parametrize(("kind", "parameters"), LOST_ANSWERS)
    def test_asking_and_canceling_may_be_repeated(
        self, provider: Provider, kind: str, parameters: dict[str, Any]
    ) -> None:
        order = started(provider)
        provider.meet(order)
        provider.fault("query", kind, **parameters)
        with pytest.raises(Unavailable):
            provider.channel.fetch(order)
        assert provider.channel.fetch(order).outcome == Outcome.PENDING
        provider.fault(provider.close, kind, **parameters)
        with pytest.raises(Unavailable):
            provider.channel.cancel(order)
        assert called_off(provider, order).outcome == Outcome.CANCELED

    def test_a_refusal_is_not_unavailability(self, provider: Provider) -> None:
        provider.fault("create", "refuse", code="40004", sub_code="ACQ.TOTAL_FEE_EXCEED")
        order = order_for(provider)
        with pytest.raises(Refused) as refusal:
            provider.open(order)
        assert refusal.value.reason


def read_all(provider: Provider) -> list[Notice]:
    return [provider.channel.read_notice(*each) for each in provider.notices()]


def each_byte_altered(text: bytes) -> Iterator[bytes]:
    """For every byte its lowest bit flipped, which is never another spelling of the same."""
    for at in range(len(text)):
        yield text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]


def other_money(asked: Money, kind: str) -> Money:
    """What the sandbox says instead when told to lie."""
    if kind == "wrong_amount":
        return Money(asked.minor - 1, asked.currency)
    return Money(asked.minor, "EUR" if asked.currency == "USD" else "USD")
