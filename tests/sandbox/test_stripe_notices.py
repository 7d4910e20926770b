"""Stripe's events on their way: signed, to whom asked, again until someone says yes."""

import time

import pytest
import stripe

from tests.sandbox.conftest import Receiver, Sandbox, StripeShop

HOUR_S = 3600
RETRIES_S = [300, 1800, 2 * HOUR_S, 5 * HOUR_S, 10 * HOUR_S, *[12 * HOUR_S] * 4]


def test_a_payment_tells_its_whole_story(shop: StripeShop, receiver: Receiver) -> None:
    shop.listen(receiver)
    shop.pay(shop.open(client_reference_id="pay_1"))
    shop.sandbox.flush()
    assert receiver.types() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]


def test_notices_verify_with_the_endpoints_secret(shop: StripeShop, receiver: Receiver) -> None:
    endpoint = shop.listen(receiver, "checkout.session.completed")
    session = shop.open(client_reference_id="pay_1")
    shop.pay(session)
    shop.sandbox.flush()
    notice = receiver.received[0]
    signature = notice.headers["stripe-signature"]
    event = stripe.Webhook.construct_event(notice.body, signature, endpoint.secret)
    assert event["data"]["object"]["id"] == session.id
    assert event["data"]["object"]["payment_status"] == "paid"
    assert (event["object"], event["pending_webhooks"], event["livemode"]) == ("event", 1, False)
    assert shop.client.v1.events.retrieve(event["id"]).type == "checkout.session.completed"


def test_an_altered_notice_does_not_verify(shop: StripeShop, receiver: Receiver) -> None:
    endpoint = shop.listen(receiver, "charge.succeeded")
    shop.pay(shop.open())
    shop.sandbox.flush()
    notice = receiver.received[0]
    altered = notice.body.replace(b"5000", b"5001")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(altered, notice.headers["stripe-signature"], endpoint.secret)


def test_the_fee_is_unknown_until_the_charge_is_updated(
    shop: StripeShop, receiver: Receiver
) -> None:
    shop.listen(receiver, "charge.succeeded", "charge.updated")
    shop.pay(shop.open())
    shop.sandbox.flush()
    first, second = (each.event["data"]["object"] for each in receiver.received)
    assert first["balance_transaction"] is None
    assert second["balance_transaction"].startswith("txn_")


def test_a_decline_and_an_expiry_are_told(shop: StripeShop, receiver: Receiver) -> None:
    shop.listen(receiver, "payment_intent.payment_failed", "checkout.session.expired")
    session = shop.open()
    shop.pay(session, "4000000000009995")
    shop.client.v1.checkout.sessions.expire(session.id)
    shop.sandbox.flush()
    assert receiver.types() == ["payment_intent.payment_failed", "checkout.session.expired"]
    error = receiver.received[0].event["data"]["object"]["last_payment_error"]
    assert error["decline_code"] == "insufficient_funds"


def test_a_delayed_payment_is_told_twice(shop: StripeShop, receiver: Receiver) -> None:
    shop.listen(receiver, "checkout.session.completed", "checkout.session.async_payment_succeeded")
    session = shop.open(currency="eur", payment_method_types=["sepa_debit"])
    shop.pay(session, delayed_method="sepa_debit")
    shop.sandbox.flush(ahead_s=60)
    told = [each.event["data"]["object"]["payment_status"] for each in receiver.received]
    assert told == ["unpaid", "paid"]
    assert receiver.types()[1] == "checkout.session.async_payment_succeeded"


def test_refunds_are_told_and_so_is_their_failure(shop: StripeShop, receiver: Receiver) -> None:
    shop.listen(receiver, "charge.refunded", "refund.created", "refund.failed")
    intent = shop.pay(shop.open(), "4000000000005126")["payment_intent"]["id"]
    shop.client.v1.refunds.create({"payment_intent": intent})
    shop.sandbox.flush(ahead_s=60)
    assert receiver.types() == ["charge.refunded", "refund.created", "refund.failed"]


def test_what_is_not_answered_with_2xx_is_sent_again(shop: StripeShop, receiver: Receiver) -> None:
    shop.listen(receiver, "checkout.session.completed")
    receiver.answers = [(500, ""), (302, ""), (404, ""), (204, "")]
    shop.pay(shop.open())
    for tries, wait in enumerate((0, 300, 1800, 2 * HOUR_S, 5 * HOUR_S), start=1):
        shop.sandbox.flush(ahead_s=wait)
        assert len(receiver.received) == min(tries, 4)
    assert len({each.event["id"] for each in receiver.received}) == 1


def test_it_gives_up_within_three_days(shop: StripeShop, receiver: Receiver) -> None:
    shop.listen(receiver, "checkout.session.completed")
    receiver.answers = [(500, "")]
    shop.pay(shop.open(client_reference_id="pay_gone"))
    shop.sandbox.flush()
    for wait in RETRIES_S:
        shop.sandbox.flush(ahead_s=wait)
    assert len(receiver.received) == 1 + len(RETRIES_S)
    assert sum(RETRIES_S) < 3 * 24 * HOUR_S
    assert shop.sandbox.journal("pay_gone")[-1]["data"]["state"] == "given_up"
    shop.sandbox.flush(ahead_s=24 * HOUR_S)
    assert len(receiver.received) == 1 + len(RETRIES_S)


def test_a_hurried_clock_sends_retries_by_itself(
    shop: StripeShop, receiver: Receiver, sandbox: Sandbox
) -> None:
    shop.listen(receiver, "checkout.session.completed")
    receiver.answers = [(500, ""), (200, "")]
    sandbox.control("clock", scale=3600)
    shop.pay(shop.open(client_reference_id="pay_fast"))
    deadline = time.monotonic() + 5
    while len(receiver.received) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(receiver.received) == 2


def test_a_deleted_endpoint_hears_no_more(shop: StripeShop, receiver: Receiver) -> None:
    endpoint = shop.listen(receiver, "checkout.session.completed")
    receiver.answers = [(500, "")]
    shop.pay(shop.open())
    shop.sandbox.flush()
    shop.client.v1.webhook_endpoints.delete(endpoint.id)
    assert shop.client.v1.webhook_endpoints.list().data == []
    shop.sandbox.flush(ahead_s=300)
    assert len(receiver.received) == 1


def test_the_secret_is_shown_once(shop: StripeShop, receiver: Receiver) -> None:
    endpoint = shop.listen(receiver, "charge.succeeded")
    assert endpoint.secret.startswith("whsec_")
    again = shop.client.v1.webhook_endpoints.retrieve(endpoint.id)
    assert "secret" not in again.to_dict()
