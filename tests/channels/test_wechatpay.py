"""WeChat Pay: the contract over the sandbox, both ways of signing, and what only WeChat Pay has."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import wechatpayv3
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sleek.channels.base import Failure, Flow, Outcome, Refused, Unavailable, Untrusted
from sleek.channels.reading import json_object
from sleek.channels.wechatpay import keys, mapping, signing, statement
from sleek.channels.wechatpay.channel import WechatPay
from sleek.core import clock
from sleek.core.money import InvalidAmount, Money
from tests.channels.contract import ChannelContract, read_all
from tests.channels.providers import (
    WechatProvider,
    order_for,
    paid,
    refund_of,
    sandbox_time,
    started,
)
from tests.channels.statements import DAYS, days_ago
from tests.sandbox.conftest import Receiver, Sandbox, public_pem


@pytest.fixture
def provider(sandbox: Sandbox, receiver: Receiver, app_key: str) -> Iterator[WechatProvider]:
    with sandbox_time(sandbox):
        yield WechatProvider(sandbox, receiver, app_key, by_public_key=True)


@pytest.fixture
def by_certificates(sandbox: Sandbox, receiver: Receiver, app_key: str) -> Iterator[WechatProvider]:
    keys.forget()
    with sandbox_time(sandbox):
        yield WechatProvider(sandbox, receiver, app_key)


class TestContract(ChannelContract):
    pass


def test_a_desk_gets_a_code_and_a_phone_a_page(provider: WechatProvider):
    desk = provider.channel.start(order_for(provider, flow=Flow.QR))
    assert desk.qr.startswith("weixin://wxpay/bizpayurl?pr=")

    order = order_for(provider, flow=Flow.MOBILE, payer_address="203.0.113.9")
    page = provider.channel.start(order)
    assert page.url.endswith("&redirect_url=http%3A%2F%2F127.0.0.1%3A9%2Fpay%2Fpay_1%2Freturn%2F")
    assert provider.sandbox.http.get(page.url).status_code == 200
    provider.pay(order)
    assert provider.channel.fetch(order).amount == order.amount


def test_a_phone_page_needs_to_know_whose_phone(provider: WechatProvider):
    with pytest.raises(Refused) as refusal:
        provider.channel.start(order_for(provider, flow=Flow.MOBILE))
    assert refusal.value.reason == "PARAM_ERROR"


def test_an_order_number_is_for_one_order(provider: WechatProvider):
    order = started(provider)
    other = order_for(provider, key=order.key, amount=Money(1, "CNY"))
    with pytest.raises(Refused) as refusal:
        provider.channel.start(other)
    assert (refusal.value.reason, refusal.value.failure) == ("OUT_TRADE_NO_USED", Failure.PROVIDER)


def test_a_platform_certificate_may_change_between_two_payments(by_certificates: WechatProvider):
    provider = by_certificates
    paid(provider)
    provider.platform("rotate")
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        paid(provider)
        received = provider.notices()
        told = [each.report for each in read_all(provider) if each.report]

    assert len({headers["wechatpay-serial"] for headers, _ in received}) == 2
    assert [each.outcome for each in told] == [Outcome.SUCCEEDED] * 2


def test_serials_that_nobody_knows_lead_to_no_download_each(by_certificates: WechatProvider):
    provider = by_certificates
    paid(provider)
    headers, body = provider.notices()[-1]
    provider.channel.read_notice(headers, body)
    ring = keys.ring(provider.sandbox.url, provider.credentials["mch_id"])
    asked_at = ring.asked_at
    for number in range(50):
        with pytest.raises(Untrusted):
            provider.channel.read_notice(headers | {"wechatpay-serial": f"{number:040X}"}, body)
    assert ring.asked_at == asked_at


def test_while_a_merchant_moves_both_kinds_of_signature_are_believed(
    sandbox: Sandbox, receiver: Receiver, app_key: str
):
    keys.forget()
    with sandbox_time(sandbox):
        provider = WechatProvider(sandbox, receiver, app_key, by_public_key=True)
        paid(provider)
        provider.platform("sign_notices", by="certificate")
        paid(provider)
        read = read_all(provider)
    assert [each.report and each.report.outcome for each in read] == [Outcome.SUCCEEDED] * 2


@pytest.mark.parametrize("seconds", [-86_400, -300, 300, 86_400])
def test_a_notice_of_another_time_is_refused_though_its_signature_is_right(
    provider: WechatProvider, seconds: int
):
    paid(provider)
    headers, body = provider.notices()[-1]
    provider.channel.read_notice(headers, body)
    sent_at = datetime.fromtimestamp(int(headers["wechatpay-timestamp"]), UTC)
    for nearly in (-299, 299):
        with clock.frozen(sent_at + timedelta(seconds=nearly)):
            provider.channel.read_notice(headers, body)
    with (
        clock.frozen(sent_at + timedelta(seconds=seconds)),
        pytest.raises(Untrusted, match="another time"),
    ):
        provider.channel.read_notice(headers, body)


def test_an_unsigned_reply_says_nothing_of_money(provider: WechatProvider):
    order, _ = paid(provider)
    provider.fault("query", "wrong_signature")
    with pytest.raises(Unavailable):
        provider.channel.fetch(order)
    assert provider.channel.fetch(order).outcome == Outcome.SUCCEEDED


def test_a_reply_signed_with_another_key_than_the_one_entered_is_not_believed(
    sandbox: Sandbox, receiver: Receiver, app_key: str
):
    with sandbox_time(sandbox):
        provider = WechatProvider(sandbox, receiver, app_key, by_public_key=True)
        order, _ = paid(provider)
        other = WechatPay(provider.credentials | {"public_key": public_pem(app_key)})
        with pytest.raises(Unavailable):
            other.fetch(order)


def test_a_refund_notice_only_tells_us_to_ask(provider: WechatProvider):
    order, _ = paid(provider)
    refund = refund_of(order, 300)
    provider.channel.refund(refund)
    assert provider.channel.fetch_refund(refund).amount == Money(300, "CNY")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_v3_key", "16-bytes-too-few"),
        ("private_key", "-----BEGIN PRIVATE KEY-----\nno\n-----END PRIVATE KEY-----"),
        ("public_key_id", "certificate"),
        ("public_key", "no key"),
        ("api_base", "ftp://api.mch.weixin.qq.com"),
    ],
)
def test_credentials_that_cannot_work_are_refused_by_name(
    sandbox: Sandbox, receiver: Receiver, app_key: str, name: str, value: str
):
    provider = WechatProvider(sandbox, receiver, app_key, by_public_key=True)
    with pytest.raises(Refused) as refusal:
        WechatPay(provider.credentials | {name: value})
    assert refusal.value.reason == name
    assert value not in refusal.value.message


# The official community SDK as a client of the sandbox: what it can do with the real one works here


@pytest.fixture
def sdk(by_certificates: WechatProvider, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Any:
    from wechatpayv3 import core

    url = by_certificates.sandbox.url
    # It knows one address and asks for certificates while it is made.
    gateway = property(lambda self: url, lambda self, value: None)
    monkeypatch.setattr(core.Core, "_gate_way", gateway, raising=False)
    keys_of = by_certificates.credentials
    return wechatpayv3.WeChatPay(
        wechatpay_type=wechatpayv3.WeChatPayType.NATIVE,
        mchid=keys_of["mch_id"],
        private_key=_pkcs8(keys_of["private_key"]),
        cert_serial_no=keys_of["serial_no"],
        apiv3_key=keys_of["api_v3_key"],
        appid=keys_of["app_id"],
        notify_url=by_certificates.receiver.url,
        cert_dir=str(tmp_path),
    )


def _pkcs8(pem: str) -> str:
    """The SDK reads no other form."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain).decode()


