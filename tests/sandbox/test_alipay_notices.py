"""Alipay's notices: signed forms, sent again until the answer is the bare word `success`."""

from collections.abc import Callable

import pytest

from tests.sandbox.conftest import AlipayShop, Receiver

Number = Callable[[], str]
RETRIES_S = [240, 600, 600, 3600, 7200, 21600, 54000]


def test_a_payment_is_told_in_full_and_verifies(
    alipay_shop: AlipayShop, receiver: Receiver, number: Number
) -> None:
    order = number()
    alipay_shop.page(order, "88.80", passback_params="a+b%20c&d=茶")
    trade = alipay_shop.pay(order)
    alipay_shop.sandbox.flush()
    form = receiver.received[0].form
    assert form["trade_status"] == "TRADE_SUCCESS"
    assert (form["out_trade_no"], form["trade_no"]) == (order, trade["trade_no"])
    assert (form["total_amount"], form["receipt_amount"]) == ("88.80", "88.80")
    assert form["app_id"] == alipay_shop.keys["app_id"]
    assert form["seller_id"] == alipay_shop.keys["seller_id"]
    assert form["notify_type"] == "trade_status_sync"
    assert form["passback_params"] == "a+b%20c&d=茶"
    assert form["fund_bill_list"] == '[{"amount":"88.80","fundChannel":"ALIPAYACCOUNT"}]'
    assert alipay_shop.client.verify(form, form.pop("sign"))


def test_an_altered_notice_does_not_verify(
    alipay_shop: AlipayShop, receiver: Receiver, number: Number
) -> None:
    alipay_shop.paid(number())
    alipay_shop.sandbox.flush()
    form = receiver.received[0].form
    sign = form.pop("sign")
    assert not alipay_shop.client.verify({**form, "total_amount": "88.81"}, sign)


def test_waiting_for_the_buyer_is_not_told(
    alipay_shop: AlipayShop, receiver: Receiver, number: Number
) -> None:
    alipay_shop.act(alipay_shop.page(number()), "login")
    alipay_shop.sandbox.flush()
    assert receiver.received == []


def test_running_out_of_time_is_told(
    alipay_shop: AlipayShop, receiver: Receiver, number: Number
) -> None:
    order = number()
    alipay_shop.act(alipay_shop.page(order), "login")
    alipay_shop.sandbox.control(f"alipay/trades/{order}/close")
    alipay_shop.sandbox.flush()
    form = receiver.received[0].form
    assert form["trade_status"] == "TRADE_CLOSED"
    assert "gmt_payment" not in form


def test_refunds_are_told_with_their_sum(
    alipay_shop: AlipayShop, receiver: Receiver, number: Number
) -> None:
    order = number()
    alipay_shop.paid(order, "10.00")
    alipay_shop.refund(order, "4.00", "ref_1")
    alipay_shop.refund(order, "6.00", "ref_2")
    alipay_shop.sandbox.flush()
    told = [each.form for each in receiver.received[1:]]
    assert [each["trade_status"] for each in told] == ["TRADE_SUCCESS", "TRADE_CLOSED"]
    assert [each["refund_fee"] for each in told] == ["4.00", "10.00"]
    assert [each["out_biz_no"] for each in told] == ["ref_1", "ref_2"]
    assert "gmt_refund" in told[0]


@pytest.mark.parametrize("answer", ["fail", "SUCCESS", "success\n", '"success"', ""])
def test_anything_but_success_is_sent_again(
    alipay_shop: AlipayShop, receiver: Receiver, number: Number, answer: str
) -> None:
    receiver.answers = [(200, answer), (200, "success")]
    alipay_shop.paid(number())
    for wait in (0, 240, 600):
        alipay_shop.sandbox.flush(ahead_s=wait)
    first, second = (each.form for each in receiver.received)
    assert first["notify_id"] == second["notify_id"]


def test_eight_tries_and_no_more(
    alipay_shop: AlipayShop, receiver: Receiver, number: Number
) -> None:
    receiver.answers = [(500, "")]
    alipay_shop.paid(number())
    alipay_shop.sandbox.flush()
    for wait in RETRIES_S:
        tries = len(receiver.received)
        alipay_shop.sandbox.flush(ahead_s=wait - 10)
        assert len(receiver.received) == tries
        alipay_shop.sandbox.flush(ahead_s=10)
    alipay_shop.sandbox.flush(ahead_s=100_000)
    assert len(receiver.received) == 8


def test_without_an_address_nothing_is_told(
    alipay_shop: AlipayShop, receiver: Receiver, number: Number
) -> None:
    alipay_shop.notify_url = ""
    alipay_shop.paid(number())
    alipay_shop.sandbox.flush()
    assert receiver.received == []
