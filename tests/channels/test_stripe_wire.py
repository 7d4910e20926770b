"""Stripe's wire: replies that the sandbox would never send, notices that the SDK signs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import stripe
from django.db import transaction

from sleek.channels.base import Flow, Order, Outcome, Refused, Unavailable, Untrusted
from sleek.channels.stripe.channel import Stripe
from sleek.core import clock
from sleek.core.http import NetworkInTransaction
from sleek.core.money import Money
from tests.conftest import FrozenClock

SECRET = "whsec_mei"
Answer = Callable[[httpx.Request], httpx.Response]


def stripe_answering(answer: Answer) -> Stripe:
    client = httpx.Client(transport=httpx.MockTransport(answer))
    return Stripe({"secret_key": "sk_test_mei", "webhook_secret": SECRET}, client=client)


def session(**changes: Any) -> dict[str, Any]:
    return {
        "id": "cs_1",
        "object": "checkout.session",
        "client_reference_id": "att_1",
        "metadata": {"sleek_attempt": "att_1"},
        "status": "open",
        "payment_status": "unpaid",
        "amount_total": 5000,
        "currency": "usd",
        "payment_intent": None,
        "url": "https://checkout.stripe.com/c/pay/cs_1",
    } | changes


@pytest.fixture
def order() -> Order:
    return Order(
        key="att_1",
        amount=Money(5000, "USD"),
        method="card",
        flow=Flow.REDIRECT,
        description="tea set",
        return_url="https://sleek.example/pay/pay_1/return/",
        notice_url="https://sleek.example/callbacks/stripe/con_1/",
        expires_at=datetime(2026, 3, 2, 10, 0, tzinfo=UTC),
        reference="cs_1",
    )


def test_requests_go_to_stripe_with_our_key_and_without_the_sdks_telemetry(order: Order):
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=session())

    stripe_answering(answer).start(order)
    (request,) = seen
    assert str(request.url) == "https://api.stripe.com/v1/checkout/sessions"
    assert request.headers["idempotency-key"] == "att_1"
    assert request.headers["authorization"] == "Bearer sk_test_mei"
    assert "telemetry" not in request.headers["x-stripe-client-user-agent"]
    sent = parse_qs(request.content.decode())
    assert sent["line_items[0][price_data][unit_amount]"] == ["5000"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil", "ftp://x/y", "", None])
def test_a_page_that_is_none_is_not_handed_to_the_payer(order: Order, url: str | None):
    channel = stripe_answering(lambda _: httpx.Response(200, json=session(url=url)))
    with pytest.raises(Unavailable):
        channel.start(order)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": {"type": "invalid_request_error", "message": "no"}}, Refused),
        (402, {"error": {"type": "card_error", "code": "card_declined", "message": "no"}}, Refused),
        (403, {"error": {"type": "invalid_request_error", "message": "no"}}, Refused),
        (400, {"error": {"type": "idempotency_error", "message": "no"}}, Unavailable),
        (409, {"error": {"type": "idempotency_error", "message": "no"}}, Unavailable),
        (429, {"error": {"type": "invalid_request_error", "message": "slow"}}, Unavailable),
        (500, {"error": {"type": "api_error", "message": "oops"}}, Unavailable),
        (503, "<html>", Unavailable),
        (200, "<html>", Unavailable),
        (302, "", Unavailable),
    ],
)
def test_only_a_clear_no_is_a_refusal(order: Order, status: int, body: Any, error: Any):
    text = body if isinstance(body, str) else json.dumps(body)
    channel = stripe_answering(lambda _: httpx.Response(status, text=text))
    with pytest.raises(error):
        channel.start(order)


def test_an_error_repeats_neither_key_nor_reply(order: Order):
    said = {
        "error": {"type": "invalid_request_error", "message": "Invalid API Key: sk_test_***mei"}
    }
    channel = stripe_answering(lambda _: httpx.Response(401, json=said))
    with pytest.raises(Refused) as refusal:
        channel.check()
    assert "sk_test" not in refusal.value.message
    assert refusal.value.__cause__ is None


def test_an_answer_that_says_nothing_is_none(order: Order):
    channel = stripe_answering(lambda _: httpx.Response(200, json={}))
    for verb in (channel.start, channel.fetch, channel.cancel):
        with pytest.raises(Unavailable):
            verb(order)


def test_an_address_that_is_none_is_refused():
    with pytest.raises(Refused) as refusal:
        Stripe({"secret_key": "sk_test_mei", "api_base": "api.stripe.com"})
    assert refusal.value.reason == "api_base"


def test_a_network_that_breaks_leaves_everything_open(order: Order):
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    channel = stripe_answering(answer)
    for verb in (channel.start, channel.fetch, channel.cancel):
        with pytest.raises(Unavailable):
            verb(order)


@pytest.mark.django_db
def test_nothing_is_sent_while_a_transaction_is_open(order: Order):
    channel = stripe_answering(lambda _: httpx.Response(200, json=session()))
    with transaction.atomic(), pytest.raises(NetworkInTransaction):
        channel.start(order)


def test_a_session_of_another_payment_is_no_answer(order: Order):
    other = session(metadata={"sleek_attempt": "att_2"})
    channel = stripe_answering(lambda _: httpx.Response(200, json=other))
    with pytest.raises(Unavailable):
        channel.fetch(order)


def test_paid_money_that_cannot_be_understood_is_asked_for_again(order: Order):
    intent = {"amount_received": 550, "currency": "isk"}
    strange = session(status="complete", payment_status="paid", payment_intent=intent)
    channel = stripe_answering(lambda _: httpx.Response(200, json=strange))
    with pytest.raises(Unavailable):
        channel.fetch(order)


# Notices, signed by the SDK's own helper.


def notice_of(kind: str, thing: dict[str, Any], **changes: Any) -> bytes:
    event = {"id": "evt_1", "object": "event", "type": kind, "created": 1772442000}
    return json.dumps(event | {"data": {"object": thing}} | changes).encode()


def signed(body: bytes, secret: str = SECRET, *, at: int | None = None) -> dict[str, str]:
    moment = at if at is not None else int(clock.now().timestamp())
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, moment)
    return {"stripe-signature": header}


@pytest.fixture
def channel() -> Stripe:
    return stripe_answering(lambda _: httpx.Response(500))


def test_a_notice_that_the_sdk_signs_is_read(channel: Stripe, frozen_clock: FrozenClock):
    done = session(status="complete", payment_status="paid", payment_intent="pi_1")
    body = notice_of("checkout.session.completed", done)
    report = channel.read_notice(signed(body), body).report
    assert report is not None
    assert (report.outcome, report.amount) == (Outcome.SUCCEEDED, Money(5000, "USD"))


@pytest.mark.parametrize(
    ("age_s", "is_fresh"), [(299, True), (301, False), (-299, True), (-301, False)]
)
def test_a_notice_is_fresh_for_five_minutes_of_our_clock(
    channel: Stripe, frozen_clock: FrozenClock, age_s: int, is_fresh: bool
):
    body = notice_of("checkout.session.expired", session(status="expired"))
    headers = signed(body)
    frozen_clock.advance(seconds=age_s)
    if is_fresh:
        assert channel.read_notice(headers, body).report is not None
        return
    with pytest.raises(Untrusted):
        channel.read_notice(headers, body)


def test_while_a_secret_is_replaced_either_signature_will_do(channel: Stripe):
    body = notice_of("checkout.session.expired", session(status="expired"))
    other = signed(body, "whsec_older")["stripe-signature"]
    header = other + "," + signed(body)["stripe-signature"].partition(",")[2]
    assert channel.read_notice({"stripe-signature": header}, body).id == "evt_1"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=1",
        "v1=abc",
        "t=,v1=",
        "t=²,v1=a",
        "t=-1,v1=a",
        "t=1,t=2,v1=a",
        "t=" + "9" * 5000 + ",v1=a",
    ],
)
def test_a_malformed_signature_is_refused(channel: Stripe, header: str):
    with pytest.raises(Untrusted):
        channel.read_notice({"stripe-signature": header}, b"{}")


def test_a_signature_by_an_older_scheme_does_not_count(channel: Stripe):
    body = notice_of("checkout.session.expired", session())
    header = signed(body)["stripe-signature"].replace("v1=", "v0=")
    with pytest.raises(Untrusted):
        channel.read_notice({"stripe-signature": header}, body)


def test_without_a_signing_secret_no_notice_is_believed():
    channel = Stripe({"secret_key": "sk_test_mei", "webhook_secret": ""})
    body = notice_of("checkout.session.expired", session())
    with pytest.raises(Untrusted):
        channel.read_notice(signed(body, ""), body)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'"x"', b"not json", b'{"id": 1, "type": "x"}'])
def test_a_signed_body_that_is_no_event_is_refused(channel: Stripe, body: bytes):
    with pytest.raises(Untrusted):
        channel.read_notice(signed(body), body)


@pytest.mark.parametrize("kind", ["charge.updated", "charge.refunded"])
def test_some_notices_only_tell_us_to_ask(channel: Stripe, kind: str):
    body = notice_of(kind, {"metadata": {"sleek_attempt": "att_1"}, "amount": 5000})
    notice = channel.read_notice(signed(body), body)
    assert (notice.key, notice.report, notice.refund_report) == ("att_1", None, None)


@pytest.mark.parametrize(
    ("kind", "thing"),
    [
        ("customer.created", {"metadata": {"sleek_attempt": "att_1"}}),
        ("checkout.session.completed", session(metadata={}, status="complete")),
        ("refund.created", {"metadata": {}, "status": "succeeded"}),
        ("charge.updated", {"metadata": None}),
    ],
)
def test_the_merchants_other_business_is_none_of_ours(
    channel: Stripe, kind: str, thing: dict[str, Any]
):
    body = notice_of(kind, thing)
    notice = channel.read_notice(signed(body), body)
    assert (notice.key, notice.report, notice.refund_report) == ("", None, None)


def test_a_delayed_payment_that_failed_is_failed(channel: Stripe):
    body = notice_of("checkout.session.async_payment_failed", session(status="complete"))
    report = channel.read_notice(signed(body), body).report
    assert report is not None
    assert report.outcome == Outcome.FAILED


def test_a_notice_of_money_that_cannot_be_understood_tells_us_to_ask(channel: Stripe):
    paid_session = session(
        status="complete", payment_status="paid", amount_total=550, currency="isk"
    )
    body = notice_of("checkout.session.completed", paid_session)
    notice = channel.read_notice(signed(body), body)
    assert (notice.key, notice.report) == ("att_1", None)
