"""Stripe's balance transactions as a statement: over the sandbox, and what each kind means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sleek.channels.base import Movement, Outcome, Short, Unavailable
from sleek.channels.stripe import channel, statement
from sleek.core.money import Money
from tests.channels.providers import StripeProvider, paid, refund_of, sandbox_time, started
from tests.channels.statements import StatementContract, lines
from tests.sandbox.conftest import Receiver, Sandbox


@pytest.fixture
def provider(sandbox: Sandbox, receiver: Receiver) -> Iterator[StripeProvider]:
    with sandbox_time(sandbox):
        yield StripeProvider(sandbox, receiver)


class TestStatements(StatementContract):
    pass


def test_a_day_of_many_pages_is_told_whole(
    provider: StripeProvider, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(channel, "PAGE", 2)
    keys = {paid(provider)[0].key for _ in range(5)}
    provider.let_days_pass()
    assert {line.key for line in lines(provider)} == keys
    monkeypatch.setattr(channel, "MAX_LINES", 4)
    with pytest.raises(Unavailable, match="too long"):
        lines(provider)


def test_a_refund_that_came_back_stands_under_the_same_key(provider: StripeProvider):
    order, _ = paid_with(provider, "4000000000005126")
    refund = refund_of(order)
    provider.channel.refund(refund)
    provider.sandbox.flush(ahead_s=120)
    provider.let_days_pass()
    told = [(line.kind, line.amount.minor) for line in lines(provider) if line.key == refund.key]
    assert sorted(told) == [("refund", -5000), ("refund_failure", 5000)]


def test_what_is_taken_to_the_bank_is_told_too(provider: StripeProvider):
    paid(provider)
    _withdraw(provider, amount=1000)
    provider.let_days_pass()
    other = [line for line in lines(provider) if line.movement == Movement.OTHER]
    assert [(line.kind, line.amount, line.key) for line in other] == [
        ("payout", Money(-1000, "USD"), "")
    ]


def test_a_refund_that_the_balance_does_not_cover_waits_at_stripe_and_is_made_there(
    provider: StripeProvider,
):
    """It exists and Stripe will make it, so nobody may give the money back by another way."""
    order, _ = paid(provider)
    _withdraw(provider)
    refund = refund_of(order, 300)
    made = provider.channel.refund(refund)
    assert (made.outcome, made.failure_code) == (Outcome.PENDING, "insufficient_funds")
    assert provider.booked(order, "money.refunded") == 0
    _withdraw(provider, amount=-300)
    report = provider.channel.fetch_refund(refund)
    assert (report.outcome, report.amount) == (Outcome.SUCCEEDED, Money(300, "USD"))
    assert report.failure_code == ""
    assert provider.booked(order, "money.refunded") == 1


def test_a_refund_that_stripe_does_not_even_make_is_short(provider: StripeProvider):
    order, _ = paid(provider)
    provider.fault("refund", "refuse", code="balance_insufficient", status=400)
    with pytest.raises(Short):
        provider.channel.refund(refund_of(order, 300))
    assert provider.channel.refund(refund_of(order, 300)).outcome == Outcome.SUCCEEDED


ENTRY: dict[str, Any] = {
    "id": "txn_1",
    "type": "charge",
    "amount": 10000,
    "fee": 320,
    "currency": "usd",
    "created": 1_772_442_000,
    "source": {"id": "ch_1", "currency": "usd", "metadata": {"sleek_attempt": "att_1"}},
}


def test_a_charge_of_ours_and_one_of_the_merchants_other_business():
    line = statement.line(ENTRY)
    assert (line.movement, line.key, line.reference) == (Movement.PAYMENT, "att_1", "ch_1")
    assert (line.amount, line.fee) == (Money(10000, "USD"), Money(320, "USD"))
    assert line.event_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    other = statement.line(ENTRY | {"source": {"id": "ch_2", "currency": "usd", "metadata": {}}})
    assert (other.movement, other.key) == (Movement.PAYMENT, "")


@pytest.mark.parametrize(
    ("kind", "amount", "movement"),
    [
        ("payment", 100, Movement.PAYMENT),
        ("stripe_fee", -100, Movement.FEE),
        ("payout", -100, Movement.OTHER),
        ("adjustment", -100, Movement.OTHER),
        ("new_in_2027", 100, Movement.OTHER),
    ],
)
def test_each_kind_has_its_meaning_and_a_new_one_is_told_as_it_is(
    kind: str, amount: int, movement: Movement
):
    line = statement.line(ENTRY | {"type": kind, "amount": amount, "source": None, "fee": 0})
    assert (line.movement, line.amount.minor, line.kind) == (movement, amount, kind)
    assert (line.key, line.reference) == ("", "txn_1")


def test_what_the_payer_paid_counts_when_stripe_settles_in_another_currency():
    paid_in_yen = {
        "id": "ch_1",
        "currency": "jpy",
        "amount": 20000,
        "amount_captured": 15000,
        "metadata": {"sleek_attempt": "att_1"},
    }
    line = statement.line(ENTRY | {"source": paid_in_yen})
    assert (line.amount, line.fee) == (Money(15000, "JPY"), Money(320, "USD"))
    back = {"id": "re_1", "currency": "jpy", "amount": 15000, "metadata": {"sleek_refund": "ref_1"}}
    entry = ENTRY | {"type": "refund", "amount": -10000, "fee": 0, "source": back}
    line = statement.line(entry)
    assert (line.movement, line.amount, line.key) == (
        Movement.REFUND,
        Money(-15000, "JPY"),
        "ref_1",
    )


@pytest.mark.parametrize(
    "spoilt",
    [{"amount": "100"}, {"fee": None}, {"created": "soon"}, {"currency": None}, {"amount": 1.5}],
)
def test_what_cannot_be_read_says_nothing(spoilt: dict[str, Any]):
    with pytest.raises(Unavailable):
        statement.line(ENTRY | spoilt)


def paid_with(provider: StripeProvider, card: str) -> Any:
    order = started(provider)
    provider.pay(order, card=card)
    return order, provider.channel.fetch(order)


def _withdraw(provider: StripeProvider, **order: int) -> None:
    provider.sandbox.control(f"stripe/accounts/{provider.account_id}/withdraw", **order)
