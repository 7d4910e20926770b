"""Faults on order: each does what it says, as often as asked, to whom it was meant."""

import time
import urllib.error
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import stripe
from alipay.exceptions import AliPayValidationError

from tests.sandbox.conftest import AlipayShop, Receiver, Sandbox, StripeShop, order

Number = Callable[[], str]
COMPLETED = "checkout.session.completed"


@pytest.fixture
def told(shop: StripeShop, receiver: Receiver) -> Callable[..., list[Any]]:
    """Pay once with a fault on the notice; the events that arrive."""
    shop.listen(receiver, COMPLETED)

    def pay(kind: str, **parameters: Any) -> list[Any]:
        shop.sandbox.fault("stripe", "notify", kind, parameters=parameters)
        shop.pay(shop.open())
        shop.sandbox.flush()
        return [each.event for each in receiver.received]

    return pay


def test_a_notice_can_be_lost(
    told: Callable[..., list[Any]], shop: StripeShop, receiver: Receiver
) -> None:
    assert told("lose") == []
    shop.sandbox.flush(ahead_s=100_000)
    assert receiver.received == []


def test_a_notice_can_come_twice(told: Callable[..., list[Any]]) -> None:
    events = told("duplicate", copies=3)
    assert len(events) == 3
    assert len({event["id"] for event in events}) == 1


def test_a_notice_can_be_late(
    told: Callable[..., list[Any]], shop: StripeShop, receiver: Receiver
) -> None:
    assert told("delay", seconds=120) == []
    shop.sandbox.flush(ahead_s=100)
    assert receiver.received == []
    shop.sandbox.flush(ahead_s=20)
    assert len(receiver.received) == 1


def test_a_notice_can_lie_about_the_money(told: Callable[..., list[Any]]) -> None:
    assert told("wrong_amount")[0]["data"]["object"]["amount_total"] == 4999


def test_a_notice_can_lie_about_the_currency(told: Callable[..., list[Any]]) -> None:
    assert told("wrong_currency", currency="jpy")[0]["data"]["object"]["currency"] == "jpy"


def test_a_lying_notice_leaves_the_api_truthful(
    told: Callable[..., list[Any]], shop: StripeShop
) -> None:
    session_id = told("wrong_amount")[0]["data"]["object"]["id"]
    assert shop.client.v1.checkout.sessions.retrieve(session_id).amount_total == 5000


