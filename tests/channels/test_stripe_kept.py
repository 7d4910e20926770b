"""Cards that Stripe keeps: the contract of keeping, and what only Stripe has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from sleek.channels.base import Failure, Outcome, Refused
from sleek.core.money import Money
from tests.channels.contract import read_all
from tests.channels.providers import StripeProvider, refund_of, sandbox_time
from tests.channels.saving import SavingContract, charge_for, charged, keep
from tests.sandbox.conftest import Receiver, Sandbox

ALWAYS_ASKS, ASKS_ON_WISH = "4000002760003184", "4000000000003055"


@pytest.fixture
def provider(sandbox: Sandbox, receiver: Receiver) -> Iterator[StripeProvider]:
    with sandbox_time(sandbox):
        yield StripeProvider(sandbox, receiver)


class TestContract(SavingContract):
    pass


def test_the_hint_and_the_last_day_are_the_cards(provider: StripeProvider):
    saved = keep(provider)
    assert (saved.hint, saved.expires_on) == ("Visa •4242", date(2040, 12, 31))


def test_a_page_that_keeps_asks_for_no_more_than_payments_that_the_payer_starts(
    provider: StripeProvider,
):
    keep(provider)
    intent = next(iter(provider.channel._stripe.v1.payment_intents.list()))
    assert intent.setup_future_usage == "on_session"


@pytest.mark.parametrize(
    ("said", "outcome", "failure"),
    [
        ("complete", Outcome.SUCCEEDED, None),
        ("fail", Outcome.FAILED, Failure.AUTHENTICATION),
    ],
)
def test_the_bank_may_ask_first(
    provider: StripeProvider, said: str, outcome: Outcome, failure: Failure | None
):
    order = charge_for(provider, keep(provider, card=ALWAYS_ASKS))
    step = provider.channel.start(order)
    assert step.url == f"{provider.sandbox.url}/stripe/authenticate/{step.reference}"
    order = replace(order, reference=step.reference)
    assert provider.channel.fetch(order).outcome == Outcome.PENDING
    provider.sandbox.http.post(step.url, data={"answer": said})
    report = provider.channel.fetch(order)
    assert (report.outcome, report.failure) == (outcome, failure)
    told = [each.report for each in read_all(provider) if each.report]
    assert (told[-1].key, told[-1].outcome, told[-1].failure) == (order.key, outcome, failure)


def test_a_charge_that_waits_for_the_bank_can_be_called_off(provider: StripeProvider):
    order = charge_for(provider, keep(provider, card=ALWAYS_ASKS))
    step = provider.channel.start(order)
    assert provider.channel.cancel(order).outcome == Outcome.CANCELED
    provider.sandbox.http.post(step.url, data={"answer": "complete"})
    assert provider.channel.fetch(order).outcome == Outcome.CANCELED
    assert provider.booked(order, "money.captured") == 0


@pytest.mark.parametrize(("is_proof_asked", "is_at_once"), [(False, True), (True, False)])
def test_the_bank_is_asked_where_we_ask_for_proof(
    provider: StripeProvider, is_proof_asked: bool, is_at_once: bool
):
    saved = keep(provider, card=ASKS_ON_WISH)
    order = charge_for(provider, saved, is_proof_asked=is_proof_asked)
    assert (provider.channel.start(order).url == order.return_url) == is_at_once


def test_a_decline_says_why_and_stays_one(provider: StripeProvider):
    saved = keep(provider)
    order = charge_for(provider, saved)
    provider.fault(
        "create", "refuse", status=402, type="card_error", code="card_declined", message="No."
    )
    with pytest.raises(Refused) as refusal:
        provider.channel.start(order)
    assert (refusal.value.reason, refusal.value.failure) == ("card_declined", Failure.DECLINED)
    assert provider.booked(order, "money.captured") == 0


def test_another_payments_charge_is_not_refunded(provider: StripeProvider):
    order, other = charged(provider), charged(provider)
    with pytest.raises(Refused) as refusal:
        provider.channel.refund(refund_of(replace(order, reference=other.reference)))
    assert refusal.value.reason == "payment_unknown"
    assert provider.booked(other, "money.refunded") == 0


def test_an_amount_that_stripe_cannot_express_is_not_charged(provider: StripeProvider):
    with pytest.raises(Refused, match="decimals"):
        provider.channel.start(charge_for(provider, keep(provider), amount=Money(1234, "KWD")))