def test_the_sdk_makes_asks_and_closes_an_order(sdk: Any, by_certificates: WechatProvider):
    status, reply = sdk.pay(
        description="tea set", out_trade_no="sdk_order_1", amount={"total": 100}
    )
    assert status == 200
    assert json.loads(reply)["code_url"].startswith("weixin://")

    status, reply = sdk.query(out_trade_no="sdk_order_1")
    assert (status, json.loads(reply)["trade_state"]) == (200, "NOTPAY")
    status, _ = sdk.close(out_trade_no="sdk_order_1")
    assert status == 204


def test_the_sdk_reads_the_same_notice_as_we_do(sdk: Any, by_certificates: WechatProvider):
    order, report = paid(by_certificates)
    headers, body = by_certificates.notices()[-1]
    names = ("Signature", "Signature-Type", "Timestamp", "Nonce", "Serial")
    theirs = sdk.callback(
        {f"Wechatpay-{name}": headers[f"wechatpay-{name.lower()}"] for name in names}, body.decode()
    )
    assert theirs["resource"]["out_trade_no"] == order.key
    assert theirs["resource"]["transaction_id"] == report.reference


def test_the_sdk_downloads_the_same_bill(sdk: Any, by_certificates: WechatProvider):
    order, _ = paid(by_certificates)
    by_certificates.let_days_pass()
    asked = [sdk.trade_bill(bill_date=str(days_ago(days))) for days in DAYS]
    reply = next(json.loads(body) for status, body in asked if status == 200)
    status, content = sdk.download_bill(url=reply["download_url"])
    assert status == 200
    told = statement.trades(statement.text(content, reply["hash_value"]))
    assert [line.key for line in told] == [order.key]


