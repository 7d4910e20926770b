"""Trades at Alipay: when they exist, how they are paid, closed and refunded."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest

from tests.sandbox.conftest import AlipayShop, Sandbox

Number = Callable[[], str]


def test_a_trade_exists_once_the_payer_has_logged_in(
    alipay_shop: AlipayShop, number: Number
) -> None:
    order = number()
    page = alipay_shop.page(order)
    assert page.status_code == 302
    assert alipay_shop.query(order)["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    alipay_shop.act(page, "login")
    waiting = alipay_shop.query(order)
    assert (waiting["trade_status"], waiting["buyer_pay_amount"]) == ("WAIT_BUYER_PAY", "0.00")


def test_paying_leads_back_with_a_signed_address(alipay_shop: AlipayShop, number: Number) -> None:
    order = number()
    page = alipay_shop.page(order)
    alipay_shop.act(page, "login")
    back = alipay_shop.act(page, "pay")
    assert back.status_code == 303
    params = dict(parse_qsl(urlsplit(back.headers["location"]).query))
    assert (params["out_trade_no"], params["total_amount"]) == (order, "88.80")
    assert params["method"] == "alipay.trade.page.pay.return"
    assert params["seller_id"] == alipay_shop.keys["seller_id"]
    assert alipay_shop.client.verify(params, params.pop("sign"))


def test_a_paid_trade_says_so(alipay_shop: AlipayShop, number: Number) -> None:
    order = number()
    trade = alipay_shop.paid(order, "88.8")
    paid = alipay_shop.query(order)
    assert (paid["trade_status"], paid["total_amount"]) == ("TRADE_SUCCESS", "88.80")
    assert (paid["receipt_amount"], paid["trade_no"]) == ("88.80", trade["trade_no"])
    kinds = [entry["kind"] for entry in alipay_shop.sandbox.journal(order)]
    assert kinds[:3] == ["order.prepared", "trade.created", "money.captured"]


def test_insufficient_balance_and_leaving_take_no_money(
    alipay_shop: AlipayShop, number: Number
) -> None:
    order = number()
    page = alipay_shop.page(order)
    assert "余额不足" in alipay_shop.act(page, "insufficient").text
    alipay_shop.act(page, "leave")
    assert alipay_shop.query(order)["trade_status"] == "WAIT_BUYER_PAY"


def test_a_scanned_code_is_paid_on_the_phone(alipay_shop: AlipayShop, number: Number) -> None:
    order, http = number(), alipay_shop.sandbox.http
    code = alipay_shop.client.api_alipay_trade_precreate("茶具", order, "5.00")["qr_code"]
    assert alipay_shop.query(order)["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert "5.00" in http.get(code).text
    assert alipay_shop.query(order)["trade_status"] == "WAIT_BUYER_PAY"
    assert "付款成功" in http.post(code, data={"action": "pay"}).text
    assert alipay_shop.query(order)["trade_status"] == "TRADE_SUCCESS"


def test_the_phone_page_asks_to_log_in_first(alipay_shop: AlipayShop, number: Number) -> None:
    order, http = number(), alipay_shop.sandbox.http
    query = alipay_shop.client.api_alipay_trade_wap_pay("茶具", order, "5.00")
    page = http.get(f"/gateway.do?{query}")
    assert "登录支付宝继续" in http.get(page.headers["location"]).text
    alipay_shop.act(page, "login")
    assert "确认付款" in http.get(page.headers["location"]).text
    assert "付款成功" in alipay_shop.act(page, "pay").text


def test_the_waiting_page_learns_that_the_phone_paid(
    alipay_shop: AlipayShop, number: Number
) -> None:
    order, http = number(), alipay_shop.sandbox.http
    address = alipay_shop.page(order).headers["location"]
    assert http.get(f"{address}/state").json() == {"status": "NOT_SCANNED"}
    alipay_shop.pay(order)
    assert http.get(f"{address}/state").json() == {"status": "TRADE_SUCCESS"}
    assert "返回商家" in http.get(address).text


def test_an_order_is_paid_once(alipay_shop: AlipayShop, number: Number) -> None:
    order = number()
    first, second = alipay_shop.page(order), alipay_shop.page(order)
    alipay_shop.act(first, "pay")
    assert "TRADE_HAS_SUCCESS" in alipay_shop.act(second, "pay").text
    again = alipay_shop.client.api_alipay_trade_precreate("x", order, "88.80")
    assert again["sub_code"] == "ACQ.CONTEXT_INCONSISTENT"


def test_another_amount_for_the_same_order_is_refused(
    alipay_shop: AlipayShop, number: Number
) -> None:
    order = number()
    alipay_shop.act(alipay_shop.page(order, "88.80"), "login")
    assert "CONTEXT_INCONSISTENT" in alipay_shop.act(alipay_shop.page(order, "1.00"), "pay").text
    assert alipay_shop.query(order)["trade_status"] == "WAIT_BUYER_PAY"


def test_a_closed_trade_takes_no_money(alipay_shop: AlipayShop, number: Number) -> None:
    order = number()
    page = alipay_shop.page(order)
    alipay_shop.act(page, "login")
    assert alipay_shop.client.api_alipay_trade_close(order)["code"] == "10000"
    assert alipay_shop.query(order)["trade_status"] == "TRADE_CLOSED"
    assert "TRADE_HAS_CLOSE" in alipay_shop.act(page, "pay").text
    again = alipay_shop.client.api_alipay_trade_close(order)
    assert again["sub_code"] == "ACQ.TRADE_STATUS_ERROR"


def test_what_nobody_scanned_cannot_be_closed(alipay_shop: AlipayShop, number: Number) -> None:
    order = number()
    alipay_shop.page(order)
    reply = alipay_shop.client.api_alipay_trade_close(order)
    assert reply["sub_code"] == "ACQ.TRADE_NOT_EXIST"


def test_a_trade_closes_when_its_time_is_up(alipay_shop: AlipayShop, number: Number) -> None:
    order = number()
    soon = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(seconds=1.5)
    page = alipay_shop.page(order, time_expire=soon.strftime("%Y-%m-%d %H:%M:%S"))
    alipay_shop.act(page, "login")
    deadline = time.monotonic() + 5
    while alipay_shop.query(order)["trade_status"] == "WAIT_BUYER_PAY":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert alipay_shop.query(order)["trade_status"] == "TRADE_CLOSED"


def test_canceling_prevents_paying_and_gives_back_what_was_paid(
    alipay_shop: AlipayShop, number: Number
) -> None:
    unscanned, paid = number(), number()
    page = alipay_shop.page(unscanned)
    assert alipay_shop.client.api_alipay_trade_cancel(unscanned)["code"] == "10000"
    assert "TRADE_HAS_CLOSE" in alipay_shop.act(page, "pay").text
    alipay_shop.paid(paid)
    assert alipay_shop.client.api_alipay_trade_cancel(paid)["action"] == "refund"
    assert alipay_shop.query(paid)["trade_status"] == "TRADE_CLOSED"


def test_the_same_refund_number_refunds_once(alipay_shop: AlipayShop, number: Number) -> None:
    order = number()
    alipay_shop.paid(order, "10.00")
    first = alipay_shop.refund(order, "4.00", "ref_1")
    again = alipay_shop.refund(order, "4.00", "ref_1")
    assert (first["fund_change"], again["fund_change"]) == ("Y", "N")
    assert (first["refund_fee"], again["refund_fee"]) == ("4.00", "4.00")
    other = alipay_shop.refund(order, "5.00", "ref_1")
    assert other["sub_code"] == "ACQ.DISCORDANT_REPEAT_REQUEST"


def test_refunds_add_up_and_never_exceed(alipay_shop: AlipayShop, number: Number) -> None:
    order = number()
    alipay_shop.paid(order, "10.00")
    alipay_shop.refund(order, "4.00", "ref_1")
    over = alipay_shop.refund(order, "6.01", "ref_2")
    assert over["sub_code"] == "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"
    assert alipay_shop.refund(order, "6.00", "ref_3")["refund_fee"] == "10.00"
    assert alipay_shop.query(order)["trade_status"] == "TRADE_CLOSED"


def test_a_partial_refund_needs_a_number(alipay_shop: AlipayShop, number: Number) -> None:
    order = number()
    alipay_shop.paid(order, "10.00")
    assert alipay_shop.refund(order, "4.00")["sub_code"] == "ACQ.INVALID_PARAMETER"
    assert alipay_shop.refund(order, "10.00")["fund_change"] == "Y"


def test_an_unpaid_trade_cannot_be_refunded(alipay_shop: AlipayShop, number: Number) -> None:
    order = number()
    alipay_shop.act(alipay_shop.page(order), "login")
    assert alipay_shop.refund(order, "1.00", "ref_1")["sub_code"] == "ACQ.TRADE_STATUS_ERROR"


def test_an_unknown_refund_is_answered_without_a_status(
    alipay_shop: AlipayShop, number: Number
) -> None:
    order = number()
    alipay_shop.paid(order, "10.00")
    alipay_shop.refund(order, "4.00", "ref_1")
    ask: Any = alipay_shop.client.api_alipay_trade_fastpay_refund_query
    known, unknown = ask("ref_1", out_trade_no=order), ask("ref_2", out_trade_no=order)
    assert (known["refund_status"], known["refund_amount"]) == ("REFUND_SUCCESS", "4.00")
    assert unknown["code"] == "10000"
    assert "refund_status" not in unknown


@pytest.mark.parametrize("method", ["pay", "scan", "close"])
def test_control_knows_only_orders_that_exist(sandbox: Sandbox, method: str) -> None:
    answer = sandbox.http.post(f"/control/alipay/trades/nothing/{method}", json={})
    assert answer.status_code == 404
