"""Stripe: the contract over the sandbox, and what only Stripe has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from sleek.channels.base import (
    Failure,
    Outcome,
    Refused,
    Unavailable,
)
from sleek.channels.stripe.channel import Stripe
from sleek.core.money import Money
from tests.channels.contract import ChannelContract, read_all
from tests.channels.providers import (
    StripeProvider,
    order_for,
    paid,
    past_its_end,
    refund_of,
    sandbox_time,
    started,
)
from tests.sandbox.conftest import Receiver, Sandbox

DECLINED, LOST, NEEDS_3DS = "4000000000000002", "4000000000009987", "4000002500003155"
REFUND_PENDS, REFUND_FAILS = "4000000000007726", "4000000000005126"


@pytest.fixture
def provider(sandbox: Sandbox, receiver: Receiver) -> Iterator[StripeProvider]:
    with sandbox_time(sandbox):
        yield StripeProvider(sandbox, receiver)


class TestContract(ChannelContract):
    pass


def test_the_session_carries_our_key_and_our_words(provider: StripeProvider):
    order = started(provider, language="zh-hans")
    session = provider.channel._stripe.v1.checkout.sessions.retrieve(order.reference).to_dict()
    assert session["client_reference_id"] == order.key
    assert session["metadata"] == {"sleek_attempt": order.key}
    assert session["expires_at"] == int(order.expires_at.timestamp())
    assert (session["success_url"], session["cancel_url"]) == (order.return_url,) * 2
    assert (session["locale"], session["payment_method_types"]) == ("zh", ["card"])


def test_the_fee_and_the_card_are_told(provider: StripeProvider):
    _, report = paid(provider)
    assert (report.fee, report.payer) == (Money(175, "USD"), "Visa •4242")


def test_starting_again_leads_to_the_same_page(provider: StripeProvider):
    order = order_for(provider)
    assert provider.channel.start(order) == provider.channel.start(order)


def test_after_a_500_that_had_an_effect_the_page_that_was_made_is_used(provider: StripeProvider):
    order = order_for(provider)
    provider.fault("create", "error_500", effect=True)
    with pytest.raises(Unavailable):
        provider.channel.start(order)
    step = provider.channel.start(order)
    assert step == provider.channel.start(order)
    assert provider.booked(order, "session.created") == 1


def test_a_declined_card_leaves_the_payment_open_and_says_why(provider: StripeProvider):
    order = started(provider)
    provider.pay(order, card=DECLINED)
    report = provider.channel.fetch(order)
    assert (report.outcome, report.failure) == (Outcome.PENDING, Failure.DECLINED)
    assert report.failure_code == "generic_decline"
    told = [each.report for each in read_all(provider) if each.report]
    assert [(each.key, each.outcome, each.failure) for each in told] == [
        (order.key, Outcome.PENDING, Failure.DECLINED)
    ]
    provider.pay(order)
    report = provider.channel.fetch(order)
    assert (report.outcome, report.failure) == (Outcome.SUCCEEDED, None)


def test_a_lost_card_is_something_to_be_careful_with(provider: StripeProvider):
    order = started(provider)
    provider.pay(order, card=LOST)
    assert provider.channel.fetch(order).failure == Failure.CAREFUL


def test_a_failed_challenge_is_a_matter_of_authentication(provider: StripeProvider):
    order = started(provider)
    provider.pay(order, card=NEEDS_3DS, challenge="fail")
    assert provider.channel.fetch(order).failure == Failure.AUTHENTICATION


def test_a_session_that_ran_out_is_canceled(provider: StripeProvider):
    order = started(provider)
    provider.sandbox.control(f"stripe/sessions/{order.reference}/expire")
    assert provider.channel.fetch(order).outcome == Outcome.CANCELED
    told = [each.report for each in read_all(provider) if each.report]
    assert [each.outcome for each in told] == [Outcome.CANCELED]


def test_a_start_that_we_did_not_live_to_remember_is_found_again(provider: StripeProvider):
    order = started(provider)
    for _ in range(3):
        started(provider)
    forgotten = replace(order, reference="")
    assert provider.channel.fetch(forgotten).reference == order.reference
    assert provider.channel.cancel(forgotten).outcome == Outcome.CANCELED


def test_a_page_that_is_another_accounts_stays_open_for_a_person_to_look_at(
    provider: StripeProvider,
):
    order = started(provider)
    other = provider.another()
    assert other.channel.fetch(order).outcome == Outcome.PENDING
    with past_its_end(order):
        assert other.channel.fetch(order).outcome == Outcome.PENDING
        assert other.channel.cancel(order).outcome == Outcome.PENDING


def test_a_refund_is_known_after_stripe_forgot_the_key(provider: StripeProvider):
    order, _ = paid(provider)
    refund = refund_of(order, 300)
    first = provider.channel.refund(refund)
    requests: list[httpx.Request] = []
    with httpx.Client(transport=_Recorder(requests)) as client:
        assert Stripe(provider.credentials, client=client).refund(refund) == first
    assert {request.method for request in requests} == {"GET"}


class _Recorder(httpx.HTTPTransport):
    def __init__(self, requests: list[httpx.Request]) -> None:
        super().__init__()
        self._requests = requests

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._requests.append(request)
        return super().handle_request(request)


@pytest.mark.parametrize(
    ("card", "first", "then"),
    [
        (REFUND_PENDS, Outcome.PENDING, Outcome.SUCCEEDED),
        (REFUND_FAILS, Outcome.SUCCEEDED, Outcome.FAILED),
    ],
)
def test_a_refund_may_turn_out_later(
    provider: StripeProvider, card: str, first: Outcome, then: Outcome
):
    order = started(provider)
    provider.pay(order, card=card)
    refund = refund_of(order, 300)
    assert provider.channel.refund(refund).outcome == first
    provider.sandbox.flush(ahead_s=120)
    assert provider.channel.fetch_refund(refund).outcome == then
    with sandbox_time(provider.sandbox):
        told = [each.refund_report for each in read_all(provider)[-4:] if each.refund_report]
    assert (told[-1].key, told[-1].outcome, told[-1].amount) == (refund.key, then, refund.amount)


def test_our_key_being_revoked_fails_no_refund(provider: StripeProvider):
    order, _ = paid(provider)
    with pytest.raises(Unavailable):
        Stripe(provider.bad_credentials).refund(refund_of(order))
    with pytest.raises(Refused):
        Stripe(provider.bad_credentials).check()


def test_an_amount_that_stripe_cannot_express_is_refused_before_anything_is_sent(
    provider: StripeProvider,
):
    with pytest.raises(Refused, match="decimals"):
        provider.channel.start(order_for(provider, amount=Money(1234, "KWD")))
    with pytest.raises(Refused):
        provider.channel.start(order_for(provider, amount=Money(500, "IRR")))


@pytest.mark.parametrize(
    ("amount", "raw"),
    [
        (Money(500, "JPY"), 500),
        (Money(9000, "KRW"), 9000),
        (Money(500, "ISK"), 50000),
        (Money(5000, "UGX"), 500000),
        (Money(1230, "KWD"), 1230),
        (Money(20000, "MGA"), 200),
    ],
)
def test_what_stripe_books_is_what_was_asked(provider: StripeProvider, amount: Money, raw: int):
    order, report = paid(provider, amount=amount)
    assert report.amount == amount
    session = provider.channel._stripe.v1.checkout.sessions.retrieve(order.reference).to_dict()
    assert (session["amount_total"], session["currency"]) == (raw, amount.currency.lower())