def test_the_sdk_begins_a_payment_inside_wechat(sdk: Any, by_certificates: WechatProvider):
    openid = by_certificates.is_inside().wishes["payer_id"]
    status, reply = sdk.pay(
        description="tea set",
        out_trade_no="sdk_order_2",
        amount={"total": 100},
        payer={"openid": openid},
        pay_type=wechatpayv3.WeChatPayType.JSAPI,
    )
    prepared = json.loads(reply)["prepay_id"]
    assert status == 200
    call = {
        "appId": by_certificates.credentials["app_id"],
        "timeStamp": str(int(clock.now().timestamp())),
        "nonceStr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "package": f"prepay_id={prepared}",
    }
    signature = sdk.sign(list(call.values()))
    told = by_certificates.sandbox.control(
        "wechatpay/orders/sdk_order_2/call", **call, signType="RSA", paySign=signature
    )
    assert told == {"err_msg": "get_brand_wcpay_request:ok"}


# The mapping, without a network


def test_a_state_that_nobody_knows_is_pending():
    assert mapping.report({"trade_state": "NEW_IN_2027"}).outcome == Outcome.PENDING
    assert mapping.refund_report({"status": "ABNORMAL"}, "ref_1").outcome == Outcome.PENDING


@pytest.mark.parametrize("total", [None, "100", 1.0, True])
def test_an_amount_that_is_no_whole_number_is_not_believed(total):
    trade = {"trade_state": "SUCCESS", "amount": {"total": total, "currency": "CNY"}}
    with pytest.raises(InvalidAmount):
        mapping.report(trade)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (500, "SYSTEM_ERROR", Unavailable),
        (429, "FREQUENCY_LIMITED", Unavailable),
        (403, "", Unavailable),
        (400, "BANK_ERROR", Unavailable),
        (403, "RULE_LIMIT", Refused),
        (401, "SIGN_ERROR", Refused),
        (400, "SOMETHING_NEW", Refused),
    ],
)
def test_what_may_be_asked_again_and_what_not(status, code, kind):
    assert isinstance(mapping.error(status, {"code": code, "message": "x"}), kind)


def test_a_reason_is_cut_between_characters():
    assert mapping.reason("退" * 40) == "退" * 26


def test_what_was_encrypted_is_read_only_whole():
    key, nonce = b"k" * 32, b"n" * 12
    sealed = AESGCM(key).encrypt(nonce, b'{"a":1}', b"transaction")
    resource = {
        "algorithm": "AEAD_AES_256_GCM",
        "nonce": nonce.decode(),
        "associated_data": "transaction",
        "ciphertext": base64.b64encode(sealed).decode(),
    }
    assert signing.decrypt(resource, key) == b'{"a":1}'
    for name, value in [
        ("nonce", "m" * 12),
        ("nonce", "n" * 11),
        ("associated_data", ""),
        ("algorithm", "AEAD_SM4_GCM"),
        ("ciphertext", resource["ciphertext"][:-8]),
    ]:
        with pytest.raises(Untrusted):
            signing.decrypt(resource | {name: value}, key)


def test_a_name_that_comes_twice_is_no_message():
    with pytest.raises(Untrusted):
        json_object(b'{"mchid":"1","mchid":"2"}')
