"""Alipay's wire: forgeries that the sandbox would never send, and keys in all their forms."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sleek.channels.alipay import signing
from sleek.channels.alipay.channel import Alipay
from sleek.channels.base import Flow, Order, Outcome, Refused, Unavailable, Untrusted
from sleek.core.money import Money

APP_ID, SELLER_ID = "2021000000000001", "2088000000000001"
QUERY = "alipay_trade_query_response"


class Gateway:
    """Alipay's side of the wire, with a key of its own."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.body = b""

    def sign(self, text: str) -> str:
        raw = self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(raw).decode()

    def notice(self, fields: Mapping[str, str], *, covers_type: bool = False) -> bytes:
        signed = dict(fields) | ({"sign_type": "RSA2"} if covers_type else {})
        text = "&".join(f"{name}={signed[name]}" for name in sorted(signed))
        return urlencode({**fields, "sign_type": "RSA2", "sign": self.sign(text)}).encode()

    def answers(self, node: str, *, name: str = QUERY) -> None:
        self.body = f'{{"{name}":{node},"sign":"{self.sign(node)}"}}'.encode()

    def channel(self, app_key: str, **more: str) -> Alipay:
        public = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        credentials = {
            "app_id": APP_ID,
            "seller_id": SELLER_ID,
            "app_private_key": app_key,
            "alipay_public_key": public.decode(),
        }
        transport = httpx.MockTransport(lambda request: httpx.Response(200, content=self.body))
        return Alipay(credentials | more, client=httpx.Client(transport=transport))


@pytest.fixture(scope="module")
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def channel(gateway: Gateway, app_key: str) -> Alipay:
    return gateway.channel(app_key)


def trade(**changes: Any) -> str:
    fields = {
        "code": "10000",
        "out_trade_no": "att_1",
        "trade_no": "2026",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "88.80",
        "send_pay_date": "2026-03-02 17:00:00",
    }
    return json.dumps(fields | changes)


@pytest.fixture
def order() -> Order:
    return Order(
        key="att_1",
        amount=Money(8880, "CNY"),
        method="alipay",
        flow=Flow.QR,
        description="tea set",
        return_url="https://sleek.example/pay/pay_1/return/",
        notice_url="https://sleek.example/callbacks/alipay/con_1/",
        expires_at=datetime(2026, 3, 2, 10, 0, tzinfo=UTC),
    )


def test_a_signed_reply_is_read_with_its_escapes_and_spaces(
    channel: Alipay, gateway: Gateway, order: Order
):
    gateway.answers(trade(subject="\\/ 茶").replace("{", '{ "nested": {"sign": "x}"} , '))
    assert channel.fetch(order).amount == Money(8880, "CNY")


def test_a_signed_reply_that_says_a_thing_twice_says_nothing(
    channel: Alipay, gateway: Gateway, order: Order
):
    gateway.answers(trade()[:-1] + ', "total_amount": "0.01"}')
    with pytest.raises(Unavailable):
        channel.fetch(order)


GENUINE = trade(trade_status="WAIT_BUYER_PAY")


def forgeries(gateway: Gateway) -> dict[str, str]:
    forged, signature = trade(), gateway.sign(GENUINE)
    node, signed = f'"{QUERY}":', f',"sign":"{signature}"'
    return {
        "forged first": f"{{{node}{forged},{node}{GENUINE}{signed}}}",
        "forged last": f"{{{node}{GENUINE},{node}{forged}{signed}}}",
        "same name, escaped": f'{{{node}{GENUINE},"\\u0061{QUERY[1:]}":{forged}{signed}}}',
        "forged after the sign": f"{{{node}{GENUINE}{signed},{node}{forged}}}",
        "a field twice": f"{{{node}{forged[:-1]},{GENUINE[1:]}{signed}}}",
        "unsigned": f"{{{node}{forged}}}",
        "signature of another node": f"{{{node}{forged}{signed}}}",
        "something behind": f"{{{node}{GENUINE}{signed}}}{{}}",
        "two signatures": f'{{{node}{GENUINE}{signed},"sign":"x"}}',
        "no JSON": "<html>",
        "nothing": "",
        "deep": f"{{{node}" + "[" * 100_000,
        "business refusal without signature": (
            f'{{{node}{{"code":"40004","sub_code":"ACQ.TRADE_NOT_EXIST"}}}}'
        ),
    }


@pytest.mark.parametrize("name", list(forgeries(Gateway())))
def test_a_forged_reply_never_wins(channel: Alipay, gateway: Gateway, order: Order, name: str):
    gateway.body = forgeries(gateway)[name].encode()
    with pytest.raises(Unavailable):
        channel.fetch(order)


def test_a_genuine_reply_about_another_trade_is_no_answer(
    channel: Alipay, gateway: Gateway, order: Order
):
    gateway.answers(trade(out_trade_no="att_2"))
    with pytest.raises(Unavailable):
        channel.fetch(order)


def test_the_code_of_another_order_is_not_shown(channel: Alipay, gateway: Gateway, order: Order):
    code = {"code": "10000", "out_trade_no": "att_2", "qr_code": "https://qr.alipay.com/x"}
    gateway.answers(json.dumps(code), name="alipay_trade_precreate_response")
    with pytest.raises(Unavailable):
        channel.start(order)


def test_an_address_that_is_none_is_refused(gateway: Gateway, app_key: str):
    with pytest.raises(Refused) as refusal:
        gateway.channel(app_key, gateway="openapi.alipay.com")
    assert refusal.value.reason == "gateway"


