"""WeChat Pay inside WeChat: who the payer is, and the call that the page makes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sleek.channels.base import Device, Failure, Flow, Outcome, Refused, Unavailable
from sleek.channels.wechatpay import app, keys, signing
from sleek.channels.wechatpay.channel import WechatPay
from sleek.core.money import Money
from tests.channels.contract import ChannelContract
from tests.channels.providers import (
    BACK,
    WechatProvider,
    order_for,
    paid,
    sandbox_time,
    started,
)
from tests.sandbox.conftest import Receiver, Sandbox, public_pem

METHOD = WechatPay.capabilities.methods[0]


@pytest.fixture(params=["public key", "certificate"])
def provider(
    request: pytest.FixtureRequest, sandbox: Sandbox, receiver: Receiver, app_key: str
) -> Iterator[WechatProvider]:
    keys.forget()
    with sandbox_time(sandbox):
        by_public_key = request.param == "public key"
        made = WechatProvider(sandbox, receiver, app_key, by_public_key=by_public_key)
        yield made.is_inside()


class TestContract(ChannelContract):
    pass


def test_who_the_payer_is_is_asked_by_the_address_that_wechat_documents(app_key: str):
    account = app.Account("wx8888888888888888", "secret")
    assert account.introduction("https://pay.example/pay/pay_1/wechat/", "Ab3") == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx8888888888888888"
        "&redirect_uri=https%3A%2F%2Fpay.example%2Fpay%2Fpay_1%2Fwechat%2F"
        "&response_type=code&scope=snsapi_base&state=Ab3#wechat_redirect"
    )


def test_a_payer_has_one_id_and_two_payers_have_two(provider: WechatProvider):
    lin = provider.channel.introduced(provider.word())
    assert provider.channel.introduced(provider.word()) == lin
    assert provider.channel.introduced(provider.word(reader="maria@example.com")) != lin


def test_a_word_is_good_once(provider: WechatProvider):
    word = provider.word()
    provider.channel.introduced(word)
    with pytest.raises(Refused) as refusal:
        provider.channel.introduced(word)
    assert refusal.value.reason == "40163"
    assert provider.credentials["app_secret"] not in str(refusal.value)


def test_a_wrong_secret_is_refused(provider: WechatProvider):
    other = WechatPay(provider.credentials | {"app_secret": "0" * 32})
    with pytest.raises(Refused) as refusal:
        other.introduced(provider.word())
    assert refusal.value.reason == "40125"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"openid": 5}',
        b'{"openid": "a b"}',
        b'{"errcode": -1, "errmsg": "system error"}',
        b'{"errcode": "40029"}',
        b'{"openid":"oA","openid":"oB"}',
    ],
)
def test_an_answer_that_names_nobody_leads_nowhere(body: bytes):
    client = httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    )
    with pytest.raises(Unavailable):
        app.Account("wx1", "secret").introduced("word", client=client)


def test_wechat_that_cannot_be_reached_may_be_asked_again():
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    client = httpx.Client(transport=httpx.MockTransport(fail))
    with pytest.raises(Unavailable) as refusal:
        app.Account("wx1", "secret").introduced("word", client=client)
    assert "secret" not in str(refusal.value)


def test_the_page_calls_and_the_payer_confirms(provider: WechatProvider):
    order = order_for(provider)
    step = provider.channel.start(order)
    assert (step.flow, step.url, step.qr) == (Flow.IN_APP, "", "")
    assert _called(provider, order.key, step.data) == {"err_msg": "get_brand_wcpay_request:ok"}
    report = provider.channel.fetch(order)
    assert (report.outcome, report.amount) == (Outcome.SUCCEEDED, order.amount)
    assert report.payer == f"WeChat •{order.payer_id[-4:]}"


def test_a_payer_who_closes_wechat_has_paid_nothing_and_may_call_again(provider: WechatProvider):
    order = order_for(provider)
    call = provider.channel.start(order).data
    told = _called(provider, order.key, {**call, "action": "cancel"})
    assert told == {"err_msg": "get_brand_wcpay_request:cancel"}
    assert provider.channel.fetch(order).outcome == Outcome.PENDING
    assert _called(provider, order.key, call) == {"err_msg": "get_brand_wcpay_request:ok"}


@pytest.mark.parametrize("name", ["appId", "timeStamp", "nonceStr", "package", "paySign"])
def test_a_call_with_anything_changed_is_not_opened(provider: WechatProvider, name: str):
    order = order_for(provider)
    call = dict(provider.channel.start(order).data)
    call[name] = call[name][:-1] + ("1" if call[name][-1] != "1" else "2")
    assert _called(provider, order.key, call)["err_msg"] == "get_brand_wcpay_request:fail"
    assert provider.channel.fetch(order).outcome == Outcome.PENDING


def test_the_call_is_signed_over_the_four_lines_that_wechat_documents(app_key: str):
    """Checked by its public half, by a program that shares nothing with ours: the documents' own
    signature needs a key that nobody but WeChat has.
    """
    key = signing.private_key(app_key)
    moment = datetime(2014, 10, 27, 12, 9, 39, tzinfo=UTC)
    call = signing.call("wx8888888888888888", "wx201410272009395522", key=key, now=moment)
    text = f"wx8888888888888888\n1414411779\n{call['nonceStr']}\nprepay_id=wx201410272009395522\n"
    public = serialization.load_pem_public_key(public_pem(app_key).encode())
    assert isinstance(public, rsa.RSAPublicKey)
    signature = base64.b64decode(call["paySign"])
    public.verify(signature, text.encode(), padding.PKCS1v15(), hashes.SHA256())
    assert (call["signType"], len(call["nonceStr"])) == ("RSA", 32)
    assert list(call) == ["appId", "timeStamp", "nonceStr", "package", "signType", "paySign"]


def test_the_community_sdk_signs_the_same_lines(app_key: str):
    from wechatpayv3 import utils

    key = signing.private_key(app_key)
    call = signing.call("wx1", "wx2", key=key, now=datetime(2026, 3, 2, tzinfo=UTC))
    lines = [call["appId"], call["timeStamp"], call["nonceStr"], call["package"]]
    assert utils.rsa_sign(key, "\n".join(lines) + "\n") == call["paySign"]


def test_a_payer_of_another_app_is_refused_and_so_is_nobody(
    provider: WechatProvider, sandbox: Sandbox
):
    elsewhere = provider.another()
    assert isinstance(elsewhere, WechatProvider)
    foreign = elsewhere.channel.introduced(elsewhere.word())
    for payer_id, reason, failure in [
        (foreign, "OPENID_MISMATCH", Failure.DECLINED),
        ("oNobodyKnowsThisOne", "PARAM_ERROR", Failure.PROVIDER),
        ("", "PARAM_ERROR", Failure.PROVIDER),
    ]:
        with pytest.raises(Refused) as refusal:
            provider.channel.start(order_for(provider, payer_id=payer_id))
        assert (refusal.value.reason, refusal.value.failure) == (reason, failure)


def test_an_order_begun_for_one_payer_is_not_another_ones(provider: WechatProvider):
    order = started(provider)
    maria = provider.channel.introduced(provider.word(reader="maria@example.com"))
    with pytest.raises(Refused) as refusal:
        provider.channel.start(replace(order, payer_id=maria))
    assert refusal.value.reason == "OUT_TRADE_NO_USED"


def test_the_certificate_may_change_while_payers_are_inside(
    sandbox: Sandbox, receiver: Receiver, app_key: str
):
    keys.forget()
    with sandbox_time(sandbox):
        provider = WechatProvider(sandbox, receiver, app_key).is_inside()
        _, first = paid(provider)
        provider.platform("rotate")
        keys.forget()  # the minute between two downloads has passed
        order, second = paid(provider)
    assert [first.outcome, second.outcome] == [Outcome.SUCCEEDED] * 2
    assert second.amount == order.amount == Money(8880, "CNY")


def test_what_opens_where():
    assert METHOD.opens(Device.WECHAT) == (Flow.IN_APP,)
    assert METHOD.opens(Device.PHONE) == (Flow.MOBILE, Flow.QR)
    assert METHOD.opens(Device.DESKTOP) == (Flow.QR,)
    assert METHOD.opens(Device.ALIPAY) == ()
    assert METHOD.having({}).opens(Device.WECHAT) == ()
    assert METHOD.having({"app_secret": "s"}).opens(Device.WECHAT) == (Flow.IN_APP,)


def test_an_account_hands_out_no_word_for_pages_that_are_not_its_own(provider: WechatProvider):
    agent = {"User-Agent": "MicroMessenger/8.0.50"}
    for address, headers in [
        (provider.channel.introduction("http://evil.example/", "s"), agent),
        (provider.channel.introduction(BACK, "not plain!"), agent),
        (provider.channel.introduction(BACK, "s"), {"User-Agent": "Safari"}),
    ]:
        reply = provider.sandbox.http.get(address, headers=headers, follow_redirects=False)
        assert (reply.status_code, "location" in reply.headers) == (400, False)


def _called(provider: WechatProvider, key: str, call: Any) -> Any:
    told = provider.sandbox.control(f"wechatpay/orders/{key}/call", **call)
    told.pop("err_desc", None)
    return told