def test_a_notice_can_be_wrongly_signed(shop: StripeShop, receiver: Receiver) -> None:
    endpoint = shop.listen(receiver, COMPLETED)
    shop.sandbox.fault("stripe", "notify", "wrong_signature")
    shop.pay(shop.open())
    shop.sandbox.flush()
    notice = receiver.received[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(
            notice.body, notice.headers["stripe-signature"], endpoint.secret
        )


def test_notices_can_change_places(shop: StripeShop, receiver: Receiver) -> None:
    shop.listen(receiver, "payment_intent.succeeded", COMPLETED)
    event = {"event": "payment_intent.succeeded"}
    shop.sandbox.fault("stripe", "notify", "reorder", parameters=event)
    shop.pay(shop.open())
    shop.sandbox.flush()
    assert receiver.types() == [COMPLETED, "payment_intent.succeeded"]


def test_a_held_notice_goes_out_on_flush_when_nothing_follows(
    told: Callable[..., list[Any]],
) -> None:
    assert len(told("reorder")) == 1


def test_a_fault_strikes_only_whom_it_matches(shop: StripeShop, receiver: Receiver) -> None:
    shop.listen(receiver, COMPLETED)
    shop.sandbox.fault("stripe", "notify", "lose", match="pay_2")
    for reference in ("pay_1", "pay_2", "pay_2"):
        shop.pay(shop.open(client_reference_id=reference))
    shop.sandbox.flush()
    heard = [each.event["data"]["object"]["client_reference_id"] for each in receiver.received]
    assert heard == ["pay_1", "pay_2"]


def test_a_timeout_before_leaves_nothing_behind(shop: StripeShop) -> None:
    shop.sandbox.fault("stripe", "create", "timeout_before", parameters={"seconds": 0})
    with pytest.raises(stripe.APIConnectionError):
        shop.open()
    assert shop.client.v1.checkout.sessions.list().data == []


def test_a_timeout_after_has_had_its_effect_once(shop: StripeShop) -> None:
    shop.sandbox.fault("stripe", "create", "timeout_after", parameters={"seconds": 0})
    params: Any = order()
    options: Any = {"idempotency_key": "att_1"}
    with pytest.raises(stripe.APIConnectionError):
        shop.client.v1.checkout.sessions.create(params, options)
    again = shop.client.v1.checkout.sessions.create(params, options)
    assert [each.id for each in shop.client.v1.checkout.sessions.list().data] == [again.id]


def test_hanging_outlasts_an_impatient_client(shop: StripeShop, sandbox: Sandbox) -> None:
    sandbox.fault("stripe", "query", "timeout_before", parameters={"seconds": 1})
    headers = {"Authorization": f"Bearer {shop.secret_key}"}
    with pytest.raises(httpx.ReadTimeout):
        sandbox.http.get("/v1/checkout/sessions", headers=headers, timeout=0.1)


def test_an_error_500_may_hide_an_effect(shop: StripeShop) -> None:
    shop.sandbox.fault("stripe", "create", "error_500", parameters={"effect": True})
    with pytest.raises(stripe.APIError):
        shop.open()
    assert len(shop.client.v1.checkout.sessions.list().data) == 1


def test_a_query_can_lie_about_the_money(shop: StripeShop) -> None:
    session = shop.open()
    shop.sandbox.fault("stripe", "query", "wrong_amount")
    assert shop.session(session).amount_total == 4999
    assert shop.session(session).amount_total == 5000


def test_a_query_can_deny_the_money(shop: StripeShop) -> None:
    session = shop.open()
    shop.pay(session)
    denied = {"says_closed": ("expired", "unpaid"), "says_failed": ("complete", "unpaid")}
    for kind, words in denied.items():
        shop.sandbox.fault("stripe", "query", kind)
        said = shop.session(session)
        assert (said.status, said.payment_status) == words
        truth = shop.session(session)
        assert (truth.status, truth.payment_status) == ("complete", "paid")


def test_a_call_can_be_refused_in_the_providers_words(shop: StripeShop) -> None:
    words = {"status": 429, "type": "invalid_request_error", "code": "rate_limit", "message": "No"}
    shop.sandbox.fault("stripe", "create", "refuse", parameters=words)
    with pytest.raises(stripe.RateLimitError, match="No"):
        shop.open()


def test_alipay_notices_can_name_another_account(
    alipay_shop: AlipayShop, receiver: Receiver, number: Number
) -> None:
    for field in ("seller_id", "app_id"):
        alipay_shop.sandbox.fault("alipay", "notify", "wrong_account", parameters={"field": field})
        alipay_shop.paid(number())
    alipay_shop.sandbox.flush()
    first, second = (each.form for each in receiver.received)
    assert first["seller_id"] != alipay_shop.keys["seller_id"]
    assert second["app_id"] != alipay_shop.keys["app_id"]
    assert alipay_shop.client.verify(first, first.pop("sign"))


def test_alipay_notices_can_be_wrong_and_still_signed(
    alipay_shop: AlipayShop, receiver: Receiver, number: Number
) -> None:
    for kind in ("wrong_amount", "wrong_currency"):
        alipay_shop.sandbox.fault("alipay", "notify", kind)
        alipay_shop.paid(number())
    alipay_shop.sandbox.flush()
    first, second = (each.form for each in receiver.received)
    assert first["total_amount"] == "88.79"
    assert second["trans_currency"] == "USD"
    assert alipay_shop.client.verify(first, first.pop("sign"))


def test_alipay_notices_can_be_wrongly_signed(
    alipay_shop: AlipayShop, receiver: Receiver, number: Number
) -> None:
    alipay_shop.sandbox.fault("alipay", "notify", "wrong_signature")
    alipay_shop.paid(number())
    alipay_shop.sandbox.flush()
    form = receiver.received[0].form
    assert not alipay_shop.client.verify(form, form.pop("sign"))


def test_alipay_replies_can_be_wrongly_signed(alipay_shop: AlipayShop, number: Number) -> None:
    order_number = number()
    alipay_shop.paid(order_number)
    alipay_shop.sandbox.fault("alipay", "query", "wrong_signature")
    with pytest.raises(AliPayValidationError):
        alipay_shop.query(order_number)
    assert alipay_shop.query(order_number)["code"] == "10000"


def test_alipay_replies_can_lie_about_the_money(alipay_shop: AlipayShop, number: Number) -> None:
    order_number = number()
    alipay_shop.paid(order_number)
    alipay_shop.sandbox.fault("alipay", "query", "wrong_amount", parameters={"amount": "0.01"})
    assert alipay_shop.query(order_number)["total_amount"] == "0.01"


def test_alipay_replies_can_deny_the_money(alipay_shop: AlipayShop, number: Number) -> None:
    trade = number()
    alipay_shop.paid(trade)
    alipay_shop.sandbox.fault("alipay", "query", "says_closed")
    said = alipay_shop.query(trade)
    assert (said["trade_status"], said.get("send_pay_date")) == ("TRADE_CLOSED", None)
    assert alipay_shop.query(trade)["trade_status"] == "TRADE_SUCCESS"


def test_an_alipay_refund_can_happen_unheard(alipay_shop: AlipayShop, number: Number) -> None:
    order_number = number()
    alipay_shop.paid(order_number)
    alipay_shop.sandbox.fault("alipay", "refund", "timeout_after", parameters={"seconds": 0})
    with pytest.raises(urllib.error.HTTPError):
        alipay_shop.refund(order_number, "1.00", "ref_1")
    assert alipay_shop.refund(order_number, "1.00", "ref_1")["fund_change"] == "N"


def test_alipay_can_say_that_the_sellers_balance_is_short(
    alipay_shop: AlipayShop, number: Number
) -> None:
    order_number = number()
    alipay_shop.paid(order_number)
    words = {"sub_code": "ACQ.SELLER_BALANCE_NOT_ENOUGH", "sub_msg": "卖家余额不足"}
    alipay_shop.sandbox.fault("alipay", "refund", "refuse", parameters=words)
    reply = alipay_shop.refund(order_number, "1.00", "ref_1")
    assert reply["sub_code"] == "ACQ.SELLER_BALANCE_NOT_ENOUGH"


@pytest.mark.parametrize(
    "bad",
    [
        {"provider": "cheque", "operation": "notify", "kind": "lose"},
        {"provider": "stripe", "operation": "dance", "kind": "lose"},
        {"provider": "stripe", "operation": "create", "kind": "lose"},
        {"provider": "stripe", "operation": "notify", "kind": "wrong_account"},
        {"provider": "alipay", "operation": "query", "kind": "says_failed"},
        {"provider": "alipay", "operation": "notify", "kind": "lose", "times": 0},
        {"provider": "alipay", "operation": "notify", "kind": "lose", "tines": 1},
    ],
)
def test_senseless_orders_are_refused(sandbox: Sandbox, bad: dict[str, Any]) -> None:
    answer = sandbox.http.post("/control/faults", json=bad)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_faults_are_listed_and_cleared(sandbox: Sandbox) -> None:
    sandbox.fault("alipay", "notify", "lose", times=2)
    listed = sandbox.http.get("/control/faults").json()["data"]
    assert [(each["kind"], each["times"]) for each in listed] == [("lose", 2)]
    assert sandbox.http.delete("/control/faults").json() == {"data": []}


def test_a_key_in_use_right_now_is_a_conflict(shop: StripeShop, sandbox: Sandbox) -> None:
    sandbox.fault("stripe", "create", "delay", parameters={"seconds": 0.5})
    params: Any = order()
    options: Any = {"idempotency_key": "att_1"}
    create = shop.client.v1.checkout.sessions.create
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(create, params, options)
        deadline = time.monotonic() + 5
        while sandbox.http.get("/control/faults").json()["data"]:
            assert time.monotonic() < deadline
        with pytest.raises(stripe.StripeError) as conflict:
            create(params, options)
        assert conflict.value.http_status == 409
        assert "idempotency_key_in_use" in str(conflict.value.http_body)
        assert slow.result().id == create(params, options).id