@pytest.mark.parametrize(
    ("code", "sub_code", "error"),
    [
        ("40002", "isv.invalid-app-id", Refused),
        ("40001", "isv.missing-signature", Refused),
        ("20000", "isp.unknow-error", Unavailable),
        ("40005", "isv.app-call-limited", Unavailable),
        ("99999", "", Unavailable),
    ],
)
def test_an_unsigned_error_is_told_by_its_code(
    channel: Alipay,
    gateway: Gateway,
    order: Order,
    code: str,
    sub_code: str,
    error: type[Exception],
):
    said = {"code": code, "msg": "x", "sub_code": sub_code, "sub_msg": "app_id=1&sign=secret"}
    gateway.body = json.dumps({"error_response": said}).encode()
    with pytest.raises(error) as raised:
        channel.fetch(order)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("amount", ["88.801", "-1.00", "1e2", " 88.80", "88,80", "", "٨٨", 88.8])
def test_an_amount_that_is_none_is_no_answer(
    channel: Alipay, gateway: Gateway, order: Order, amount: object
):
    gateway.answers(trade(total_amount=amount) if amount != 88.8 else trade(total_amount=None))
    with pytest.raises(Unavailable):
        channel.fetch(order)


def test_a_reply_in_another_currency_is_reported_in_it(
    channel: Alipay, gateway: Gateway, order: Order
):
    gateway.answers(trade(trans_currency="USD"))
    assert channel.fetch(order).amount == Money(8880, "USD")


NOTICE = {
    "notify_id": "n1",
    "app_id": APP_ID,
    "seller_id": SELLER_ID,
    "out_trade_no": "att_1",
    "trade_no": "2026",
    "trade_status": "TRADE_SUCCESS",
    "total_amount": "88.80",
    "subject": "a+b %2B 茶&=",
    "gmt_payment": "2026-03-02 17:00:00",
}


@pytest.mark.parametrize("covers_type", [True, False])
def test_a_notice_is_read_whether_or_not_it_signs_its_sign_type(
    channel: Alipay, gateway: Gateway, covers_type: bool
):
    notice = channel.read_notice({}, gateway.notice(NOTICE, covers_type=covers_type))
    assert notice.report is not None
    assert notice.report.amount == Money(8880, "CNY")


@pytest.mark.parametrize(
    "spoilt",
    [
        b"&total_amount=88.80",
        b"&extra=",
        b"&extra=1",
        b"&",
        b"&sign=x",
    ],
)
def test_nothing_can_be_added_to_a_notice(channel: Alipay, gateway: Gateway, spoilt: bytes):
    with pytest.raises(Untrusted):
        channel.read_notice({}, gateway.notice(NOTICE) + spoilt)


def test_a_signature_has_one_spelling(channel: Alipay, gateway: Gateway):
    body = gateway.notice(NOTICE)
    end = body.rindex(b"%3D%3D") - 1
    respelt = body[:end] + bytes([body[end] + 1]) + body[end + 1 :]
    with pytest.raises(Untrusted):
        channel.read_notice({}, respelt)


@pytest.mark.parametrize("missing", ["notify_id", "out_trade_no", "trade_status", "seller_id"])
def test_a_notice_without_what_matters_is_refused(channel: Alipay, gateway: Gateway, missing: str):
    fields = {name: value for name, value in NOTICE.items() if name != missing}
    with pytest.raises(Untrusted):
        channel.read_notice({}, gateway.notice(fields))


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.SUCCEEDED),
        ({"trade_status": "TRADE_FINISHED"}, Outcome.SUCCEEDED),
        ({"trade_status": "WAIT_BUYER_PAY", "gmt_payment": ""}, Outcome.PENDING),
        ({"trade_status": "TRADE_CLOSED", "gmt_payment": ""}, Outcome.CANCELED),
        ({"trade_status": "TRADE_DREAMED_OF"}, Outcome.PENDING),
        ({"trade_status": "TRADE_CLOSED"}, None),
        ({"refund_fee": "1.00", "gmt_refund": "2026-03-02 18:00:00.123"}, None),
        ({"out_biz_no": "ref_1"}, None),
        ({"total_amount": "88.801"}, None),
    ],
)
def test_what_a_notice_says_of_a_payment(
    channel: Alipay, gateway: Gateway, changes: dict[str, str], outcome: Outcome | None
):
    notice = channel.read_notice({}, gateway.notice(NOTICE | changes))
    assert (notice.report and notice.report.outcome) == outcome
    assert (notice.id, notice.key) == ("n1", "att_1")


def test_a_notice_signed_by_the_older_method_is_refused(channel: Alipay, gateway: Gateway):
    body = gateway.notice(NOTICE).replace(b"sign_type=RSA2", b"sign_type=RSA")
    with pytest.raises(Untrusted):
        channel.read_notice({}, body)


KEY_FORMS: list[Any] = [
    serialization.PrivateFormat.PKCS8,
    serialization.PrivateFormat.TraditionalOpenSSL,
]


@pytest.mark.parametrize("form", KEY_FORMS)
def test_a_private_key_is_read_in_each_form_that_alipays_tool_writes(app_key: str, form: Any):
    key: Any = serialization.load_pem_private_key(app_key.encode(), None)
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    bare = "".join(pem.decode().splitlines()[1:-1])
    for text in (pem.decode(), bare, f"  {bare}\n"):
        assert signing.private_key(text).private_numbers() == key.private_numbers()


@pytest.mark.parametrize("field", ["app_private_key", "alipay_public_key"])
@pytest.mark.parametrize("text", ["", "not base64!", "aGVsbG8="])
def test_a_key_that_cannot_be_read_is_refused_by_name(app_key: str, field: str, text: str):
    reader = {"app_private_key": signing.private_key, "alipay_public_key": signing.public_key}
    with pytest.raises(Refused) as refusal:
        reader[field](text)
    assert refusal.value.reason == field


def test_a_short_key_is_refused():
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(Refused):
        signing.private_key(pem.decode())
