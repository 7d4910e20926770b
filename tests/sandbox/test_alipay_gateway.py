"""Alipay's gateway: whom it believes, what it refuses, and how it signs its replies."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import alipay
import httpx
import pytest
from alipay.exceptions import AliPayValidationError
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.sandbox.conftest import AlipayShop, Sandbox

QUERY = "alipay.trade.query"
Number = Callable[[], str]


def signed(shop: AlipayShop, method: str, content: Any, **common: str) -> dict[str, str]:
    body = shop.client.build_body(method, content, **common)
    return dict(parse_qsl(shop.client.sign_data(body), keep_blank_values=True))


def resign(shop: AlipayShop, params: dict[str, str]) -> dict[str, str]:
    unsigned = {key: value for key, value in params.items() if key != "sign"}
    return dict(parse_qsl(shop.client.sign_data(unsigned), keep_blank_values=True))


def call(shop: AlipayShop, params: dict[str, str]) -> Any:
    answer = shop.sandbox.http.post("/gateway.do", data=params)
    assert answer.status_code == 200
    body = json.loads(answer.text)
    return next(node for key, node in body.items() if key != "sign")


def test_a_right_request_gets_a_reply_signed_over_its_raw_bytes(
    alipay_shop: AlipayShop, number: Number
) -> None:
    order = number()
    reply = alipay_shop.client.api_alipay_trade_precreate("茶具", order, "0.01")
    assert (reply["code"], reply["out_trade_no"]) == ("10000", order)
    params = signed(alipay_shop, "alipay.trade.precreate", CONTENT)
    raw = alipay_shop.sandbox.http.post("/gateway.do", data=params).text
    assert "http:\\/\\/127.0.0.1" in raw
    node, verify = "alipay_trade_precreate_response", "_verify_and_return_sync_response"
    with pytest.raises(AliPayValidationError):
        getattr(alipay_shop.client, verify)(raw.replace("10000", "10001"), node)


CONTENT = {"out_trade_no": "n_1", "total_amount": "1.00", "subject": "tea"}


def test_common_and_business_parameters_may_come_apart(
    alipay_shop: AlipayShop, sandbox: Sandbox
) -> None:
    params = signed(alipay_shop, QUERY, {"out_trade_no": "none"})
    content = {"biz_content": params.pop("biz_content")}
    answer = sandbox.http.post("/gateway.do", params=params, data=content)
    assert "ACQ.TRADE_NOT_EXIST" in answer.text


def test_one_altered_byte_is_refused(alipay_shop: AlipayShop) -> None:
    params = signed(alipay_shop, "alipay.trade.precreate", CONTENT)
    params["biz_content"] = params["biz_content"].replace("1.00", "1.01")
    reply = call(alipay_shop, params)
    assert (reply["code"], reply["sub_code"]) == ("40002", "isv.invalid-signature")
    assert "1.01" in reply["sub_msg"]


def test_a_stranger_is_refused(alipay_shop: AlipayShop) -> None:
    stranger = alipay.AliPay(
        appid="2021000000000000",
        app_private_key_string=alipay_shop.client._app_private_key_string,
        alipay_public_key_string=alipay_shop.client._alipay_public_key_string,
    )
    body = stranger.build_body(QUERY, {"out_trade_no": "n"})
    params = dict(parse_qsl(stranger.sign_data(body)))
    answer = alipay_shop.sandbox.http.post("/gateway.do", data=params)
    assert json.loads(answer.text) == {
        "alipay_trade_query_response": {
            "code": "40002",
            "msg": "Invalid Arguments",
            "sub_code": "isv.invalid-app-id",
            "sub_msg": "无效的AppID参数",
        }
    }


@pytest.mark.parametrize(
    ("name", "value", "code", "sub_code"),
    [
        ("sign_type", "RSA", "40002", "isv.invalid-signature-type"),
        ("timestamp", "2026/01/01 00:00:00", "40002", "isv.invalid-timestamp"),
        ("timestamp", "2020-01-01 00:00:00", "40002", "isv.invalid-timestamp"),
        ("charset", "gbk", "40002", "isv.invalid-charset"),
        ("version", "2.0", "40002", "isv.invalid-version"),
        ("method", "alipay.trade.steal", "40002", "isv.invalid-method"),
        ("app_auth_token", "x", "20001", "aop.invalid-app-auth-token"),
        (
            "method",
            "alipay.fund.trans.uni.transfer",
            "40006",
            "isv.unsupported",
        ),
    ],
)
def test_wrong_common_parameters_are_refused(
    alipay_shop: AlipayShop, name: str, value: str, code: str, sub_code: str
) -> None:
    params = signed(alipay_shop, QUERY, {"out_trade_no": "n"})
    reply = call(alipay_shop, resign(alipay_shop, {**params, name: value}))
    assert (reply["code"], reply["sub_code"]) == (code, sub_code)


@pytest.mark.parametrize("name", ["app_id", "method", "sign_type", "sign", "timestamp", "version"])
def test_missing_common_parameters_are_refused(alipay_shop: AlipayShop, name: str) -> None:
    params = signed(alipay_shop, QUERY, {"out_trade_no": "n"})
    left = {key: value for key, value in params.items() if key != name}
    reply = call(alipay_shop, left if name == "sign" else resign(alipay_shop, left))
    assert reply["code"] == "40001"


@pytest.mark.parametrize(
    "change",
    [
        {"total_amount": "0.00"},
        {"total_amount": "1.001"},
        {"total_amount": "100000000.01"},
        {"total_amount": "-1"},
        {"total_amount": "1e3"},
        {"total_amount": True},
        {"total_amount": None},
        {"out_trade_no": "with-dash"},
        {"out_trade_no": "x" * 65},
        {"out_trade_no": ""},
        {"subject": "a/b"},
        {"subject": "a=b"},
        {"subject": "茶" * 257},
        {"time_expire": "2020-01-01 00:00:00"},
        {"timeout_express": "90x"},
        {"timeout_express": "16d"},
    ],
)
def test_wrong_orders_are_refused(alipay_shop: AlipayShop, change: dict[str, Any]) -> None:
    params = signed(alipay_shop, "alipay.trade.precreate", {**CONTENT, **change})
    reply = call(alipay_shop, params)
    assert (reply["code"], reply["sub_code"]) == ("40004", "ACQ.INVALID_PARAMETER")


def test_broken_content_is_refused(alipay_shop: AlipayShop) -> None:
    params = signed(alipay_shop, QUERY, {"out_trade_no": "n"})
    reply = call(alipay_shop, resign(alipay_shop, {**params, "biz_content": "{"}))
    assert reply["sub_code"] == "ACQ.INVALID_PARAMETER"


def test_a_badly_signed_page_shows_an_error(alipay_shop: AlipayShop, sandbox: Sandbox) -> None:
    query = alipay_shop.client.api_alipay_trade_page_pay("tea", "n_1", "1.00")
    page = sandbox.http.get("/gateway.do?" + query.replace("1.00", "2.00"))
    assert page.status_code == 400
    assert "invalid-signature" in page.text


def test_a_page_needs_its_own_product_code(alipay_shop: AlipayShop, number: Number) -> None:
    page = alipay_shop.page(number(), product_code="QUICK_WAP_WAY")
    assert "INVALID_PARAMETER" in page.text


def test_only_a_real_public_key_opens_an_account(sandbox: Sandbox) -> None:
    for key in ("", "bm90IGEga2V5"):
        order = {"provider": "alipay", "name": "bad", "app_public_key": key}
        answer = sandbox.http.post("/control/accounts", json=order)
        assert answer.status_code == 400


def test_a_new_public_key_replaces_the_old_one(alipay_shop: AlipayShop, sandbox: Sandbox) -> None:
    params = signed(alipay_shop, QUERY, {"out_trade_no": "n"})
    assert call(alipay_shop, params)["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    account = {"provider": "alipay", "name": alipay_shop.name}
    again = sandbox.control("accounts", **account, app_public_key=bare(other))
    assert again == alipay_shop.keys
    assert call(alipay_shop, params)["sub_code"] == "isv.invalid-signature"


def test_account_numbers_look_like_alipays(alipay_shop: AlipayShop) -> None:
    assert alipay_shop.keys["seller_id"].startswith("2088")
    assert len(alipay_shop.keys["seller_id"]) == 16
    assert alipay_shop.keys["app_id"].startswith("2021")
    assert len(alipay_shop.keys["app_id"]) == 16


def bare(key: rsa.RSAPublicKey) -> str:
    return b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def test_the_gateway_answers_only_get_and_post(sandbox: Sandbox) -> None:
    answer: httpx.Response = sandbox.http.put("/gateway.do")
    assert answer.status_code == 405
